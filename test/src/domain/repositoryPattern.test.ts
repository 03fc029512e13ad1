import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatRepositoryPattern,
  formatSourceRepository,
  parseRepositoryPattern,
  parseSourceRepository,
  patternContains,
  patternCovers,
  samePattern,
} from '../../../src/domain/repositoryPattern.ts';
import { anyPattern, crowdedPattern, crowdedRepository, hostileText, sourceRepository } from './arbitraries.ts';

function codeOf(parsed: ReturnType<typeof parseRepositoryPattern> | ReturnType<typeof parseSourceRepository>): string {
  return parsed.ok ? 'accepted' : parsed.problem.code;
}

describe('parseRepositoryPattern', () => {
  it.each([
    ['app', { kind: 'repository', repository: 'app' }],
    ['team/*', { kind: 'prefix', prefix: 'team' }],
    ['team/a/*', { kind: 'prefix', prefix: 'team/a' }],
    ['*', { kind: 'all' }],
  ])('reads %s', (text, value) => {
    expect(parseRepositoryPattern(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['team*', 'pattern.wildcardPosition'],
    ['team/*/app', 'pattern.wildcardPosition'],
    ['*/app', 'pattern.wildcardPosition'],
    ['**', 'pattern.wildcardPosition'],
    ['*/*', 'pattern.wildcardPosition'],
    ['/*', 'repository.empty'],
    ['Team/*', 'repository.upperCase'],
    ['team/*:v1', 'pattern.wildcardPosition'],
    ['team:v1/*', 'repository.hasTag'],
    ['', 'repository.empty'],
    ['team/', 'repository.emptySegment'],
  ])('rejects %j with %s', (text, code) => {
    expect(codeOf(parseRepositoryPattern(text))).toBe(code);
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(anyPattern, (pattern) => {
        expect(parseRepositoryPattern(formatRepositoryPattern(pattern))).toEqual({ ok: true, value: pattern });
      }),
    );
  });
});

describe('patternCovers and patternContains', () => {
  it('keeps a prefix to what is below it', () => {
    const team = { kind: 'prefix', prefix: 'team' } as const;
    expect(patternCovers(team, 'team/app')).toBe(true);
    expect(patternCovers(team, 'team/a/b')).toBe(true);
    for (const other of ['team', 'teams/app', 'team-x/app', 'my/team/app', 'team/'])
      expect(patternCovers(team, other)).toBe(false);
  });

  it('agree: a contained pattern covers nothing that the container does not', () => {
    fc.assert(
      fc.property(crowdedPattern, crowdedPattern, crowdedRepository, (outer, inner, repository) => {
        if (patternContains(outer, inner) && patternCovers(inner, repository)) {
          expect(patternCovers(outer, repository)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('find a counterexample where containment is denied', () => {
    fc.assert(
      fc.property(crowdedPattern, crowdedPattern, (outer, inner) => {
        if (patternContains(outer, inner)) return;
        const example =
          inner.kind === 'repository' ? inner.repository : inner.kind === 'prefix' ? `${inner.prefix}/zz` : 'zz/zz';
        expect(patternCovers(inner, example)).toBe(true);
        expect(patternCovers(outer, example)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('are reflexive, and mutual containment is sameness', () => {
    fc.assert(
      fc.property(crowdedPattern, crowdedPattern, (a, b) => {
        expect(patternContains(a, a)).toBe(true);
        expect(patternContains(a, b) && patternContains(b, a)).toBe(samePattern(a, b));
      }),
    );
  });
});

describe('parseSourceRepository', () => {
  it.each([
    ['upstreamregistry.example/myapp', 'upstreamregistry.example', 'myapp'],
    ['UpstreamRegistry.example/team/*', 'upstreamregistry.example', 'team/*'],
    ['localhost:5000/*', 'localhost:5000', '*'],
    ['[::1]:5000/a/b', '[::1]:5000', 'a/b'],
    ['docker.example/library/*', 'docker.example', 'library/*'],
  ])('reads %s', (text, host, pattern) => {
    const parsed = parseSourceRepository(text);
    expect(parsed.ok && [parsed.value.loginServer, formatRepositoryPattern(parsed.value.pattern)]).toEqual([
      host,
      pattern,
    ]);
  });

  it.each([
    ['myapp', 'source.loginServer'],
    ['library/myapp', 'source.loginServer'],
    ['https://upstreamregistry.example/myapp', 'source.loginServer'],
    ['upstreamregistry.example', 'source.noRepository'],
    ['upstreamregistry.example/', 'repository.empty'],
    ['upstreamregistry.example/myapp:latest', 'repository.hasTag'],
    ['upstreamregistry.example/MyApp', 'repository.upperCase'],
    ['', 'source.loginServer'],
  ])('rejects %j with %s', (text, code) => {
    expect(codeOf(parseSourceRepository(text))).toBe(code);
  });

  it('reads back what it writes, and never throws', () => {
    fc.assert(
      fc.property(sourceRepository, (source) => {
        expect(parseSourceRepository(formatSourceRepository(source))).toEqual({ ok: true, value: source });
      }),
    );
    fc.assert(
      fc.property(hostileText(['registry.example', '/', '*', 'team', ':', '@', '..']), (text) => {
        const parsed = parseSourceRepository(text);
        if (parsed.ok) expect(formatSourceRepository(parsed.value).toLowerCase()).toBe(text.toLowerCase());
      }),
      { numRuns: 2000 },
    );
  });
});
