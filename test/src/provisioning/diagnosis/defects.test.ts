import { describe, expect, it } from 'vitest';
import { roles } from '../../../../src/domain/roles.ts';
import { asDecided } from '../../../../src/provisioning/checks/repairs.ts';
import { diagnoseRule, type RuleDiagnosis } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import { diagnosisMarkdown } from '../../../../src/provisioning/diagnosis/diagnosisMarkdown.ts';
import type { ResourceState } from '../../../sandbox/src/types.ts';
import { inOneWorld } from '../savedState.ts';
import { check, startDiagnosis, troubles, type DiagnosisWorld } from './diagnosisWorld.ts';

let world: DiagnosisWorld;
inOneWorld(async () => (world = await startDiagnosis({ retryAfterSeconds: 0, operationMs: 5 })));

/** By a client that remembers nothing of the test before. */
const diagnose = (tag?: string): Promise<RuleDiagnosis> =>
  world.diagnose({ azure: world.as('dev'), ...(tag !== undefined && { tag }) });
const upstream = (): string => world.link().source.id;
const downstream = (): string => world.link().downstream.id;
const identityId = (): string => world.link().authentication.identityId;
const properties = (id: string): Record<string, unknown> => world.resource(id).properties;
const identityNow = () => world.azure.identities.get(identityId());

async function removeAssignments(): Promise<void> {
  const { principalId } = await identityNow();
  for (const { id } of await world.azure.roles.listForPrincipal(upstream(), principalId))
    await world.azure.roles.delete(id);
}

/** The identity's only assignment, or one more. */
async function assign(role: { id: string }, condition?: string, scope = upstream()): Promise<void> {
  await world.assign(scope, role.id, (await identityNow()).principalId, condition);
}

async function assignOnly(...of: Parameters<typeof assign>): Promise<void> {
  await removeAssignments();
  await assign(...of);
}

const conditionFor = (name: string): string =>
  `((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase '${name}'))`;
const articleScope = (): string => `${upstream()}/repositories/myapp`;

/** The registry lets this machine's address in, and services by `bypass`. */
function restrict(id: string, bypass: string | undefined, more: object = { virtualNetworkRules: [] }): void {
  Object.assign(properties(id), {
    networkRuleSet: { defaultAction: 'Deny', ipRules: [{ value: '127.0.0.1' }], ...more },
    networkRuleBypassOptions: bypass,
  });
}

async function expectHealthy(): Promise<void> {
  const after = await diagnose();
  expect(troubles(after)).toEqual([]);
  expect(after.health).toBe('works');
}

