import { isRecord, record, text } from '../../../src/common/json.ts';
import { askForBlob, exchangeForAccess } from '../push.ts';
import type { Probe } from '../types.ts';
import { outcomeOf, succeeds } from '../world.ts';

/** How a registry signs people in, and what its permission mode changes. In this order: the upstream is switched to ABAC mode. */
export const protocolProbes: readonly Probe[] = [
  {
    fact: 'registry-mode-versions',
    expected: { '2025-11-01': 'shown', '2025-04-01': 'absent', '2026-01-01-preview': 'shown' },
    async observe({ arm, upstream }) {
      const versions = ['2025-11-01', '2025-04-01', '2026-01-01-preview'];
      const shown = await Promise.all(
        versions.map(async (version) => {
          const json = await arm.get(`${upstream.id}?api-version=${version}`);
          return [
            version,
            record(record(json)?.['properties'])?.['roleAssignmentMode'] === undefined ? 'absent' : 'shown',
          ];
        }),
      );
      return Object.fromEntries(shown) as Record<string, string>;
    },
  },
  {
    fact: 'supported-versions-header',
    expected: { names: true, usesIt: true },
    async observe({ arm, downstream }) {
      const version = '2026-01-01-preview';
      const { headers } = await arm.send('GET', `${downstream.id}/cacheRules?api-version=${version}`);
      const listed = (headers.get('api-supported-versions') ?? '').split(/[,\s]+/).filter(Boolean);
      return { names: listed.length > 0, usesIt: listed.includes(version) };
    },
  },
  {
    fact: 'token-exchange',
    expected: { pull: 200, push: 200, granted: true },
    async observe({ login, upstream, notes }) {
      const made = await login(upstream);
      // What the registry gave out before its switch to ABAC mode is tried again after it.
      notes.set('credentialsBeforeSwitch', made.password);
      const pull = await exchangeForAccess(made, 'repository:sample/app:pull');
      const push = await exchangeForAccess(made, 'repository:sample/app:pull,push');
      return { pull: pull.status, push: push.status, granted: pull.token !== undefined };
    },
  },
  {
    fact: 'blob-redirect',
    expected: { status: 307, isElsewhere: true },
    async observe({ azure, login, upstream }) {
      const content = azure.registry(upstream);
      const { platforms = [] } = await content.getManifest('sample/app', 'v1');
      const { body } = await content.getManifest('sample/app', platforms[0]?.digest ?? '');
      const config = text(record(record(body)?.['config'])?.['digest']) ?? '';
      return askForBlob(await login(upstream), 'sample/app', config);
    },
  },
  {
    fact: 'registry-audience',
    expected: { policy: true, lists: true },
    async observe({ azure, upstream }) {
      return {
        policy: upstream.acceptsArmTokens,
        lists: (await azure.registry(upstream).repositories()).includes('sample/app'),
      };
    },
  },
  {
    fact: 'registry-mode-patch',
    expected: { status: 200, mode: 'AbacRepositoryPermissions', operation: false },
    async observe({ arm, upstream, eventually, reread }) {
      const answer = await arm.send('PATCH', `${upstream.id}?api-version=2025-11-01`, {
        body: { properties: { roleAssignmentMode: 'AbacRepositoryPermissions' } },
      });
      const properties = record(isRecord(answer.body) ? answer.body['properties'] : undefined);
      const observed = {
        status: answer.status,
        mode: text(properties?.['roleAssignmentMode']) ?? 'absent',
        operation: answer.headers.get('azure-asyncoperation') !== undefined,
      };
      await eventually(
        120_000,
        async () => (await reread(upstream)).roleAssignmentMode === 'AbacRepositoryPermissions',
      );
      return observed;
    },
  },
  {
    fact: 'abac-old-credentials',
    expected: { refused: true },
    async observe({ upstream, notes, eventually }) {
      const login = { loginServer: upstream.loginServer, password: notes.get('credentialsBeforeSwitch') ?? '' };
      const isRefused = async (): Promise<boolean> => {
        const { status, token } = await exchangeForAccess(login, 'repository:sample/app:pull');
        return status === 401 || token === undefined;
      };
      return { refused: await eventually(300_000, isRefused) };
    },
  },
  {
    fact: 'catalog-lister',
    expected: { outcome: 'refused' },
    async observe({ azure, upstream, reread }) {
      // An account that has Catalog Lister from above lists; that is no other Azure.
      const { outcome } = await outcomeOf(azure.registry(await reread(upstream)).repositories());
      return { outcome: outcome ?? '' };
    },
  },
  {
    fact: 'abac-owner-reads',
    expected: { reads: false },
    async observe({ azure, upstream, reread }) {
      const content = azure.registry(await reread(upstream));
      return { reads: await succeeds(content.headManifest('sample/app', 'v1')) };
    },
  },
];
