import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxOptions } from '../sandbox/src/options.ts';
import { sandboxEnvironment } from './environments.ts';
import { readFacts, unprobed } from './facts.ts';
import { probes } from './probes.ts';
import { compareRuns, templateOf, toJson, toMarkdown } from './report.ts';
import { runContract, type RunOptions } from './run.ts';
import type { ContractRun, Environment } from './types.ts';
import { contractTag, leftoverGroups } from './world.ts';
import { createArmSessions } from '../../src/azure/arm/sessions.ts';

const open: Environment[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((environment) => environment.close()));
});

async function sandbox(options?: SandboxOptions): Promise<Environment> {
  const environment = await sandboxEnvironment(options);
  open.push(environment);
  return environment;
}

async function run(options?: SandboxOptions, runOptions?: RunOptions): Promise<ContractRun> {
  return runContract(await sandbox(options), runOptions);
}

function states(result: ContractRun): Record<string, string> {
  return Object.fromEntries(result.results.map(({ fact, state }) => [fact, state]));
}

describe('the contract', () => {
  it('has one probe for each fact, or says why there is none', () => {
    const tried = probes.map(({ fact }) => fact);
    expect(new Set(tried).size).toBe(tried.length);
    expect([...tried, ...Object.keys(unprobed)].sort()).toEqual(
      readFacts()
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('records what is not known, and names the option of the sandbox for it', () => {
    const unknown = readFacts().flatMap(({ id, mark }) => (mark.includes('?') ? [id] : []));
    expect(unknown.length).toBeGreaterThan(5);
    for (const { fact, expected, option } of probes) {
      if (unknown.includes(fact)) expect([fact, expected]).toEqual([fact, undefined]);
      // Texts are no behaviour that an option could change.
      if (unknown.includes(fact) && fact !== 'rule-refusal-texts')
        expect([fact, option]).not.toEqual([fact, undefined]);
    }
  });

  it('holds on the sandbox, which is as it was before', async () => {
    const environment = await sandbox();
    const { arm } = createArmSessions(environment.access).forSubscription(environment.subscriptionId);
    const list = async (): Promise<unknown> =>
      arm.list(`/subscriptions/${environment.subscriptionId}/resources?api-version=2021-04-01`);
    const before = await list();
    const result = await runContract(environment);
    expect(result.results.filter(({ state }) => !['holds', 'recorded'].includes(state))).toEqual([]);
    expect(result.results).toHaveLength(probes.length);
    expect(result.left).toBeUndefined();
    expect(await list()).toEqual(before);
    expect(await leftoverGroups(arm, environment.subscriptionId)).toEqual([]);
  });

  it('names exactly what another Azure does otherwise', async () => {
    const usual = await run();
    const other = await run({
      articleScopes: 'honour',
      rbacUpstreams: 'ignore',
      headStartsCopy: true,
      freshMs: 60_000,
      putReplacesPaths: false,
      ruleVersions: ['2026-11-01', '2026-09-01-preview', '2026-03-01-preview', '2026-01-01-preview', '2025-11-01'],
      scheduleInstances: 'forbidden',
    });
    const comparisons = compareRuns(usual, other);
    expect(
      comparisons
        .filter(({ verdict }) => verdict !== 'same')
        .map(({ fact, verdict, option }) => [fact, verdict, option]),
    ).toEqual(
      [
        ['rule-ga-identity', 'different', 'ruleIdentityVersions'],
        ['rule-put-replaces-paths', 'different', 'putReplacesPaths'],
        ['rbac-upstream-acr-pull', 'different', 'rbacUpstreams'],
        ['article-scope', 'different', 'articleScopes'],
        ['temporary-assignments', 'different', 'scheduleInstances'],
        ['head-starts-copy', 'different', 'headStartsCopy'],
        ['tag-freshness', 'different', 'freshMs'],
      ].sort(([a = ''], [b = '']) => position(usual, a) - position(usual, b)),
    );
    const texts = [toMarkdown(comparisons, 'other', '2026-01-01'), toJson(comparisons, 'other', '2026-01-01')];
    for (const text of texts) {
      expect(text).toContain('head-starts-copy');
      // Nothing that names the subscription, what was made in it, or who ran it.
      expect(text).not.toMatch(
        /acrcontract|acr-cache-contract-|contract-(?!report)[a-z]+"|[0-9a-f]{8}-[0-9a-f]{4}-|eyJ|localhost/,
      );
    }
  });

  it('tells a behaviour that the specification excludes from one that is not known', async () => {
    const result = await run({ patchAddsIdentity: true }, { isQuick: true });
    expect(states(result)).toMatchObject({
      'rule-patch-identity': 'differs',
      'rule-patch-null': 'recorded',
      'tag-freshness': 'skipped',
    });
  });

  it('goes on after a probe that failed', async () => {
    const result = await run({ registryVersions: ['2025-11-01', '2026-09-01-preview'] }, { isQuick: true });
    const { results } = result;
    expect(results.find(({ fact }) => fact === 'registry-mode-versions')).toMatchObject({
      state: 'failed',
      observed: { failure: 'invalid' },
    });
    expect(results).toHaveLength(probes.length);
  });

  it('removes what it made when it is cancelled, and when it cannot be built', async () => {
    const environment = await sandbox();
    const { arm } = createArmSessions(environment.access).forSubscription(environment.subscriptionId);
    const stop = new AbortController();
    const cancelled = await runContract(environment, { signal: stop.signal, onResult: () => stop.abort() });
    expect(cancelled.results).toHaveLength(1);
    expect(cancelled.left).toBeUndefined();

    // Also while a probe waits.
    const stopWaiting = new AbortController();
    const wait: Environment['wait'] = (milliseconds, signal) => {
      stopWaiting.abort();
      return environment.wait(milliseconds, signal);
    };
    const interrupted = await runContract({ ...environment, wait }, { signal: stopWaiting.signal });
    expect(interrupted.results.at(-1)?.state).toBe('failed');
    expect(interrupted.results.length).toBeLessThan(probes.length);
    expect(interrupted.left).toBeUndefined();

    await expect(runContract({ ...environment, location: 'nowhere' })).rejects.toMatchObject({ name: 'AzureError' });
    expect(await leftoverGroups(arm, environment.subscriptionId)).toEqual([]);
  });

  it('finds by its tag what an interrupted run has left, and nothing else', async () => {
    const environment = await sandbox();
    const { arm } = createArmSessions(environment.access).forSubscription(environment.subscriptionId);
    const group = (name: string) => `/subscriptions/${environment.subscriptionId}/resourceGroups/${name}`;
    const put = (name: string, tags: object) =>
      arm.send('PUT', `${group(name)}?api-version=2021-04-01`, { body: { location: 'eastus', tags } });
    await put('left', { [contractTag]: '2026-01-01' });
    await put('acr-cache-contract-of-somebody', {});
    expect(await leftoverGroups(arm, environment.subscriptionId)).toEqual([group('left')]);
  });
});

it('templates of requests name nothing', () => {
  const id =
    '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/Mine/providers/Microsoft.ContainerRegistry';
  expect(templateOf(`PUT https://management.example${id}/registries/mine/cacheRules/rule`)).toBe(
    'PUT /subscriptions/{…}/resourceGroups/{…}/providers/Microsoft.ContainerRegistry/registries/{…}/cacheRules/{…}',
  );
});

function position(result: ContractRun, fact: string): number {
  return result.results.findIndex((one) => one.fact === fact);
}
