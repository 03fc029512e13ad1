import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalHost, libraryProblem, withDefaults } from '../../../src/domain/familiarNames.ts';
import { formatRepositoryPattern } from '../../../src/domain/repositoryPattern.ts';
import { indexMappings, mapSourceToTarget, readMapping } from '../../../src/domain/ruleMatching.ts';
import { createSourceIndex, maxUses } from '../../../src/domain/sourceIndex.ts';
import type { CacheRule } from '../../../src/domain/types.ts';
import { crowdedPattern, crowdedRepository, imageReference, rule } from './arbitraries.ts';

const host = 'upstreamregistry.example';

function indexOf(rules: readonly CacheRule[]) {
  const mappings = rules.flatMap((each) => readMapping(each) ?? []);
  const targets = indexMappings(mappings);
  return { sources: createSourceIndex(mappings, targets), targets };
}

describe('withDefaults', () => {
  it.each([
    ['ubuntu', undefined, 'docker.io', 'library/ubuntu'],
    ['ubuntu', 'docker.io', 'docker.io', 'library/ubuntu'],
    ['ubuntu', 'index.docker.io', 'docker.io', 'library/ubuntu'],
    ['library/ubuntu', 'registry-1.docker.io', 'docker.io', 'library/ubuntu'],
    ['bitnami/redis', undefined, 'docker.io', 'bitnami/redis'],
    ['app', 'upstreamregistry.example', 'upstreamregistry.example', 'app'],
    ['app', 'Localhost:5000', 'localhost:5000', 'app'],
  ])('%s of host %s is %s/%s', (repository, given, expectedHost, expected) => {
    expect(withDefaults({ ...(given !== undefined && { host: given }), repository, tag: '1' })).toEqual({
      host: expectedHost,
      repository: expected,
      tag: '1',
    });
  });

  it('is the same when done twice, and keeps tag and digest', () => {
    fc.assert(
      fc.property(imageReference, (image) => {
        const once = withDefaults(image);
        expect(withDefaults(once)).toEqual(once);
        expect([once.tag, once.digest]).toEqual([image.tag, image.digest]);
      }),
    );
  });
});

describe('libraryProblem', () => {
  it.each([
    ['docker.io', 'ubuntu', 'libraryMissing'],
    ['registry-1.docker.io', 'ubuntu', 'libraryMissing'],
    ['docker.io', 'library/ubuntu', undefined],
    ['docker.io', 'bitnami/redis', undefined],
    ['docker.io', 'library/bitnami/redis', 'libraryTooMuch'],
    ['docker.io', 'mylibrary/a/b', undefined],
    [host, 'ubuntu', undefined],
    [host, 'library/a/b', undefined],
  ])('%s/%s: %s', (of, repository, expected) => expect(libraryProblem(of, repository)).toBe(expected));
});

describe('createSourceIndex', () => {
  it('finds every name of an image, static rules first, the longest source prefix first', () => {
    const { sources } = indexOf([
      rule('all/*', `${host}/*`, 'all'),
      rule('team/*', `${host}/team/*`, 'team'),
      rule('one', `${host}/team/app`, 'one'),
      rule('two', `${host}/team/app`, 'two'),
      rule('other', 'other.example/team/app', 'other'),
    ]);
    expect(
      sources.uses(host, 'team/app').map(({ targetRepository, match }) => [targetRepository, match.rule.name]),
    ).toEqual([
      ['one', 'one'],
      ['two', 'two'],
      ['team/app', 'team'],
      ['all/team/app', 'all'],
    ]);
    expect([...sources.hosts]).toEqual([host, 'other.example']);
  });

  it('leaves out what another rule takes away, and another host’s', () => {
    const { sources } = indexOf([
      rule('team/*', `${host}/team/*`, 'wildcard'),
      rule('team/app', 'other.example/something', 'takes'),
    ]);
    expect(sources.uses(host, 'team/app')).toEqual([]);
    expect(sources.uses(host, 'team/other')).toHaveLength(1);
    expect(sources.uses('unknown.example', 'team/app')).toEqual([]);
  });

  it('knows Docker Hub by each of its names', () => {
    const { sources } = indexOf([rule('hub/*', 'registry-1.docker.io/library/*')]);
    expect(sources.uses('docker.io', 'library/ubuntu')[0]?.targetRepository).toBe('hub/ubuntu');
  });

  it('is bounded, however many rules fetch the same', () => {
    const rules = Array.from({ length: 1000 }, (_, number) => rule(`copy/n${number}`, `${host}/app`, `rule-${number}`));
    expect(indexOf(rules).sources.uses(host, 'app')).toHaveLength(maxUses);
  });

  it('finds what looking at every rule finds', () => {
    const mapping = fc.record({
      target: crowdedPattern,
      source: crowdedPattern,
      from: fc.constantFrom(host, 'b.example'),
    });
    fc.assert(
      fc.property(fc.array(mapping, { maxLength: 12 }), crowdedRepository, (mappings, repository) => {
        const rules = mappings.map(({ target, source, from }, number) =>
          rule(formatRepositoryPattern(target), `${from}/${formatRepositoryPattern(source)}`, `rule-${number}`),
        );
        const { sources, targets } = indexOf(rules);
        const expected = mappings.flatMap(({ target, source, from }, number) => {
          const name = from === host ? mapSourceToTarget({ source, target }, repository) : undefined;
          return name !== undefined && targets.match(name)?.rule === rules[number] ? [name] : [];
        });
        const found = sources.uses(host, repository);
        expect(found.map(({ targetRepository }) => targetRepository).sort()).toEqual([...new Set(expected)].sort());
        for (const { targetRepository, match } of found) {
          expect(targets.match(targetRepository)).toEqual(match);
          expect([match.source.loginServer, match.sourceRepository]).toEqual([host, repository]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('knows one host', () => expect(canonicalHost('Index.Docker.IO')).toBe('docker.io'));
});
