import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareCondition,
  explainCondition,
  extendCondition,
  generateCondition,
  maxConditionLength,
  narrowCondition,
  parseCondition,
  restrictCondition,
  sameCondition,
} from '../../../../src/domain/condition/abacCondition.ts';
import { readCondition } from '../../../../src/domain/condition/conditionReading.ts';
import {
  formatRepositoryPattern,
  parseRepositoryPattern,
  patternCovers,
} from '../../../../src/domain/repositoryPattern.ts';
import type { RepositoryPattern } from '../../../../src/domain/types.ts';
import { anyPattern, crowdedPattern, crowdedRepository, hostileText } from '../arbitraries.ts';

const name = '@Request[Microsoft.ContainerRegistry/registries/repositories:name]';
const contentRead = "ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}";
const metadataRead = "ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'}";
const guard = `(!(${contentRead}) AND !(${metadataRead}))`;

function patterns(...texts: string[]): RepositoryPattern[] {
  return texts.map((text) => {
    const parsed = parseRepositoryPattern(text);
    if (!parsed.ok) throw new Error(parsed.problem.message);
    return parsed.value;
  });
}

function conditionFor(...texts: string[]): string {
  const condition = generateCondition(patterns(...texts));
  if (condition === undefined) throw new Error('no condition');
  return condition;
}

function grantsOf(text: string): string[] | string {
  const parsed = parseCondition(text);
  return parsed.ok ? parsed.value.grants.map((grant) => `${grant.kind} ${grant.value}`) : parsed.problem.code;
}