describe('a rule that is as it should be', () => {
  it('is healthy, before and after its first pull; every request is evidence', async () => {
    const before = world.sandbox.snapshot();
    await expectHealthy();
    expect(world.sandbox.snapshot()).toBe(before);

    await world.pull();
    await expectHealthy();
    const diagnosis = await diagnose();
    expect(check(diagnosis, 'cached').code).toBe('cached');
    expect(check(diagnosis, 'tagFresh').verdict).toBe('ok');
    const { evidence } = check(diagnosis, 'sourceReadable');
    expect(evidence.some(({ request, correlationId }) => request?.includes('roleAssignments') && correlationId)).toBe(
      true,
    );
    // One screen of 1280x800, above what is folded; no id of a resource in it, and each request once.
    const [seen = '', folded = ''] = diagnosisMarkdown(diagnosis, String).split('<details>');
    const lines = seen.split('\n').filter((line) => line.trim() !== '');
    expect(lines.length).toBeLessThanOrEqual(27);
    for (const line of lines) {
      const shown = line.replace(/\(command:[^)]*\)|[*\\]/g, '');
      expect(shown.length).toBeLessThanOrEqual(125);
      expect(shown).not.toMatch(/subscriptions|[0-9a-f]{8}-[0-9a-f]{4}/);
    }
    const requests = folded.match(/`(GET|HEAD) [^`]*`/g) ?? [];
    expect(requests).not.toEqual([]);
    expect(requests).toEqual([...new Set(requests)]);
  });
});

const unreadable = ['sourceReadable problem', 'pullable problem'];
const asked = { sentence: expect.any(String) as unknown };

describe('what a repair makes fine again', () => {
  it.each<[string, () => unknown, string[], unknown?]>([
    [
      'identityExists',
      () => world.azure.identities.delete(identityId()),
      ['identityExists problem', 'pullable problem'],
    ],
    [
      'identityPrincipal',
      async () => {
        await world.azure.identities.delete(identityId());
        await world.azure.identities.create(identityId(), 'eastus');
      },
      ['identityPrincipal problem', ...unreadable],
    ],
    ['sourceReadable', removeAssignments, unreadable],
    ['sourceReadable', () => assignOnly(roles.repositoryReader, conditionFor('otherapp')), unreadable],
    ['sourceReadable', () => assignOnly(roles.acrPull), unreadable],
    ['leastAccess', () => assign(roles.repositoryReader, undefined, articleScope()), ['leastAccess warning']],
    ['leastAccess', () => assignOnly(roles.repositoryReader), ['leastAccess warning'], asked],
    [
      'permissionMode',
      () => (properties(upstream())['roleAssignmentMode'] = 'LegacyRegistryPermissions'),
      ['permissionMode problem', 'pullable problem'],
      'permissionMode',
    ],
    [
      'ruleState',
      () => (properties(world.ruleId)['provisioningState'] = 'Failed'),
      ['ruleState problem', 'featureFlag problem', 'pullable problem'],
    ],
    [
      'featureFlag',
      () => (properties(world.ruleId)['provisioningState'] = 'Failed'),
      ['ruleState problem', 'featureFlag problem', 'pullable problem'],
      asked,
    ],
    ['upstreamNetwork', () => restrict(upstream(), 'None'), ['upstreamNetwork warning', 'pullable problem']],
  ])('%s', async (id, change, found, confirmation) => {
    await change();
    const diagnosis = await diagnose();
    expect(troubles(diagnosis)).toEqual(found);
    const { repair } = check(diagnosis, id);
    expect(repair?.confirmation).toEqual(confirmation);
    await world.repair(repair);
    await expectHealthy();
  });

  it("an assignment at the article's scope only: replaced", async () => {
    await assignOnly(roles.repositoryReader, undefined, articleScope());
    const found = check(await diagnose(), 'sourceReadable');
    expect(found.code).toBe('onlyArticleScope');
    await world.repair(found.repair);
    await expectHealthy();
    const left = await world.azure.roles.listForPrincipal(upstream(), (await identityNow()).principalId);
    expect(left.map(({ scope }) => scope.toLowerCase())).toEqual([upstream().toLowerCase()]);
  });

  it('no role in an upstream in RBAC mode: AcrPull, where it was decided to keep the mode', async () => {
    await removeAssignments();
    properties(upstream())['roleAssignmentMode'] = 'LegacyRegistryPermissions';
    const { repair } = check(await diagnose(), 'sourceReadable');
    expect(repair?.confirmation).toBe('permissionMode');
    await world.repair(repair && asDecided(repair, { mode: 'keep' }));
    expect(properties(upstream())['roleAssignmentMode']).toBe('LegacyRegistryPermissions');
    const after = await diagnose();
    expect(after.health).toBe('works');
    // What is left to decide is the switch alone.
    expect(troubles(after)).toEqual(['permissionMode warning']);
    expect(check(after, 'permissionMode').repair?.confirmation).toBe('abacSwitch');
  });

  it.each(['AbacRepositoryPermissions', 'LegacyRegistryPermissions'])(
    'an assignment to the client id: found, named and taken away (%s)',
    async (mode) => {
      await removeAssignments();
      const { clientId, principalId } = await identityNow();
      const [role, condition] = mode.startsWith('Abac')
        ? [roles.repositoryReader, conditionFor('myapp')]
        : [roles.acrPull];
      await world.assign(upstream(), role.id, clientId, condition);
      properties(upstream())['roleAssignmentMode'] = mode;
      const found = check(await diagnose(), 'sourceReadable');
      expect(found.verdict).toBe('problem');
      for (const id of [clientId, principalId]) expect(found.reason).toContain(id);
      await world.repair(found.repair);
      await expectHealthy();
      expect(await world.azure.roles.listForPrincipal(upstream(), clientId)).toEqual([]);
    },
  );

  it('a registry that shuts trusted services out: nothing is cached until it does not', async () => {
    restrict(downstream(), 'None');
    const diagnosis = await diagnose();
    expect(troubles(diagnosis)).toEqual(['trustedServices problem']);
    await world.pull();
    expect(troubles(await diagnose())).toEqual(['trustedServices problem', 'cached warning']);
    const plan = await world.repair(check(diagnosis, 'trustedServices').repair);
    expect(plan.findings.map(({ code }) => code)).not.toContain('downstreamNetwork');
    await world.pull();
    await expectHealthy();
    expect(check(await diagnose(), 'cached').code).toBe('cached');
  });

  it('soft delete: turned off, other policies stay', async () => {
    const policies = { ...(properties(downstream())['policies'] as object), softDeletePolicy: { status: 'enabled' } };
    properties(downstream())['policies'] = policies;
    const diagnosis = await diagnose();
    expect(troubles(diagnosis)).toEqual(['softDelete problem']);
    await world.repair(check(diagnosis, 'softDelete').repair);
    await expectHealthy();
    expect(Object.keys(properties(downstream())['policies'] as object)).toEqual(Object.keys(policies));
  });

  it('not where Azure says another thing when the repair begins', async () => {
    restrict(downstream(), 'None');
    const { repair } = check(await diagnose(), 'trustedServices');
    restrict(downstream(), 'AzureServicesAndMore');
    await expect(world.repair(repair)).rejects.toThrow('"verdict":"unknown"');
  });
});

const tagsUpstream = () => {
  const found = [...world.sandbox.state.content.values()].find(({ registryId }) => registryId === upstream());
  return found!.repositories.get('myapp')!.tags;
};

describe('what no repair makes fine', () => {
  it.each<[string, () => unknown, string[]]>([
    [
      'subnets by service endpoints',
      () => restrict(downstream(), 'AzureServices', { virtualNetworkRules: [{ id: 'x', action: 'Allow' }] }),
      ['virtualNetworks problem'],
    ],
    [
      'virtual networks that are not told',
      () => restrict(downstream(), 'AzureServices', {}),
      ['virtualNetworks unknown'],
    ],
    [
      'services let in by a word that is new',
      () => restrict(downstream(), 'AzureServicesAndMore'),
      ['trustedServices unknown'],
    ],
    ['services not told upstream', () => restrict(upstream(), undefined), ['upstreamNetwork unknown']],
  ])('%s', async (_, change, found) => {
    await change();
    const diagnosis = await diagnose('latest');
    expect(troubles(diagnosis)).toEqual(found);
    for (const { id, repair } of diagnosis.checks) if (id !== 'pullable') expect(repair, id).toBeUndefined();
  });

  it('states of a registry, each with its own advice', async () => {
    const advice = new Set<string | undefined>();
    for (const state of ['Updating', 'Failed', 'Deleting']) {
      properties(downstream())['provisioningState'] = state;
      advice.add(check(await diagnose(), 'registryReady').next);
    }
    expect(advice.size).toBe(3);
  });

  it('a tag that moved on, or went, after its copy was made', async () => {
    await world.pull();
    const tags = tagsUpstream();
    const [latest, other] = [tags.get('latest')!, tags.get('1.0')!];
    tags.set('latest', { ...latest, digest: other.digest });
    const diagnosis = await diagnose('latest');
    expect(troubles(diagnosis)).toEqual(['tagFresh warning']);
    const { evidence } = check(diagnosis, 'tagFresh');
    expect(evidence.some(({ text }) => text.includes(other.digest))).toBe(true);
    tags.delete('latest');
    expect(troubles(await diagnose())).toEqual(['sourceExists warning']);
  });

  it.each<[string, () => unknown, string[]]>([
    [
      'the rule',
      () => world.azure.cacheRules.delete(world.ruleId),
      ['registryReady', 'ruleCount', 'trustedServices', 'softDelete'],
    ],
    [
      'its upstream',
      () => world.sandbox.state.resources.delete(upstream().toLowerCase()),
      [
        'registryReady',
        'ruleState',
        'paths',
        'overlaps',
        'ruleCount',
        'authentication',
        'identityExists',
        'identityPrincipal',
        'trustedServices',
        'softDelete',
        'featureFlag',
      ],
    ],
  ])('%s that was deleted: nothing about it is called fine', async (_, change, fine) => {
    await change();
    const { checks } = await diagnose();
    expect(checks.filter(({ verdict }) => verdict === 'ok').map(({ id }) => id)).toEqual(fine);
  });
});

it.each([
  ['Healthy', 'ok'],
  ['Unhealthy', 'problem'],
  ['', 'unknown'],
])('a credential set that Azure calls "%s"', async (status, verdict) => {
  const { resources } = world.sandbox.state;
  const id = `${downstream()}/credentialSets/MyCredentials`;
  const credentialHealth = { status, errorCode: 'X', errorMessage: 'Sequence contains no elements' };
  const set: ResourceState = {
    id,
    name: 'MyCredentials',
    type: 'Microsoft.ContainerRegistry/registries/credentialSets',
    properties: {
      loginServer: 'docker.io',
      provisioningState: 'Succeeded',
      authCredentials: [{ name: 'Credential1', ...(status && { credentialHealth }) }],
    },
    createdAt: 0,
  };
  resources.set(id.toLowerCase(), set);
  const ruleId = world.ruleId.replace(/[^/]+$/, 'HubRule');
  const paths = { sourceRepository: 'docker.io/library/node', targetRepository: 'node', credentialSetResourceId: id };
  const rule = world.resource(world.ruleId);
  const hub = {
    ...rule,
    id: ruleId,
    name: 'HubRule',
    identity: undefined,
    properties: { ...rule.properties, ...paths },
  };
  resources.set(ruleId.toLowerCase(), hub);
  const found = check(await diagnoseRule(world.as('dev'), ruleId), 'credentialSet');
  expect(found.verdict).toBe(verdict);
  if (verdict === 'problem') expect(found.reason).toContain('Sequence contains no elements');
});
