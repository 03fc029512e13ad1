import { describe, expect, it } from 'vitest';
import { compareCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { healthWord, predatesRule } from '../../../../src/domain/ruleVerdict.ts';
import { roles } from '../../../../src/domain/roles.ts';
import {
  checkupOf,
  diagnoseRule,
  type DiagnoseOptions,
  type RuleDiagnosis,
} from '../../../../src/provisioning/diagnosis/diagnose.ts';
import { diagnosisMarkdown } from '../../../../src/provisioning/diagnosis/diagnosisMarkdown.ts';
import { verifyCached } from '../../../../src/provisioning/verification/verify.ts';
import { goalOf } from '../../../../src/provisioning/checks/repairs.ts';
import { mapping } from '../links.ts';
import { inOneWorld } from '../savedState.ts';
import { check, startDiagnosis, troubles, type DiagnosisWorld } from './diagnosisWorld.ts';

/** As after the switch: the Owner `dev` has no repository role in the upstream. */
let world: DiagnosisWorld;
inOneWorld(async () => {
  const mappings = [mapping('MyRule', 'myapp'), mapping('TeamRule', 'team/*')];
  return (world = await startDiagnosis({ link: { mappings }, upstream: { assignments: [] }, retryAfterSeconds: 0 }));
});

/** By a client that remembers nothing of the test before. */
const diagnose = (options: DiagnoseOptions = {}): Promise<RuleDiagnosis> =>
  world.diagnose({ azure: world.as('dev'), ...options });

async function own() {
  const all = await world.azure.roles.listForPrincipal(world.id('upstreamregistry'), world.principal('dev'));
  return all.filter(({ roleId }) => roleId === roles.repositoryReader.id);
}

describe('an Owner whom the ABAC switch took the reading of images', () => {
  it('works, with two checks skipped: the served image proves the source; the reason and the repair are said', async () => {
    await world.pull();
    const diagnosis = await diagnose();
    expect(troubles(diagnosis)).toEqual(['sourceExists unknown', 'tagFresh unknown']);
    expect(diagnosis).toMatchObject({ health: 'works', problems: 0, warnings: 0, skipped: 2 });
    expect(diagnosisMarkdown(diagnosis, String).split('\n')[0]).toContain(healthWord('works'));
    for (const id of ['sourceExists', 'tagFresh']) {
      const { code, reason, next, repair, evidence } = check(diagnosis, id);
      expect(code).toBe('ownReadingDenied');
      expect(reason).toContain(roles.owner.name);
      expect(next).toContain(roles.repositoryReader.name);
      expect(repair).toMatchObject({ id: 'readUpstream' });
      expect(evidence.some(({ request }) => request?.includes('/myapp'))).toBe(true);
    }
    const [finding] = checkupOf(diagnosis.checks, diagnosis.checkedAt, true).findings;
    const { title, reason } = check(diagnosis, 'sourceExists');
    expect(finding).toEqual({
      check: 'sourceExists',
      verdict: 'unknown',
      pull: 'proves',
      title,
      reason,
      hasRepair: true,
    });
    await world.repair(check(diagnosis, 'sourceExists').repair);
    const [assignment, ...more] = await own();
    expect(more).toEqual([]);
    const { covers, overGrants } = compareCondition(assignment?.condition, [
      { kind: 'repository', repository: 'myapp' },
    ]);
    expect([covers, overGrants]).toEqual([true, []]);
    expect(await diagnose()).toMatchObject({ health: 'works', skipped: 0 });
  });

  it('not known before anything was pulled: no image is known to ask for', async () => {
    const diagnosis = await diagnose();
    expect(diagnosis.health).toBe('unknown');
    expect(check(diagnosis, 'pullable')).toMatchObject({ verdict: 'unknown', repair: { id: 'readUpstream' } });
  });

  it('is not told to sign in again where the registry passes on what the upstream has answered', async () => {
    await world.pull();
    await world.azure.identities.delete(world.link().authentication.identityId);
    const diagnosis = await diagnose();
    expect(check(diagnosis, 'cached')).toMatchObject({ verdict: 'unknown', code: 'refusedThroughRule' });
  });

  it('an assignment of one’s own that is there is extended', async () => {
    const { azure } = world;
    const scope = world.id('upstreamregistry');
    const principalId = world.principal('dev');
    const input = { roleId: roles.repositoryReader.id, principalId, principalType: 'User' as const };
    const name = crypto.randomUUID();
    const other = `((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase 'other'))`;
    await azure.roles.put(scope, name, { ...input, condition: other });
    const { repair } = check(await diagnose(), 'sourceExists');
    await world.repair(repair);
    const assignments = await own();
    expect(assignments.map((assignment) => assignment.name)).toEqual([name]);
    const both = ['myapp', 'other'].map((repository) => ({ kind: 'repository' as const, repository }));
    expect(compareCondition(assignments[0]?.condition, both)).toMatchObject({ covers: true, overGrants: [] });
  });

  it('of a wildcard: the right to list is part of it', async () => {
    const ruleId = world.ruleId.replace(/[^/]+$/, 'TeamRule');
    const diagnosis = await diagnoseRule(world.as('dev'), ruleId);
    const { repair } = check(diagnosis, 'sourceExists');
    expect(repair && goalOf(repair).requirements).toHaveLength(2);
    await world.repair(repair);
    expect((await diagnoseRule(world.as('dev'), ruleId)).skipped).toBe(0);
  });
});

describe('a repair of one’s own access', () => {
  it('is not offered for what a network, a missing right or an RBAC registry refuses', async () => {
    await world.pull();
    const faults = [
      {
        match: 'GET /acr/v1/myapp$|HEAD /v2/myapp',
        status: 403,
        code: 'DENIED',
        message: 'client with IP is not allowed',
      },
      { match: 'oauth2/token', status: 403, code: 'Forbidden', message: 'No.' },
    ];
    for (const fault of faults) {
      const diagnosis = await world.withFaults([fault], () => diagnose());
      expect(diagnosis.checks.flatMap(({ repair }) => repair?.id ?? [])).not.toContain('readDownstream');
    }
  });

  it('is for the account that the token of the registry’s tenant speaks of', async () => {
    const scope = world.id('upstreamregistry');
    expect(await world.azure.roles.signedIn(scope)).toEqual({
      principalId: world.principal('dev'),
      principalType: 'User',
      name: 'dev@sandbox.test',
    });
  });
});

it('a pull that was verified proves a source that nobody here may read', async () => {
  await world.pull();
  const image = { downstreamId: world.id('myregistry'), repository: 'myapp', reference: 'latest' };
  expect((await verifyCached(world.azure, image, { timeScale: 0.1 })).verdict).toBe('cached');
  const proof = {
    image: 'myapp:latest',
    by: 'api',
    provenAt: new Date().toISOString(),
    digest: 'sha256:a',
    upstream: 'same',
  } as const;
  const faults = [{ match: '^(GET|HEAD) \\S*/(v2|acr/v1)/myapp', status: 401, code: 'UNAUTHORIZED', message: 'No.' }];
  const without = await world.withFaults(faults, () => diagnose());
  const withProof = await world.withFaults(faults, () => diagnose({ proof }));
  expect([without.health, withProof.health]).toEqual(['unknown', 'works']);
  expect(withProof.skipped).toBeGreaterThan(0);
  // The rule that has the name now was made after it.
  const old = { ...proof, provenAt: '2020-01-01T00:00:00Z' };
  expect((await world.withFaults(faults, () => diagnose({ proof: old }))).health).toBe('unknown');
});

it('a copy that was there before the rule proves nothing about it', async () => {
  await world.pull();
  expect((await diagnose()).health).toBe('works');
  const later = new Date(world.sandbox.now() + 1000).toISOString();
  world.resource(world.ruleId).properties['creationDate'] = later;
  const diagnosis = await diagnose();
  expect([diagnosis.health, check(diagnosis, 'pullable').verdict]).toEqual(['unknown', 'ok']);
  const image = { downstreamId: world.id('myregistry'), repository: 'myapp', reference: 'latest' };
  const proof = await verifyCached(world.azure, image, { timeScale: 0.1 });
  expect(predatesRule(proof.storedAt, { creationDate: later })).toBe(true);
});
