import { describe, expect, it } from 'vitest';
import { roles } from '../../../../src/domain/roles.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import type { Repair } from '../../../../src/provisioning/types.ts';
import { mapBounded } from '../../../../src/common/mapBounded.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { goalOf } from '../../../../src/provisioning/checks/repairs.ts';
import type { FaultRule, LogEntry } from '../../../sandbox/src/types.ts';
import { startDiagnosis, troubles, type DiagnosisWorld } from './diagnosisWorld.ts';

/** How a world is broken, and the repair that cures it. */
const defects: Readonly<Record<string, { repair: string; seed: (world: DiagnosisWorld) => Promise<void> }>> = {
  'identity deleted': {
    repair: 'makeIdentityAgain',
    async seed(world) {
      await world.azure.identities.delete(world.link().authentication.identityId);
    },
  },
  "at the article's scope": {
    repair: 'replaceArticleScope',
    async seed(world) {
      const { source: upstream, authentication: identity } = world.link();
      const { principalId } = await world.azure.identities.get(identity.identityId);
      for (const { id } of await world.azure.roles.listForPrincipal(upstream.id, principalId))
        await world.azure.roles.delete(id);
      await world.assign(`${upstream.id}/repositories/myapp`, roles.repositoryReader.id, principalId);
    },
  },
  'no condition': {
    repair: 'narrowCondition',
    async seed(world) {
      const { source: upstream, authentication: identity } = world.link();
      const { principalId } = await world.azure.identities.get(identity.identityId);
      for (const { id } of await world.azure.roles.listForPrincipal(upstream.id, principalId))
        await world.azure.roles.delete(id);
      await world.assign(upstream.id, roles.repositoryReader.id, principalId);
    },
  },
  'trusted services off': {
    repair: 'allowTrustedServices',
    seed: async (world) =>
      void Object.assign(world.resource(world.link().downstream.id).properties, {
        networkRuleSet: { defaultAction: 'Deny', ipRules: [{ value: '127.0.0.1' }], virtualNetworkRules: [] },
        networkRuleBypassOptions: 'None',
      }),
  },
};

const faults: Readonly<Record<string, Omit<FaultRule, 'match'>>> = {
  '403 once': { status: 403, code: 'AuthorizationFailed', message: 'No permission.', times: 1 },
  '404 once': { status: 404, code: 'ResourceNotFound', message: 'It is not there.', times: 1 },
  '429 throughout': { status: 429, code: 'TooManyRequests', message: 'Too many requests.' },
  '500 throughout': { status: 500, code: 'InternalServerError', message: 'Something broke.' },
  'answer lost': { reset: 'after', times: 1 },
};
const failedOperation: Omit<FaultRule, 'match'> = {
  failOperation: { code: 'InternalOperationError', message: 'The operation failed.' },
  times: 1,
};

/** Method, host and path as a pattern; names that are new in every world match anything. */
function patternOf({ method, url }: LogEntry): string {
  const path = (url.split('?')[0] ?? '').replace(/^[^/]*/, '');
  const escaped = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `^${method} [^/]*${escaped.replace(/[0-9a-f]{8}-[0-9a-f-]{27}(?=\/|$)/g, '[0-9a-f-]+')}(\\?|$)`;
}

async function broken(defect: string): Promise<{ world: DiagnosisWorld; repair: Repair }> {
  const world = await startDiagnosis({ operationMs: 20 });
  await defects[defect]?.seed(world);
  return { world, repair: await findRepair(world, defect) };
}

async function findRepair(world: DiagnosisWorld, defect: string): Promise<Repair> {
  const { checks } = await world.diagnose();
  const repair = checks.map((check) => check.repair).find((candidate) => candidate?.id === defects[defect]?.repair);
  if (!repair)
    throw new Error(`${defect}: no repair in ${JSON.stringify(checks.map(({ id, verdict }) => [id, verdict]))}`);
  return repair;
}

/** Plan and apply, whatever comes of it. */
async function tryRepair(world: DiagnosisWorld, repair: Repair): Promise<string> {
  const plan = await planOf(world.azure, goalOf(repair));
  const result = await applyPlan(world.azure, plan, { timeScale: 0.01 });
  expect(result.steps.every(({ message }) => message !== '')).toBe(true);
  return result.outcome;
}

describe('every request of a repair × every fault', () => {
  const totals = { repairs: 0, requests: 0, cells: 0, atOnce: 0, bySecondRun: 0 };

  it.each(Object.keys(defects))(
    '%s: it is done, or the second run does the rest',
    async (defect) => {
      const first = await broken(defect);
      const { requests } = await first.world.requestsOf(() => first.world.repair(first.repair));
      await first.world.close();
      const byPattern = new Map(
        requests.filter(({ url }) => !/\/oauth2\//.test(url)).map((one) => [patternOf(one), one]),
      );
      const cells = [...byPattern].flatMap(([match, { method }]) => [
        ...Object.entries(faults).map(([name, fault]) => ({ name, match, fault })),
        ...(/^(PUT|PATCH|DELETE)$/.test(method) ? [{ name: 'operation fails', match, fault: failedOperation }] : []),
      ]);
      const failures: string[] = [];
      await mapBounded(cells, 16, async ({ name, match, fault }) => {
        const { world, repair } = await broken(defect);
        try {
          const outcome = await world.withFaults([{ match, ...fault }], () => tryRepair(world, repair));
          const between = await world.diagnose();
          // What it says of itself is true, unless Azure itself said of what is there that it is not.
          const isLie = name === '404 once' && match.startsWith('^DELETE');
          if (!isLie && outcome === 'complete' && troubles(between).length > 0)
            failures.push(`${name} ${match}: claimed`);
          if (troubles(between).length === 0) totals.atOnce += 1;
          else {
            totals.bySecondRun += 1;
            // The remembered repair is as good as a new one: it looks again at what is there.
            await tryRepair(world, repair);
          }
          const after = await world.diagnose();
          if (troubles(after).length > 0) failures.push(`${name} ${match}: ${troubles(after).join()}`);
          totals.cells += 1;
        } finally {
          await world.close();
        }
      });
      totals.repairs += 1;
      totals.requests += byPattern.size;
      console.log(`repair × faults, up to "${defect}":`, JSON.stringify(totals));
      expect(failures).toEqual([]);
    },
    300_000,
  );
});
