import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKql } from '../src/arm/kql.ts';
import { KqlError } from '../src/arm/kqlTokens.ts';

const rows = [
  { id: '/a', name: 'Alpha', size: 3, properties: { mode: 'x', list: ['one', 'two'], 'odd name': true }, tags: {} },
  { id: '/b', name: 'beta', size: 1, properties: { mode: 'y', list: [] }, tags: { team: "O'Neil" } },
  { id: '/c', name: 'Gamma', size: 2, properties: {}, tags: {} },
];
const names = (query: string): unknown[] =>
  parseKql(query)
    .run(rows)
    .map(({ name }) => name);

describe('the query language', () => {
  it.each([
    ["resources | where name == 'alpha'", []],
    ["resources | where name =~ 'alpha'", ['Alpha']],
    ["resources | where name !~ 'alpha'", ['beta', 'Gamma']],
    ["resources | where name in ('beta', 'gamma')", ['beta']],
    ["resources | where name !in~ ('beta', 'gamma')", ['Alpha']],
    ["resources | where name contains 'a' and not(name startswith 'al')", ['beta', 'Gamma']],
    ["resources | where name endswith 'TA' or size > 2", ['Alpha', 'beta']],
    ["resources | where name !contains 'm' and (size < 2 or size >= 3)", ['Alpha', 'beta']],
    ['resources | where isempty(properties.mode)', ['Gamma']],
    ["resources | where tostring(properties.list) has 'two'", ['Alpha']],
    ["resources | where properties['odd name'] == true", ['Alpha']],
    ['resources | where properties.list[1] =~ "TWO"', ['Alpha']],
    ["resources | where tags.team == 'O\\'Neil'", ['beta']],
    ['resources | order by size asc', ['beta', 'Gamma', 'Alpha']],
    ['resources | sort by size', ['Alpha', 'Gamma', 'beta']],
    ['resources | order by tolower(name) desc | take 1', ['Gamma']],
    ['resources | top 2 by size desc // the largest', ['Alpha', 'Gamma']],
    ['Resources\n| extend short = toupper(name)\n| project name = short', ['ALPHA', 'BETA', 'GAMMA']],
  ])('%s', (query, expected) => expect(names(query)).toEqual(expected));

  it('counts, groups and names columns as Resource Graph does', () => {
    expect(parseKql('resources | count').run(rows)).toEqual([{ Count: 3 }]);
    expect(parseKql('resources | summarize n = count() by properties.mode').run(rows)).toEqual([
      { properties_mode: 'x', n: 1 },
      { properties_mode: 'y', n: 1 },
      { properties_mode: null, n: 1 },
    ]);
    expect(parseKql('resources | distinct tostring(size > 1)').run(rows)).toEqual([
      { Column1: 'true' },
      { Column1: 'false' },
    ]);
    expect(Object.keys(parseKql('resources | project-away id, properties').run(rows)[0] ?? {})).toEqual([
      'name',
      'size',
      'tags',
    ]);
  });

  it('either understands a text or says KqlError, whatever it is', () => {
    const word = fc.constantFrom(
      'resources',
      '|',
      'where',
      'project',
      'order',
      'by',
      'name',
      '.',
      '(',
      ')',
      ',',
      '=~',
      '==',
      "'x'",
      'in',
      'and',
      'not',
      'take',
      '1',
      '[',
      ']',
      'asc',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
        ),
        (text) => {
          try {
            parseKql(text).run(rows);
          } catch (error) {
            expect(error).toBeInstanceOf(KqlError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