function valueOf(parsed: ReturnType<typeof narrowCondition>): string | undefined {
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

/** What the condition lets a reader read, decided by this test on its own from the grants. */
function reads(text: string | undefined, repository: string): boolean {
  if (text === undefined) return true;
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value.grants.some((grant) =>
    grant.kind === 'equals' ? grant.value === repository : repository.startsWith(grant.value),
  );
}

const limited = crowdedPattern.filter((pattern) => pattern.kind !== 'all');
const limitedList = fc.array(limited, { minLength: 1, maxLength: 5 });

describe('generateCondition', () => {
  it('writes the documented text for one repository, character for character', () => {
    expect(conditionFor('hello-world')).toBe(
      [
        '(',
        ' (',
        "  !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'})",
        '  AND',
        "  !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})",
        ' )',
        ' OR ',
        ' (',
        "  @Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase 'hello-world'",
        ' )',
        ')',
      ].join('\n'),
    );
  });

  it('ends a prefix with a slash and joins several with OR', () => {
    const text = conditionFor('app', 'backend/*', 'app');
    expect(text).toContain("StringStartsWithIgnoreCase 'backend/'");
    expect(text.match(/\bOR\b/g)).toHaveLength(2);
    expect(grantsOf(text)).toEqual(['equals app', 'startsWith backend/']);
  });

  it('has no condition for the whole registry, and refuses none and unsafe names', () => {
    expect(generateCondition(patterns('app', '*'))).toBeUndefined();
    expect(() => generateCondition([])).toThrow(RangeError);
    expect(() => generateCondition([{ kind: 'repository', repository: "a' OR '' StringEquals '" }])).toThrow(
      RangeError,
    );
    expect(() => generateCondition([{ kind: 'prefix', prefix: '' }])).toThrow(RangeError);
  });

  it('is read back to the same grants', () => {
    fc.assert(
      fc.property(fc.array(anyPattern, { minLength: 1, maxLength: 6 }), (list) => {
        const text = generateCondition(list);
        if (text === undefined) {
          expect(list.some((pattern) => pattern.kind === 'all')).toBe(true);
          return;
        }
        const written = new Set(
          list.map((p) => (p.kind === 'prefix' ? `startsWith ${p.prefix}/` : `equals ${formatRepositoryPattern(p)}`)),
        );
        expect(grantsOf(text)).toEqual([...written]);
        expect(compareCondition(text, list)).toEqual({ covers: true, overGrants: [], missing: [], understood: true });
      }),
    );
  });
});

describe('parseCondition', () => {
  const single = `${guard} OR (${name} StringEqualsIgnoreCase 'app')`;

  it.each([
    ['one line', `(${single})`],
    ['no outer parentheses', single],
    ['newlines stripped as the CLI sample does', conditionFor('app').replaceAll('\n', '')],
    ['tabs and CRLF', conditionFor('app').replaceAll('\n', '\r\n\t')],
    ['symbols for words', conditionFor('app').replaceAll('AND', '&&').replaceAll('OR', '||')],
    ['symbols without blanks', single.replaceAll(' AND ', '&&').replaceAll(' OR ', '||')],
    [
      'lower-case keywords',
      `(!(${contentRead.replace('ActionMatches', 'actionmatches')}) and not (${metadataRead})) or ${name} stringequalsignorecase 'app'`,
    ],
    [
      'extra parentheses',
      `((((!((${contentRead})))) AND (!(${metadataRead}))) OR (((${name} StringEqualsIgnoreCase 'app'))))`,
    ],
    ['@Resource', single.replace('@Request', '@Resource')],
    [
      '@request in lower case',
      single.replace('@Request[Microsoft', '@request [ microsoft').replace(':name]', ':Name ]'),
    ],
    ['upper-case value', single.replace("'app'", "'App'")],
    ['De Morgan', `!(${contentRead} OR ${metadataRead}) OR ${name} StringEqualsIgnoreCase 'app'`],
    [
      'double negation of an action',
      `!(!(!(${contentRead}))) AND !${metadataRead}`.replace(/^(.*)$/, `($1) OR ${name} StringEqualsIgnoreCase 'app'`),
    ],
    [
      'guards in the other order',
      `(!(${metadataRead}) AND !(${contentRead})) OR (${name} StringEqualsIgnoreCase 'app')`,
    ],
    ['grant first', `${name} StringEqualsIgnoreCase 'app' OR ${guard}`],
    [
      'one block per action, as the portal writes',
      [contentRead, metadataRead]
        .map((each) => `((!(${each})) OR (${name} StringEqualsIgnoreCase 'app'))`)
        .join(' AND '),
    ],
    [
      'a further restriction by AND',
      `${guard} OR (${name} StringStartsWithIgnoreCase 'a' AND ${name} StringEqualsIgnoreCase 'app')`,
    ],
    ['repeated', `${guard} OR ${name} StringEqualsIgnoreCase 'app' OR ${name} StringEqualsIgnoreCase 'APP'`],
  ])('understands %s', (_, text) => {
    expect(grantsOf(text)).toEqual(['equals app']);
  });

  it('keeps further guarded actions, wildcards among them', () => {
    const parsed = parseCondition(
      `(!(${contentRead}) AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/*'})) OR (${name} StringEqualsIgnoreCase 'app')`,
    );
    expect(parsed.ok && parsed.value.actions).toEqual([
      'Microsoft.ContainerRegistry/registries/repositories/content/read',
      'Microsoft.ContainerRegistry/registries/repositories/*',
    ]);
  });

  it('finds the intersection of prefixes', () => {
    const both = (a: string, b: string) =>
      `${guard} OR (${name} StringStartsWithIgnoreCase '${a}' AND ${name} StringStartsWithIgnoreCase '${b}')`;
    expect(grantsOf(both('team/', 'team/app'))).toEqual(['startsWith team/app']);
    expect(grantsOf(both('a', 'b'))).toEqual([]);
  });

  it.each([
    ['nothing', '', 'condition.syntax'],
    ['blanks', ' \n', 'condition.syntax'],
    [
      'a mix of AND and OR without parentheses',
      `!(${contentRead}) AND !(${metadataRead}) OR ${name} StringEqualsIgnoreCase 'app'`,
      'condition.ambiguous',
    ],
    ['a value with a doubled quote', single.replace("'app'", "'a''p'"), 'condition.syntax'],
    ['a value with a quote after a backslash', single.replace("'app'", "'a\\'p'"), 'condition.syntax'],
    ['an open parenthesis', `(${single}`, 'condition.syntax'],
    ['a closing parenthesis too many', `${single})`, 'condition.syntax'],
    ['an open quote', single.replace("'app'", "'app"), 'condition.syntax'],
    ['a comment', `${single} -- app`, 'condition.syntax'],
    ['something after the end', `${single} ${name} StringEqualsIgnoreCase 'b'`, 'condition.syntax'],
    ['a single &', single.replace(' AND ', ' & '), 'condition.syntax'],
    ['parentheses without end', '('.repeat(20_000), 'condition.tooDeep'],
    ['negations without end', '!'.repeat(20_000), 'condition.tooDeep'],
    ['a text too long', `${single}${' '.repeat(40_000)}`, 'condition.tooLong'],
  ])('does not guess at %s', (_, text, code) => {
    expect(grantsOf(text)).toBe(code);
    expect(compareCondition(text, patterns('app'))).toEqual({
      covers: false,
      overGrants: [],
      missing: patterns('app'),
      understood: false,
    });
    expect(extendCondition(text, patterns('b')).ok).toBe(false);
    expect(narrowCondition(text, patterns('app')).ok).toBe(false);
  });

  it.each([
    ['that restricts actions it does not name', `(${name} StringEqualsIgnoreCase 'app')`],
    ['without a data action of reading', `!(${contentRead}) OR ${name} StringEqualsIgnoreCase 'app'`],
    ['that excludes a repository', `${guard} OR !(${name} StringEqualsIgnoreCase 'app')`],
    ['that is case-sensitive', `${guard} OR ${name} StringEquals 'app'`],
  ])('does not write a condition %s again', (_, text) => {
    expect(grantsOf(text)).toBe('condition.notWritable');
    expect(extendCondition(text, patterns('b')).ok).toBe(false);
    expect(narrowCondition(text, patterns('app')).ok).toBe(false);
  });

  it('takes a condition of exactly as many characters as Azure does', () => {
    const wanted = Array.from({ length: 64 }, (_, index) => `a-rather-long-name/${index}`);
    const rest = maxConditionLength - conditionFor(...wanted, 'x').length + 1;
    const extended = extendCondition(conditionFor(...wanted), patterns('x'.repeat(rest)));
    expect(valueOf(extended)).toHaveLength(maxConditionLength);
    expect(extendCondition(conditionFor(...wanted), patterns('x'.repeat(rest + 1))).ok).toBe(false);
  });

  it('throws on no text and does not hang', () => {
    const pieces = [
      '(',
      ')',
      '{',
      '}',
      '!',
      '&&',
      '||',
      ' AND ',
      ' OR ',
      ' NOT ',
      "'",
      "'app'",
      '\n',
      name,
      contentRead,
      metadataRead,
      guard,
      ' StringEqualsIgnoreCase ',
      ' StringStartsWithIgnoreCase ',
      '@Resource[',
      ']',
      ':',
      ',',
      '*',
      ' Exists ',
      ' ForAnyOfAnyValues:StringEquals ',
      ' StringNotLike ',
      "SubOperationMatches{'x'}",
      '@Environment[UtcNow]',
    ];
    fc.assert(
      fc.property(hostileText(pieces), (text) => {
        const parsed = parseCondition(text);
        expect(explainCondition(text)).toMatch(/\S/);
        expect(sameCondition(text, text)).toBe(true);
        const reading = readCondition(text);
        expect(reading.reads === null).toBe(!reading.understood);
        expect(reading.words.length).toBeLessThan(2000);
        if (parsed.ok) expect(compareCondition(text, [{ kind: 'all' }]).understood).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('bounds the work of the largest texts', () => {
    const comparison = `${name} StringStartsWithIgnoreCase 'a'`;
    const repeat = (text: string, count: number, by: string) => Array<string>(count).fill(text).join(by);
    const union = (from: number) =>
      `(${Array.from({ length: 170 }, (_, index) => `${name} StringStartsWithIgnoreCase '${'a'.repeat((index + from) % 99)}'`).join(' OR ')})`.slice(
        0,
        32_000,
      );
    const texts = [
      `${guard} OR (${repeat(comparison, 330, ' AND ')})`,
      `${guard} OR (${repeat(`(${comparison} OR ${comparison})`, 160, ' AND ')})`,
      `${guard} OR (${union(0).slice(0, 15_000)}`,
      repeat(guard, 150, ' OR '),
      `${guard} OR ${'('.repeat(90)}${comparison}${')'.repeat(90)}`,
      "'".repeat(32_000),
      '@'.repeat(32_000),
      `@${'a'.repeat(32_000)}`,
      '@a['.repeat(10_000),
      ' '.repeat(32_000),
      `${name} ForAnyOfAnyValues:StringEquals {${Array.from({ length: 5000 }, (_, index) => `'${index}'`).join(',')}}`,
      `ActionMatches{'${'*a'.repeat(16_000)}'}`,
    ];
    for (const text of texts) {
      expect(() => parseCondition(text)).not.toThrow();
      expect(() => compareCondition(text, patterns('app'))).not.toThrow();
      expect(readCondition(text).words).toMatch(/\S/);
    }
  });

  it('ignores layout, casing of keywords and surplus parentheses', () => {
    const blanks = fc.constantFrom(' ', '\n', '\r\n', '\t ', '   ');
    fc.assert(
      fc.property(
        limitedList,
        fc.array(blanks, { minLength: 5, maxLength: 5 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 5 }),
        (list, gaps, lower, depth) => {
          const text = generateCondition(list)!;
          let count = 0;
          let other = text.replace(/\s+/g, () => gaps[count++ % gaps.length]!);
          if (lower)
            other = other.replace(/ActionMatches|String\w+|\bAND\b|\bOR\b|@Request/g, (word) => word.toLowerCase());
          other = `${'('.repeat(depth)}${other}${')'.repeat(depth)}`;
          expect(parseCondition(other)).toEqual(parseCondition(text));
          expect(sameCondition(other, text)).toBe(true);
        },
      ),
    );
  });
});

describe('compareCondition', () => {
  it('says when the slash is missing', () => {
    const text = conditionFor('backend/*').replace("'backend/'", "'backend'");
    expect(compareCondition(text, patterns('backend/*'))).toEqual({
      covers: true,
      overGrants: [{ kind: 'startsWith', value: 'backend' }],
      missing: [],
      understood: true,
    });
    expect(explainCondition(text)).toContain('does not end with "/"');
  });

  it('says what is missing and what is too much', () => {
    expect(compareCondition(conditionFor('a', 'b/*'), patterns('b/c', 'd', 'a/*'))).toEqual({
      covers: false,
      overGrants: [
        { kind: 'equals', value: 'a' },
        { kind: 'startsWith', value: 'b/' },
      ],
      missing: patterns('d', 'a/*'),
      understood: true,
    });
  });

  it('takes an absent condition for the whole registry', () => {
    expect(compareCondition(undefined, patterns('app'))).toMatchObject({
      covers: true,
      overGrants: [{ kind: 'startsWith', value: '' }],
    });
    expect(compareCondition(undefined, patterns('*'))).toMatchObject({ covers: true, overGrants: [] });
    expect(compareCondition(conditionFor('a/*'), patterns('*'))).toMatchObject({ covers: false });
  });

  it('agrees with asking for single repositories', () => {
    fc.assert(
      fc.property(
        limitedList,
        fc.array(crowdedPattern, { minLength: 1, maxLength: 4 }),
        crowdedRepository,
        (granted, needed, repository) => {
          const text = generateCondition(granted)!;
          const { covers, overGrants } = compareCondition(text, needed);
          const isNeeded = needed.some((pattern) => patternCovers(pattern, repository));
          if (covers && isNeeded) expect(reads(text, repository)).toBe(true);
          if (overGrants.length === 0 && reads(text, repository)) expect(isNeeded).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('extendCondition and narrowCondition', () => {
  it('add to and take from one assignment', () => {
    const extended = valueOf(extendCondition(conditionFor('a'), patterns('team/*')));
    expect(extended).toBe(conditionFor('a', 'team/*'));
    expect(valueOf(narrowCondition(extended, patterns('a')))).toBe(conditionFor('team/*'));
    expect(valueOf(narrowCondition(conditionFor('a'), patterns('a')))).toBeUndefined();
  });

  it('leave a text alone that needs no change, and the whole registry', () => {
    const theirs = conditionFor('a').replaceAll('\n', '');
    expect(valueOf(extendCondition(theirs, patterns('a')))).toBe(theirs);
    expect(valueOf(narrowCondition(theirs, patterns('b')))).toBe(theirs);
    expect(valueOf(extendCondition(undefined, patterns('a')))).toBeUndefined();
    expect(valueOf(extendCondition(theirs, patterns('*')))).toBeUndefined();
    const refused = narrowCondition(undefined, patterns('a'));
    expect(refused.ok ? '' : refused.problem.code).toBe('condition.absent');
  });

  it('keep other guarded actions and odd grants of other people', () => {
    const theirs = `(!(${contentRead}) AND !(${metadataRead}) AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/write'})) OR (${name} StringStartsWithIgnoreCase 'legacy')`;
    const extended = valueOf(extendCondition(theirs, patterns('a')))!;
    expect(extended).toContain("!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/write'})");
    expect(grantsOf(extended)).toEqual(['startsWith legacy', 'equals a']);
    expect(sameCondition(valueOf(narrowCondition(extended, patterns('a'))), theirs)).toBe(true);
  });

  it('keep where each grant takes the name from', () => {
    const theirs = conditionFor('a', 'b/*').replaceAll('@Request', '@Resource');
    const extended = valueOf(extendCondition(theirs, patterns('c')))!;
    expect(parseCondition(extended)).toMatchObject({
      ok: true,
      value: {
        grants: [
          { value: 'a', attribute: 'Resource' },
          { value: 'b/', attribute: 'Resource' },
          { value: 'c', attribute: 'Request' },
        ],
      },
    });
    expect(valueOf(narrowCondition(extended, patterns('c')))).toBe(theirs);
    const again = valueOf(extendCondition(extended, patterns('d')))!;
    expect(again.match(/@Resource/g)).toHaveLength(2);
    expect(valueOf(restrictCondition(theirs, patterns('b/x')))).toBe(
      conditionFor('b/x').replaceAll('@Request', '@Resource'),
    );
  });

  it('keep what another pattern has in common with what goes', () => {
    expect(valueOf(narrowCondition(conditionFor('team/*'), patterns('team/*'), patterns('*')))).toBe(
      conditionFor('team/*'),
    );
    expect(valueOf(narrowCondition(conditionFor('team/app'), patterns('team/app'), patterns('team/*')))).toBe(
      conditionFor('team/app'),
    );
  });

  it('restrict to what is needed and was granted', () => {
    expect(valueOf(restrictCondition(undefined, patterns('a', 'b/*')))).toBe(conditionFor('a', 'b/*'));
    expect(valueOf(restrictCondition(undefined, patterns('*')))).toBeUndefined();
    expect(valueOf(restrictCondition(conditionFor('a', 'b/*'), patterns('b/c', 'd')))).toBe(conditionFor('b/c'));
    expect(valueOf(restrictCondition(conditionFor('a'), patterns('*')))).toBe(conditionFor('a'));
    expect(valueOf(restrictCondition(conditionFor('a'), patterns('b')))).toBeUndefined();
  });

  it('keep what a named other pattern still needs', () => {
    const kept = valueOf(
      narrowCondition(conditionFor('team/*', 'x'), patterns('team/*'), patterns('team/app', 'other')),
    );
    expect(grantsOf(kept!)).toEqual(['equals x', 'equals team/app']);
  });

  it('refuse a text that Azure would not store', () => {
    const many = Array.from({ length: 100 }, (_, number) => `team/app-${number}`);
    const result = extendCondition(conditionFor('a'), patterns(...many));
    expect(result.ok ? result.value?.length : result.problem.code).toBe('condition.tooLong');
    expect(conditionFor(...many).length).toBeGreaterThan(maxConditionLength);
  });

  it('narrow and restrict to nothing that was not granted, and take nothing that is kept', () => {
    fc.assert(
      fc.property(limitedList, limitedList, fc.array(crowdedPattern), crowdedRepository, (had, remove, keep, name) => {
        const before = generateCondition(had)!;
        const isKept = keep.some((pattern) => patternCovers(pattern, name));
        const narrowed = narrowCondition(before, remove, keep);
        const restricted = restrictCondition(before, keep);
        const after = (result: typeof narrowed): boolean => {
          const text = valueOf(result);
          return text !== undefined && reads(text, name);
        };
        if (!reads(before, name)) expect([after(narrowed), after(restricted)]).toEqual([false, false]);
        else if (isKept) expect([after(narrowed), after(restricted)]).toEqual([true, true]);
        if (!isKept) expect(after(restricted)).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });

  it('extend to exactly the union, narrow back to what was there', () => {
    fc.assert(
      fc.property(limitedList, limitedList, crowdedRepository, (first, second, repository) => {
        const before = generateCondition(first)!;
        const extended = valueOf(extendCondition(before, second));
        const named = [...first, ...second].some((pattern) => patternCovers(pattern, repository));
        expect(reads(extended, repository)).toBe(named);
        expect(sameCondition(extended, generateCondition([...first, ...second]))).toBe(true);
        const narrowed = valueOf(narrowCondition(extended, second, first));
        expect(narrowed).toBeDefined();
        for (const pattern of first) expect(compareCondition(narrowed, [pattern]).covers).toBe(true);
        expect(reads(narrowed, repository)).toBe(reads(before, repository));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('explainCondition', () => {
  it.each([
    [undefined, 'every repository in the registry'],
    [conditionFor('app', 'team/*'), 'Can read the repository "app", every repository below "team/".'],
    [conditionFor('app').replace('@Request', '@Resource'), '@Resource'],
    ['nonsense', 'cannot tell'],
  ])('says it in words: %#', (text, words) => {
    expect(explainCondition(text)).toContain(words);
  });
});

describe('sameCondition', () => {
  it('compares by meaning, else by tokens', () => {
    expect(sameCondition(conditionFor('a', 'b'), conditionFor('b', 'a'))).toBe(true);
    expect(sameCondition(conditionFor('a'), conditionFor('a/*'))).toBe(false);
    expect(sameCondition(undefined, undefined)).toBe(true);
    expect(sameCondition(undefined, conditionFor('a'))).toBe(false);
    const odd = `Exists ${name}`;
    expect(sameCondition(odd, odd.replace(' ', '\n'))).toBe(true);
    expect(sameCondition(odd, 'Exists')).toBe(false);
    expect(sameCondition('§', '§ ')).toBe(false);
  });
});
