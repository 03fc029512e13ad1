import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { armIdKey } from '../../../src/domain/armId.ts';
import { canonicalHost } from '../../../src/domain/familiarNames.ts';
import { formatImageReference, parseImageReference } from '../../../src/domain/imageReference.ts';
import { formatRepositoryPattern } from '../../../src/domain/repositoryPattern.ts';
import { createRuleIndex, mapSourceToTarget, readMapping } from '../../../src/domain/ruleMatching.ts';
import type { ImageReference } from '../../../src/domain/types.ts';
import { createObservations } from '../../../src/inventory/observations.ts';
import { createResolver } from '../../../src/inventory/resolution.ts';
import type { Resolution } from '../../../src/inventory/resolutionTypes.ts';
import type { RuleKnowledge } from '../../../src/domain/ruleVerdict.ts';
import type { RegistryEntry } from '../../../src/inventory/types.ts';
import { inventoryState, registry, rule } from '../../samples.ts';
import { crowdedPattern, crowdedRepository, imageReference } from '../domain/arbitraries.ts';

const subscriptionId = '00000000-0000-0000-0000-000000000001';

function registryId(name: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/MyResourceGroup/providers/Microsoft.ContainerRegistry/registries/${name}`;
}

/** A registry `<name>.example`; its rules as target → source, with a state after a space. */
function entry(name: string, rules?: readonly (readonly [string, string, string?])[]): RegistryEntry {
  const of = registry(name, { id: registryId(name) });
  const rulesOf = rules?.map(([target, source, provisioningState], number) =>
    rule(`rule-${number}`, source, target, {
      registryId: of.id,
      ...(provisioningState !== undefined && { provisioningState }),
    }),
  );
  return {
    registry: of,
    ...(rulesOf && { rules: rulesOf }),
    rulesFreshness: rules ? 'snapshot' : 'never',
  };
}

function image(text: string): ImageReference {
  const parsed = parseImageReference(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

function resolve(entries: readonly RegistryEntry[], text: string, observations = createObservations()): Resolution {
  return createResolver(inventoryState(...entries), observations).resolve(image(text));
}

/** Every name by which some registry serves exactly this image, found by trying every rule. */
function usesByHand(entries: readonly RegistryEntry[], asked: ImageReference): string[] {
  return entries.flatMap(({ registry, rules = [] }) => {
    if (registry.loginServer === asked.host) return [];
    const names = rules.flatMap((rule) => {
      const mapping = readMapping(rule);
      if (!mapping || canonicalHost(mapping.source.loginServer) !== asked.host) return [];
      const name = mapSourceToTarget({ source: mapping.source.pattern, target: mapping.target }, asked.repository);
      return name !== undefined && createRuleIndex(rules).match(name)?.rule === rule ? [name] : [];
    });
    return [...new Set(names)].map((repository) => `${registry.loginServer}/${repository}`);
  });
}

const usesOf = ({ cachedBy }: Resolution) => cachedBy.map((use) => formatImageReference(use.image));

describe('resolve', () => {
  const upstream = entry('upstreamregistry', []);
  const downstream = entry('downstream', [
    ['cached/app', 'upstreamregistry.example/team/app'],
    ['hub/*', 'docker.io/*'],
    ['k8s/*', 'registry.k8s.io/*'],
  ]);
  const known = [upstream, downstream, entry('unread'), entry('empty', [])];

  it.each([
    ['downstream.example/cached/app:1', 'served'],
    ['downstream.example/hub/library/ubuntu', 'served'],
    ['upstreamregistry.example/team/app:1', 'bypassed'],
    ['ubuntu:24.04', 'bypassed'],
    ['index.docker.io/library/ubuntu', 'bypassed'],
    ['downstream.example/own/app', 'unserved'],
    ['unread.example/app', 'rulesUnknown'],
    ['upstreamregistry.example/team/other', 'possible'],
    ['empty.example/app', 'possible'],
    ['quay.io/prometheus/node-exporter', 'possible'],
    ['europe-docker.pkg.dev/p/r/app', 'possible'],
    ['registry.example/app', 'unknown'],
    ['localhost:5000/app', 'unknown'],
  ] as const)('%s: %s', (text, verdict) => expect(resolve(known, text).verdict).toBe(verdict));

  it('says that a rule could be made only where there is a registry for it', () => {
    expect(resolve([], 'ubuntu').verdict).toBe('unknown');
    expect(resolve([upstream], 'ubuntu').verdict).toBe('possible');
    expect(resolve([upstream], 'upstreamregistry.example/app').verdict).toBe('unknown');
    expect(resolve([upstream, downstream], 'upstreamregistry.example/other').verdict).toBe('possible');
  });

  it('tells the name in the downstream, with tag and digest', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(usesOf(resolve(known, `ubuntu:24.04@${digest}`))).toEqual([
      `downstream.example/hub/library/ubuntu:24.04@${digest}`,
    ]);
    expect(resolve(known, 'upstreamregistry.example/team/app').entry).toBe(upstream);
  });

  it('tells what a new rule could fetch from, whatever the verdict', () => {
    expect(resolve(known, 'downstream.example/own/app').upstream).toEqual({ kind: 'registry', entry: downstream });
    expect(resolve(known, 'ubuntu').upstream).toMatchObject({ kind: 'catalogue', upstream: { host: 'docker.io' } });
    expect(resolve(known, 'registry.example/app').upstream).toBeUndefined();
  });

  it('says of a repository that was seen in the registry that it is there', () => {
    const own = entry('own', [['cached/*', 'upstreamregistry.example/*']]);
    const observations = createObservations();
    observations.noteRepositories(own.registry.id, ['app']);
    const resolver = createResolver(inventoryState(own), observations);
    const [seen, other] = ['own.example/app', 'own.example/other'].map((text) => resolver.resolve(image(text)));
    expect([seen?.verdict, seen?.isListed]).toEqual(['unserved', true]);
    expect([other?.verdict, other?.isListed]).toEqual(['unserved', undefined]);
  });

  it('never names the registry that the reference names itself', () => {
    const own = entry('own', [['copy/*', 'own.example/*']]);
    const answer = resolve([own], 'own.example/app');
    expect([answer.verdict, answer.cachedBy]).toEqual(['unserved', []]);
  });

  it('prefers rules that work, then static ones', () => {
    const a = entry('a', [['all/*', 'upstreamregistry.example/*']]);
    const b = entry('b', [['one', 'upstreamregistry.example/team/app']]);
    const c = entry('c', [['broken', 'upstreamregistry.example/team/app', 'Failed']]);
    expect(usesOf(resolve([c, b, a], 'upstreamregistry.example/team/app'))).toEqual([
      'b.example/one',
      'a.example/all/team/app',
      'c.example/broken',
    ]);
  });

  it.each([
    ['Failed', undefined, true],
    ['Canceled', undefined, true],
    ['Succeeded', undefined, false],
    [undefined, 'problem', true],
    [undefined, 'warning', false],
    [undefined, 'unknown', false],
  ] as const)('state %s and finding %s: broken %s', (provisioningState, verdict, broken) => {
    const plain = entry('downstream', [['app', 'upstreamregistry.example/app', provisioningState]]);
    const known: RuleKnowledge = verdict
      ? {
          checkup: {
            findings: [{ check: 'x', verdict, pull: 'dependsOn', title: 'X', reason: '', hasRepair: false }],
            checkedAt: '',
            served: true,
            isWhole: true,
          },
        }
      : {};
    const diagnosed = { ...plain, knowledge: new Map([[armIdKey(plain.rules?.[0]?.id ?? ''), known]]) };
    expect(resolve([diagnosed], 'downstream.example/app').served).toMatchObject({ broken });
    expect(resolve([diagnosed], 'downstream.example/app').served?.known).toBe(known);
    expect(resolve([diagnosed], 'upstreamregistry.example/app').cachedBy[0]).toMatchObject({ broken });
  });

  it('sees a static rule that takes a name out of a wildcard leading elsewhere', () => {
    const rules = entry('downstream', [
      ['team/*', 'upstreamregistry.example/team/*'],
      ['team/same', 'upstreamregistry.example/team/same'],
      ['team/app', 'docker.io/library/app'],
    ]);
    expect(resolve([rules], 'downstream.example/team/app').served?.wrong).toMatchObject({
      kind: 'shadowed',
      by: { name: 'rule-2' },
      other: { rule: { name: 'rule-0' }, sourceRepository: 'team/app' },
    });
    expect(resolve([rules], 'downstream.example/team/same').served?.wrong).toBeUndefined();
    expect(resolve([rules], 'downstream.example/team/else').served?.wrong).toBeUndefined();
  });

  it.each([
    ['hub/ubuntu', 'libraryMissing', 'ubuntu'],
    ['official/bitnami/redis', 'libraryTooMuch', 'library/bitnami/redis'],
  ])('%s of Docker Hub: %s', (repository, kind, sourceRepository) => {
    const rules = entry('downstream', [
      ['hub/*', 'docker.io/*'],
      ['official/*', 'docker.io/library/*'],
    ]);
    expect(resolve([rules], `downstream.example/${repository}`).served?.wrong).toEqual({ kind, sourceRepository });
  });

  it('knows what was seen of an image', () => {
    const observations = createObservations();
    observations.noteCached(downstream.registry.id.toUpperCase(), 'cached/app', 'latest', 'cached');
    expect(resolve(known, 'downstream.example/cached/app', observations).served?.cached?.state).toBe('cached');
    expect(resolve(known, 'downstream.example/cached/app:2', observations).served?.cached).toBeUndefined();
  });

  it('never throws, and answers with a verdict', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('docker.io', '__proto__', 'downstream.example'));
    const anything = fc.record({ repository: text, host: text, tag: text }, { requiredKeys: ['repository'] });
    const resolver = createResolver(inventoryState(...known), createObservations());
    fc.assert(
      fc.property(fc.oneof(imageReference, anything), (asked) => {
        expect(resolver.resolve(asked).verdict).toMatch(/^(served|bypassed|unserved|rulesUnknown|possible|unknown)$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with looking at every rule; what it offers comes from exactly the original source', () => {
    const hosts = [
      'upstreamregistry.example',
      'downstream.example',
      'second.example',
      'docker.io',
      'registry-1.docker.io',
    ];
    const rules = fc.array(
      fc.tuple(
        crowdedPattern.map(formatRepositoryPattern),
        fc
          .tuple(fc.constantFrom(...hosts), crowdedPattern)
          .map(([host, source]) => `${host}/${formatRepositoryPattern(source)}`),
      ),
      { maxLength: 8 },
    );
    const asked = fc.record({ host: fc.constantFrom(...hosts, 'other.example'), repository: crowdedRepository });
    fc.assert(
      fc.property(rules, rules, asked, fc.constantFrom(0, 6), (first, second, reference, many) => {
        const own = [entry('downstream', first), entry('second', second)];
        // With many registries there is one index for all of them.
        const others = Array.from({ length: many }, (_, number) => entry(`more${number}`, number % 2 ? first : second));
        const entries = [...own, ...others];
        const resolver = createResolver(inventoryState(...entries), createObservations());
        const answer = resolver.resolve(reference);
        const named = entries.find(({ registry }) => registry.loginServer === reference.host);
        const match = createRuleIndex(named?.rules ?? []).match(reference.repository);
        expect(answer.served?.match).toEqual(match);
        expect(answer.verdict === 'served').toBe(match !== undefined);
        const offered = answer.cachedBy.map((use) => formatImageReference(use.image)).sort();
        expect(offered).toEqual(usesByHand(entries, answer.image).sort());
        for (const use of answer.cachedBy) {
          const through = resolver.resolve(use.image);
          expect(through.verdict).toBe('served');
          expect(canonicalHost(through.served?.match.source.loginServer ?? '')).toBe(answer.image.host);
          expect(through.served?.match.sourceRepository).toBe(answer.image.repository);
          expect(through.served?.match).toEqual(use.match);
          expect(use.image.host).not.toBe(answer.image.host);
        }
        if (answer.meant) {
          expect(answer.verdict).not.toBe('served');
          expect(createRuleIndex(named?.rules ?? []).match(answer.meant.repository)).toEqual(answer.meant.match);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([10, 200])('finds what is meant among 10,000 rules of %d registries', (count) => {
    const each = 10_000 / count;
    const entries = Array.from({ length: count }, (_, number) =>
      entry(
        `registry${number}`,
        Array.from({ length: each }, (_unused, index): [string, string] =>
          index % 2
            ? [`static/t${index}/app`, `upstreamregistry.example/r${number}/s${index}`]
            : [`wild/t${index}/*`, `upstreamregistry.example/r${number}/w${index}/*`],
        ),
      ),
    );
    const resolver = createResolver(inventoryState(...entries), createObservations());
    const asked = Array.from({ length: 10_000 }, (_, number) =>
      image(
        [
          `registry${number % count}.example/wild/t${(number * 2) % each}/deep/er/app:1`,
          `registry${number % count}.example/static/t${(number * 2 + 1) % each}/app`,
          `upstreamregistry.example/r${number % count}/w${(number * 2) % each}/team/app:1`,
          `registry${number % count}.example/no/such/repository:1`,
        ][number % 4] ?? '',
      ),
    );
    const verdicts = asked.map((one) => resolver.resolve(one).verdict);
    const kinds = ['served', 'served', 'bypassed', 'unserved'];
    expect(verdicts).toEqual(asked.map((_, number) => kinds[number % 4]));
  });
});

describe('meant', () => {
  const meantOf = (rules: readonly [string, string][], repository: string, observations = createObservations()) =>
    resolve([entry('downstream', rules)], `downstream.example/${repository}`, observations).meant?.repository;

  it.each([
    ['the prefix of a target', [['cached/team/app', 'upstreamregistry.example/x']], 'team/app', 'cached/team/app'],
    ['all but the last segment', [['cached/team/app', 'upstreamregistry.example/x']], 'app', 'cached/team/app'],
    ['the prefix of a wildcard', [['cached/team/*', 'upstreamregistry.example/*']], 'team/app', 'cached/team/app'],
    ['the source’s path', [['mirror/*', 'upstreamregistry.example/team/*']], 'team/app', 'mirror/app'],
    ['a source’s one path', [['app', 'upstreamregistry.example/team/app']], 'team/app', 'app'],
    ['library/', [['hub/library/*', 'docker.io/library/*']], 'hub/ubuntu', 'hub/library/ubuntu'],
    ['library/ alone', [['library/*', 'docker.io/library/*']], 'ubuntu', 'library/ubuntu'],
  ] as const)('%s', (_what, rules, repository, expected) => {
    expect(meantOf(rules as unknown as [string, string][], repository)).toBe(expected);
  });

  it('never guesses among several, nor below a wildcard that has nothing in common', () => {
    const source = 'upstreamregistry.example';
    expect(meantOf([['a/app', `${source}/1`], ['b/app', `${source}/2`]], 'app')).toBeUndefined(); // prettier-ignore
    expect(meantOf([['cached/*', `${source}/*`]], 'app')).toBeUndefined();
    expect(meantOf([['cached/team/*', `${source}/*`]], 'teams/app')).toBeUndefined();
    expect(meantOf([['cached/library/*', `${source}/library/*`]], 'other/ubuntu')).toBeUndefined();
  });

  it('says nothing of a repository that was seen there', () => {
    const observations = createObservations();
    const rules: [string, string][] = [['cached/app', 'upstreamregistry.example/app2']];
    expect(meantOf(rules, 'app', observations)).toBe('cached/app');
    observations.noteRepositories(registryId('downstream'), ['app']);
    expect(meantOf(rules, 'app', observations)).toBeUndefined();
  });
});

describe('knowsHost', () => {
  it.each([
    ['downstream.example', true],
    ['Downstream.Example', true],
    ['source.example', true],
    ['docker.io', true],
    ['registry-1.docker.io', true],
    ['europe-docker.pkg.dev', true],
    ['unknown.example', false],
    ['', false],
  ])('%s: %s', (host, expected) => {
    const resolver = createResolver(
      inventoryState(entry('downstream', [['app', 'source.example/app']])),
      createObservations(),
    );
    expect(resolver.knowsHost(host)).toBe(expected);
  });
});

describe('createResolver', () => {
  it('follows the rules of one registry among many', () => {
    const entries = Array.from({ length: 10 }, (_, number) =>
      entry(`r${number}`, [['app', `source.example/app${number}`]]),
    );
    const asked = (...of: readonly RegistryEntry[]) => usesOf(resolve(of, 'source.example/app3'));
    expect(asked(...entries)).toEqual(['r3.example/app']);
    const changed = entries.map((each, number) =>
      number === 7 ? entry('r7', [['new', 'source.example/app3']]) : each,
    );
    expect(asked(...changed)).toEqual(['r3.example/app', 'r7.example/new']);
    expect(asked(...entries)).toEqual(['r3.example/app']);
    expect(asked(...entries.slice(4))).toEqual([]);
  });

  it('sees the rules of a new state', () => {
    const before = createResolver(
      inventoryState(entry('downstream', [['a', 'source.example/a']])),
      createObservations(),
    );
    const after = createResolver(
      inventoryState(entry('downstream', [['b', 'source.example/b']])),
      createObservations(),
    );
    expect(before.resolve(image('downstream.example/b')).verdict).toBe('unserved');
    expect(after.resolve(image('downstream.example/b')).verdict).toBe('served');
  });
});
