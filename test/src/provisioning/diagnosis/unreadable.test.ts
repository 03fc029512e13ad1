import { afterEach, describe, expect, it } from 'vitest';
import { isCancelled } from '../../../../src/azure/errors.ts';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { diagnoseRegistry } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import type { RuleDiagnosis } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import type { FaultRule } from '../../../sandbox/src/types.ts';
import { mapping } from '../links.ts';
import { check, startDiagnosis, troubles, type DiagnosisWorld } from './diagnosisWorld.ts';

let world: DiagnosisWorld;
afterEach(() => world.close());

type Fault = Omit<FaultRule, 'match'>;
const refusals: Readonly<Record<string, Fault>> = {
  '403': { status: 403, code: 'AuthorizationFailed', message: 'No permission.' },
  '404': { status: 404, code: 'ResourceNotFound', message: 'It is not there.' },
};
/** To the diagnosis they are one: no answer after all retries. So each request meets one of them. */
const outages: readonly (readonly [name: string, Fault])[] = [
  ['429', { status: 429, code: 'TooManyRequests', message: 'Too many requests.' }],
  ['500', { status: 500, code: 'InternalServerError', message: 'Something broke.' }],
  ['reset', { reset: 'before' }],
];

/** Method, host and path as a pattern for the sandbox's faults, which see the host only of registries. */
function patternOf({ method, url }: { method: string; url: string }): string {
  const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const [, host = '', path = ''] = /^([^/]*)([^?]*)/.exec(url) ?? [];
  return `^${method} (${escape(host)})?${escape(path)}(\\?|$)`;
}

/**
 * Where a failed answer is no loss, since there is a second way: Resource Graph and the list of api-versions have a fallback, a
 * refused HEAD is asked as GET.
 */
const otherWays: readonly RegExp[] = [
  /^\S+ POST [^?]*\/providers\/Microsoft\.ResourceGraph\/resources/,
  /^\S+ GET [^?]*\/providers\/Microsoft\.ContainerRegistry\?/,
  /^(403|404|500) HEAD [^?]*\/manifests\//,
];

async function pulled(): Promise<void> {
  world = await startDiagnosis();
  await world.pull();
}

describe('a request that fails', () => {
  it('makes what depends on it unknown, never fine: every request × refused, not there, no answer', async () => {
    await pulled();
    const { result, requests } = await world.requestsOf(() => world.diagnose({ azure: world.as('dev') }));
    expect(result.health).toBe('works');
    const distinct = [
      ...new Map(requests.map((request) => [`${request.method} ${request.url.split('?')[0]}`, request])).values(),
    ];
    const counts = { cells: 0, told: 0, otherWay: 0 };
    const silent: string[] = [];
    for (const [index, request] of distinct.entries()) {
      for (const [name, fault] of [...Object.entries(refusals), outages[index % outages.length]!]) {
        const match = patternOf(request);
        const diagnosis = await world.withFaults([{ match, ...fault }], () =>
          world.diagnose({ azure: world.as('dev') }),
        );
        counts.cells += 1;
        if (troubles(diagnosis).length === 0) {
          const cell = `${name} ${request.method} ${request.url}`;
          if (otherWays.some((way) => way.test(cell))) counts.otherWay += 1;
          else silent.push(cell);
        } else {
          counts.told += 1;
          for (const { verdict, reason, next } of diagnosis.checks) {
            if (verdict !== 'unknown') continue;
            expect(reason).not.toBe('');
            expect(next).toBeTruthy();
          }
        }
      }
    }
    console.log('diagnosis × faults:', JSON.stringify({ requests: distinct.length, ...counts }));
    expect(silent).toEqual([]);
    expect(counts.told).toBeGreaterThan(40);
  }, 120_000);

  it('is the list of tags, not found without the registry saying so: not taken for a repository without tags', async () => {
    world = await startDiagnosis();
    const { result } = await world.requestsOf(() =>
      world.withFaults(
        [{ match: '/_tags', status: 404, code: 'NotFound', message: 'A proxy knows no such page.' }],
        () => world.diagnose({ azure: world.as('dev') }),
      ),
    );
    expect(result.health).toBe('unknown');
    for (const id of ['sourceExists', 'pullable', 'cached', 'tagFresh'])
      expect(`${id} ${check(result, id).verdict}`).toBe(`${id} unknown`);
  });

  it('says who may read it, with request and correlation id', async () => {
    await pulled();
    const diagnosis = await world.withFaults(
      [{ match: 'roleAssignments', status: 403, code: 'AuthorizationFailed', message: 'No permission.' }],
      () => world.diagnose(),
    );
    expect(diagnosis.health).toBe('unknown');
    for (const id of ['permissionMode', 'sourceReadable', 'leastAccess']) {
      const found = check(diagnosis, id);
      expect(found.verdict).toBe('unknown');
      expect(found.reason).toContain('No permission.');
      expect(found.next).toContain('Microsoft.Authorization/roleAssignments/read');
      expect(found.evidence.some((one) => one.request?.includes('roleAssignments') && one.correlationId)).toBe(true);
    }
    // What does not need it is known all the same.
    expect(check(diagnosis, 'identityExists').verdict).toBe('ok');
    expect(check(diagnosis, 'pullable').verdict).toBe('ok');
  });

  it('by someone who may see little: unknown, not fine', async () => {
    await pulled();
    const diagnosis = await world.diagnose({ azure: world.as('olivia') });
    expect(diagnosis.health).not.toBe('works');
    expect(diagnosis.checks.filter(({ verdict }) => verdict === 'ok')).toEqual([]);
  });
});

