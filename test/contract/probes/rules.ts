import { record, text } from '../../../src/common/json.ts';
import type { Observed, Probe } from '../types.ts';
import { outcomeOf, ruleVersion, type World } from '../world.ts';

/** Cache rules as ARM takes, answers and refuses them. */
export const ruleProbes: readonly Probe[] = [
  {
    fact: 'feature-flag',
    option: 'featureFlagRequired',
    async observe({ putRule, identity, upstream, azure }) {
      const subscription = identity.id.split('/')[2] ?? '';
      const state = await azure.features.get(
        subscription,
        'Microsoft.ContainerRegistry',
        'ArtifactCacheManagedIdentityAuthentication',
      );
      const made = putRule(
        'contract-flag',
        paths(upstream.loginServer, 'sample/flag', 'flag/app'),
        withIdentity(identity.id),
      );
      return { registered: state === 'Registered', ...(await outcomeOf(made)) };
    },
  },
  {
    fact: 'rule-put-async',
    expected: {
      status: 201,
      retryAfter: false,
      signed: ['t', 'c', 's', 'h'],
      first: 'Creating',
      last: 'Succeeded',
    },
    async observe({ arm, putRule, upstream, eventually }) {
      const answer = await putRule('contract-async', paths(upstream.loginServer, 'sample/async', 'async/app'));
      const status = new URL(answer.headers.get('azure-asyncoperation') ?? 'about:blank');
      const statuses: string[] = [];
      await eventually(180_000, async () => {
        const body = record((await arm.send('GET', status.href)).body);
        statuses.push(text(body?.['status']) ?? '');
        return ['Succeeded', 'Failed', 'Canceled'].includes(statuses.at(-1) ?? '');
      });
      return {
        status: answer.status,
        retryAfter: answer.headers.has('retry-after'),
        signed: ['t', 'c', 's', 'h'].filter((name) => status.searchParams.has(name)),
        first: provisioningState(answer.body),
        last: statuses.at(-1) ?? '',
      };
    },
  },
  {
    fact: 'rule-without-proof',
    expected: { outcome: 'accepted' },
    async observe({ createRule, upstream, strangerIdentity }) {
      return outcomeOf(
        createRule('contract-unproven', upstream, 'no/such/repository', 'unproven/app', strangerIdentity),
      );
    },
  },
  {
    fact: 'answer-spelling',
    expected: { type: 'userAssigned', group: 'resourcegroups', credentialSet: false },
    async observe(world) {
      const json = record(await ruleJson(world, 'contract-unproven'));
      const [id = ''] = identitiesIn(json);
      return {
        type: text(record(json?.['identity'])?.['type']) ?? '',
        group: /\/(resourcegroups)\//i.exec(id)?.[1] ?? '',
        credentialSet: 'credentialSetResourceId' in (record(json?.['properties']) ?? {}),
      };
    },
  },
  {
    fact: 'rule-identity-versions',
    expected: {
      '2026-01-01-preview': true,
      '2026-03-01-preview': true,
      '2026-09-01-preview': true,
      '2025-11-01': false,
    },
    async observe({ arm, ruleId }) {
      const versions = ['2026-01-01-preview', '2026-03-01-preview', '2026-09-01-preview', '2025-11-01'];
      const shown = await Promise.all(
        versions.map(async (version) => {
          const json = record(await arm.get(`${ruleId('contract-unproven')}?api-version=${version}`));
          return [version, json?.['identity'] !== undefined];
        }),
      );
      return Object.fromEntries(shown) as Record<string, boolean>;
    },
  },
  {
    fact: 'rule-ga-identity',
    option: 'ruleIdentityVersions',
    async observe({ arm, ruleId }): Promise<Observed> {
      const asked = arm.send('GET', `${ruleId('contract-unproven')}?api-version=2026-11-01`);
      const outcome = await outcomeOf(asked);
      if (outcome['outcome'] !== 'accepted') return { offered: false, code: outcome['code'] ?? '' };
      return { offered: true, identity: record((await asked).body)?.['identity'] !== undefined };
    },
  },
  {
    fact: 'rule-patch-identity',
    expected: { status: 201, identities: 1, isNew: true },
    async observe(world) {
      const { arm, ruleId, identity, eventually } = world;
      const answer = await patch(world, {
        identity: { type: 'UserAssigned', userAssignedIdentities: { [identity.id]: {} } },
      });
      await eventually(
        120_000,
        async () => provisioningState(await arm.get(pathOf(ruleId('contract-unproven')))) === 'Succeeded',
      );
      const ids = identitiesIn(record(await ruleJson(world, 'contract-unproven')));
      return {
        status: answer.status,
        identities: ids.length,
        isNew: ids.some((id) => id.toLowerCase() === identity.id.toLowerCase()),
      };
    },
  },
  {
    fact: 'rule-patch-null',
    option: 'patchAddsIdentity',
    async observe(world) {
      const identities = { [world.identity.id]: {}, [world.strangerIdentity.id]: null };
      const outcome = await outcomeOf(
        patch(world, { identity: { type: 'UserAssigned', userAssignedIdentities: identities } }),
      );
      await world.wait(15_000);
      return { ...outcome, identities: identitiesIn(record(await ruleJson(world, 'contract-unproven'))).length };
    },
  },
  {
    fact: 'rule-paths-fixed',
    expected: { unchanged: true },
    async observe(world) {
      const before = record(record(await ruleJson(world, 'contract-unproven'))?.['properties']);
      await outcomeOf(
        patch(world, {
          properties: { sourceRepository: `${world.upstream.loginServer}/other`, targetRepository: 'changed/app' },
        }),
      );
      await world.wait(15_000);
      const after = record(record(await ruleJson(world, 'contract-unproven'))?.['properties']);
      return {
        unchanged: ['sourceRepository', 'targetRepository'].every((name) => before?.[name] === after?.[name]),
      };
    },
  },
  {
    fact: 'rule-put-overwrites',
    expected: { outcome: 'accepted' },
    async observe({ putRule, upstream, strangerIdentity }) {
      const same = paths(upstream.loginServer, 'no/such/repository', 'unproven/app');
      return outcomeOf(putRule('contract-unproven', same, withIdentity(strangerIdentity.id)));
    },
  },
  {
    fact: 'rule-put-replaces-paths',
    option: 'putReplacesPaths',
    async observe(world) {
      const { putRule, upstream, wait } = world;
      const outcome = await outcomeOf(
        putRule('contract-async', paths(upstream.loginServer, 'sample/else', 'async/else')),
      );
      await wait(15_000);
      const target = text(
        record(record(await ruleJson(world, 'contract-async'))?.['properties'])?.['targetRepository'],
      );
      return { ...outcome, replaced: target === 'async/else' };
    },
  },
  {
    fact: 'rule-name-length',
    expected: { four: 400, fifty: true, 'fifty-one': 400 },
    async observe({ putRule, upstream }) {
      const make = async (name: string) =>
        outcomeOf(putRule(name, paths(upstream.loginServer, `sample/${name.length}`, `name/${name.length}`)));
      const [four, fifty, more] = [await make('abcd'), await make('n'.repeat(50)), await make('n'.repeat(51))];
      return { four: four['status'] ?? 0, fifty: fifty['outcome'] === 'accepted', 'fifty-one': more['status'] ?? 0 };
    },
  },
  {
    fact: 'rule-wildcards',
    expected: { inside: 'refused', below: 'accepted', overlap: 'refused', static: 'accepted' },
    async observe({ putRule, upstream }) {
      const make = async (name: string, source: string, target: string) =>
        (await outcomeOf(putRule(name, paths(upstream.loginServer, source, target))))['outcome'] ?? '';
      return {
        inside: await make('contract-inside', 'a/*/b', 'wild/*/b'),
        below: await make('contract-below', 'wild/*', 'wild/*'),
        overlap: await make('contract-overlap', 'wild/team/*', 'wild/team/*'),
        static: await make('contract-static', 'wild/one', 'wild/one'),
      };
    },
  },
  {
    fact: 'rule-target-exists',
    expected: {
      repository: 'TargetRepositoryAlreadyPresentInRegistry',
      prefix: 'TargetRepositoryPrefixMatchesExistingRegistries',
    },
    async observe({ putRule, upstream }) {
      const make = async (name: string, source: string, target: string) =>
        (await outcomeOf(putRule(name, paths(upstream.loginServer, source, target))))['code'] ?? 'accepted';
      return {
        repository: await make('contract-taken', 'sample/taken', 'taken/app'),
        prefix: await make('contract-taken-prefix', 'taken/*', 'taken/*'),
      };
    },
  },
  {
    fact: 'rule-refusal-texts',
    async observe({ putRule, upstream, strangerIdentity }) {
      const code = async (name: string, properties: object, rest?: object): Promise<string> => {
        // Each has a target of its own: one that is accepted after all must not be in the way of the next.
        const usual = paths(upstream.loginServer, 'sample/refused', `refused/${name}`);
        const outcome = await outcomeOf(putRule(`contract-${name}`, { ...usual, ...properties }, rest));
        return String(outcome['code'] ?? 'accepted');
      };
      return {
        upperCase: await code('upper', { targetRepository: 'Refused/App' }),
        unknownUpstream: await code('unknown', { sourceRepository: 'registry.example.com/app' }),
        credentialSet: await code('set', { credentialSetResourceId: `${upstream.id}/credentialSets/none` }),
        identityText: await code('text', {}, { identity: 'text' }),
        systemAssigned: await code('system', {}, { identity: { type: 'SystemAssigned' } }),
        absentIdentity: await code('absent', {}, withIdentity(`${strangerIdentity.id}x`)),
      };
    },
  },
  {
    fact: 'rule-delete-async',
    expected: { status: 202, location: true, again: 204 },
    async observe({ arm, ruleId, eventually, azure }) {
      const id = ruleId('contract-async');
      const answer = await arm.send('DELETE', pathOf(id));
      const location = new URL(answer.headers.get('location') ?? 'about:blank').pathname;
      await eventually(180_000, async () =>
        azure.cacheRules.get(id).then(
          () => false,
          () => true,
        ),
      );
      return {
        status: answer.status,
        location: /\/locations\/[^/]+\/operationResults\//i.test(location),
        again: (await arm.send('DELETE', pathOf(id))).status,
      };
    },
  },
];

function paths(loginServer: string, source: string, target: string): Record<string, unknown> {
  return { sourceRepository: `${loginServer}/${source}`, targetRepository: target };
}

function withIdentity(id: string): object {
  return { identity: { type: 'UserAssigned', userAssignedIdentities: { [id]: {} } } };
}

function pathOf(id: string): string {
  return `${id}?api-version=${ruleVersion}`;
}

function patch({ arm, ruleId }: World, body: object) {
  return arm.send('PATCH', pathOf(ruleId('contract-unproven')), { body });
}

function ruleJson({ arm, ruleId }: World, name: string): Promise<unknown> {
  return arm.get(pathOf(ruleId(name)));
}

function identitiesIn(json: Record<string, unknown> | undefined): string[] {
  return Object.keys(record(record(json?.['identity'])?.['userAssignedIdentities']) ?? {});
}

function provisioningState(json: unknown): string {
  return text(record(record(json)?.['properties'])?.['provisioningState']) ?? '';
}
