import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTargetConflict } from '../../../src/domain/ruleConflicts.ts';
import { createRuleIndex, mapSourceToTarget, mapTargetToSource } from '../../../src/domain/ruleMatching.ts';
import { formatRepositoryPattern, patternCovers } from '../../../src/domain/repositoryPattern.ts';
import type { RepositoryPattern } from '../../../src/domain/types.ts';
import { pattern } from '../../samples.ts';
import { crowdedPattern, crowdedRepository, rule } from './arbitraries.ts';

const host = 'upstreamregistry.example';

describe('createRuleIndex', () => {
  it.each([
    [[['myapp', 'myapp']], 'myapp', 'myapp'],
    [[['cached/app', 'team/app']], 'cached/app', 'team/app'],
    [[['cached/app', 'team/app']], 'cached/app/sub', undefined],
    [[['cached/*', 'team/*']], 'cached/a/b', 'team/a/b'],
    [[['cached/*', 'team/*']], 'cached', undefined],
    [[['cached/*', 'team/*']], 'cached-x/a', undefined],
    [[['cached/*', '*']], 'cached/a/b', 'a/b'],
    [[['*', '*']], 'a/b', 'a/b'],
    [[['*', 'team/*']], 'a', 'team/a'],
    [
      [
        ['*', '*'],
        ['a/*', 'x/*'],
        ['a/b/*', 'y/*'],
        ['a/b/c', 'z'],
      ],
      'a/b/c',
      'z',
    ],
    [
      [
        ['*', '*'],
        ['a/*', 'x/*'],
        ['a/b/*', 'y/*'],
        ['a/b/c', 'z'],
      ],
      'a/b/d',
      'y/d',
    ],
    [
      [
        ['*', '*'],
        ['a/*', 'x/*'],
        ['a/b/*', 'y/*'],
        ['a/b/c', 'z'],
      ],
      'a/c',
      'x/c',
    ],
    [
      [
        ['*', '*'],
        ['a/*', 'x/*'],
        ['a/b/*', 'y/*'],
        ['a/b/c', 'z'],
      ],
      'b',
      'b',
    ],
    [
      [
        ['app', 'first'],
        ['app', 'second'],
      ],
      'app',
      'first',
    ],
    [[['app', 'team/*']], 'app', undefined],
    [[['cached/*', 'team']], 'cached/team', undefined],
    [[['Cached/*', 'team/*']], 'cached/app', undefined],
    [[['cached/*', 'team/*']], 'cached/', undefined],
    [[['cached/*', 'team/*']], 'cached/a//b', undefined],
    [[['*', '*']], '', undefined],
    [[['*', 'team/*']], 'a'.repeat(252), undefined],
  ])('%j: %s comes from %s', (rules, repository, expected) => {
    const index = createRuleIndex(
      rules.map(([target, source], number) => rule(target!, `${host}/${source}`, `rule-${number}`)),
    );
    expect(index.match(repository)?.sourceRepository).toBe(expected);
  });

  it('names the rule, its target and its source', () => {
    const mine = rule('cached/*', `${host}:8443/team/*`);
    const match = createRuleIndex([mine]).match('cached/app');
    expect(match).toEqual({
      rule: mine,
      target: { kind: 'prefix', prefix: 'cached' },
      source: { loginServer: `${host}:8443`, pattern: { kind: 'prefix', prefix: 'team' } },
      sourceRepository: 'team/app',
    });
  });

  it('finds what looking at every rule finds', () => {
    const mapping = fc.record({ target: crowdedPattern, source: crowdedPattern });
    fc.assert(
      fc.property(fc.array(mapping, { maxLength: 12 }), crowdedRepository, (mappings, repository) => {
        const rules = mappings.map(({ target, source }, number) =>
          rule(formatRepositoryPattern(target), `${host}/${formatRepositoryPattern(source)}`, `rule-${number}`),
        );
        const weight = (target: RepositoryPattern) =>
          target.kind === 'repository' ? Infinity : target.kind === 'prefix' ? target.prefix.split('/').length : 0;
        const usable = mappings
          .map((each, number) => ({ ...each, name: `rule-${number}` }))
          .filter(({ target, source }) => (target.kind === 'repository') === (source.kind === 'repository'))
          .filter(({ target }) => patternCovers(target, repository));
        const best = usable.sort((a, b) => weight(b.target) - weight(a.target))[0];
        const match = createRuleIndex(rules).match(repository);
        expect(match?.rule.name).toBe(best?.name);
        expect(match?.sourceRepository).toBe(best && mapTargetToSource(best, repository));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('mapTargetToSource and mapSourceToTarget', () => {
  it('are each other inverse', () => {
    fc.assert(
      fc.property(crowdedPattern, crowdedPattern, crowdedRepository, (source, target, repository) => {
        const mapped = mapTargetToSource({ source, target }, repository);
        if (mapped === undefined) return;
        expect(patternCovers(source, mapped)).toBe(true);
        expect(patternCovers(target, repository)).toBe(true);
        expect(mapSourceToTarget({ source, target }, mapped)).toBe(repository);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('findTargetConflict', () => {
  it.each([
    ['app', 'app', 'rule.sameTarget'],
    ['team/*', 'team/*', 'rule.sameTarget'],
    ['*', '*', 'rule.sameTarget'],
    ['team/a/*', 'team/*', 'rule.wildcardOverlap'],
    ['team/*', 'team/a/*', 'rule.wildcardOverlap'],
    ['*', 'team/*', 'rule.wildcardOverlap'],
    ['team/*', '*', 'rule.wildcardOverlap'],
    ['team/app', 'team/*', undefined],
    ['team/*', 'team/app', undefined],
    ['team/app', '*', undefined],
    ['*', 'team/app', undefined],
    ['team/*', 'teams/*', undefined],
    ['team-a/*', 'team/*', undefined],
    ['a', 'b', undefined],
    ['team/*', 'NOT A PATTERN', undefined],
  ])('a new target %s beside %s: %s', (target, existing, code) => {
    const rules = [rule('other', `${host}/x`, 'other-rule'), rule(existing, `${host}/y`, 'their-rule')];
    const conflict = findTargetConflict(pattern(target), rules);
    expect(conflict?.problem.code).toBe(code);
    if (code) {
      expect(conflict?.rule).toBe(rules[1]);
      expect(conflict?.problem.message).toContain('their-rule');
    }
  });
});