describe('a registry', () => {
  const names = ['FirstRule', 'SecondRule', 'ThirdRule', 'FourthRule', 'FifthRule'];

  async function withRules(): Promise<void> {
    world = await startDiagnosis({
      link: { mappings: names.map((name, index) => mapping(name, 'myapp', `cache/app${index}`)) },
    });
  }

  it('reads what its rules share once', async () => {
    await withRules();
    const seen: RuleDiagnosis[] = [];
    const { result, requests } = await world.requestsOf(() =>
      diagnoseRegistry(world.azure, world.link().downstream.id, {
        onRule: (rule, total) => {
          expect(total).toBe(names.length);
          seen.push(rule);
        },
      }),
    );
    expect(result.rules.map(({ ruleName }) => ruleName).sort()).toEqual([...names].sort());
    expect(result.rules.map(({ health }) => health)).toEqual(names.map(() => 'works'));
    expect(result.notChecked).toEqual([]);
    expect(seen).toHaveLength(names.length);
    const arm = requests
      .filter(({ url }) => !/\/(acr\/v1|v2|oauth2)\//.test(url))
      .map(({ method, url }) => `${method} ${url}`);
    expect(arm).toEqual([...new Set(arm)]);
  });

  it('cancelled: what is known stays, the rest is not checked', async () => {
    await withRules();
    const abort = new AbortController();
    const result = await diagnoseRegistry(world.azure, world.link().downstream.id, {
      signal: abort.signal,
      concurrency: 1,
      onRule: () => abort.abort(),
    });
    expect(result.rules).toHaveLength(1);
    expect(result.notChecked).toHaveLength(names.length - 1);
    expect(result.notChecked).not.toContain(result.rules[0]?.ruleId);
  });

  it('cancelled, a single rule: rejects as cancelled', async () => {
    await withRules();
    const abort = new AbortController();
    const ruleId = cacheRuleArmId(world.link().downstream.id, 'FirstRule');
    const { diagnoseRule } = await import('../../../../src/provisioning/diagnosis/diagnose.ts');
    const failure: unknown = await diagnoseRule(world.azure, ruleId, {
      signal: abort.signal,
      onCheck: () => abort.abort(),
    }).catch((error: unknown) => error);
    expect(isCancelled(failure)).toBe(true);
  });
});
