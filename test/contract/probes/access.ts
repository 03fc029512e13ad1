import { record, text } from '../../../src/common/json.ts';
import { roles } from '../../../src/domain/roles.ts';
import { generateCondition } from '../../../src/domain/condition/abacCondition.ts';
import type { Identity, Registry } from '../../../src/domain/types.ts';
import type { Observed, Probe } from '../types.ts';
import { outcomeOf, succeeds, type World } from '../world.ts';

/** Role assignments may take minutes until the data plane knows them. Milliseconds. */
const propagationMs = 300_000;

/** Who may read the upstream: roles, conditions and scopes. After the switch to ABAC mode. */
export const accessProbes: readonly Probe[] = [
  {
    fact: 'condition-form',
    expected: { outcome: 'accepted', kept: true },
    async observe({ assign, upstream, identity, azure }) {
      const condition = generateCondition([{ kind: 'repository', repository: 'sample/app' }]) ?? '';
      const made = assign(upstream.id, { ...reader(identity), condition });
      const { outcome = '' } = await outcomeOf(made);
      const found = await azure.roles.listForPrincipal(upstream.id, identity.principalId);
      return { outcome, kept: found.some((one) => one.condition === condition) };
    },
  },
  {
    fact: 'condition-gives-access',
    expected: { named: true, other: false },
    async observe(world) {
      const named = await pullsThrough(world, 'contract-named', world.upstream, 'sample/app', world.identity);
      const other = await pullsThrough(world, 'contract-other', world.upstream, 'sample/other', world.identity, 0);
      return { named, other };
    },
  },
  {
    fact: 'condition-operators',
    expected: { mixed: 'refused', parenthesised: 'accepted' },
    async observe({ assign, upstream, strangerIdentity }) {
      const name = '@Request[Microsoft.ContainerRegistry/registries/repositories:name]';
      const term = (value: string): string => `${name} StringEqualsIgnoreCase '${value}'`;
      const make = async (condition: string) =>
        (await outcomeOf(assign(upstream.id, { ...reader(strangerIdentity), condition })))['outcome'] ?? '';
      return {
        mixed: await make(`${term('a')} AND ${term('b')} OR ${term('c')}`),
        parenthesised: await make(`(${term('a')} AND ${term('b')}) OR ${term('c')}`),
      };
    },
  },
  {
    fact: 'article-scope',
    isIndependent: true,
    option: 'articleScopes',
    async observe(world) {
      const { azure, location, group, upstream, assign } = world;
      const identity = await azure.identities.create(
        `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/contract-scope`,
        location,
      );
      const assigned = await outcomeOf(assign(`${upstream.id}/repositories/single`, reader(identity)));
      if (assigned['outcome'] !== 'accepted') return assigned;
      return { ...assigned, pulls: await pullsThrough(world, 'contract-scope', upstream, 'single', identity) };
    },
  },
  {
    fact: 'abac-ignores-acr-pull',
    isIndependent: true,
    expected: { pulls: false },
    async observe(world) {
      const { azure, location, group, upstream, assign } = world;
      const identity = await azure.identities.create(
        `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/contract-acrpull`,
        location,
      );
      await assign(upstream.id, { ...reader(identity), roleId: roles.acrPull.id });
      return { pulls: await pullsThrough(world, 'contract-acrpull', upstream, 'sample/app', identity, 60_000) };
    },
  },
  {
    fact: 'rbac-upstream-acr-pull',
    isIndependent: true,
    option: 'rbacUpstreams',
    async observe(world) {
      const { rbacUpstream, identity, assign } = world;
      await assign(rbacUpstream.id, { ...reader(identity), roleId: roles.acrPull.id });
      return { pulls: await pullsThrough(world, 'contract-rbac', rbacUpstream, 'sample/app', identity) };
    },
  },
  {
    fact: 'client-id-role',
    isIndependent: true,
    expected: { outcome: 'accepted', pulls: false },
    async observe(world) {
      const { azure, location, group, upstream, assign } = world;
      const identity = await azure.identities.create(
        `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/contract-client`,
        location,
      );
      const assigned: Observed = await outcomeOf(
        assign(upstream.id, { ...reader(identity), principalId: identity.clientId }),
      );
      return {
        outcome: assigned['outcome'] ?? '',
        pulls: await pullsThrough(world, 'contract-client', upstream, 'sample/app', identity, 60_000),
      };
    },
  },
  {
    fact: 'temporary-assignments',
    isIndependent: true,
    option: 'scheduleInstances',
    observe: async ({ azure, upstream }) => outcomeOf(azure.roles.listTemporary(upstream.id)),
  },
  {
    fact: 'deny-assignments',
    isIndependent: true,
    expected: { outcome: 'accepted' },
    observe: async ({ arm, upstream }) =>
      outcomeOf(
        arm.list(
          `${upstream.id}/providers/Microsoft.Authorization/denyAssignments?$filter=atScope()&api-version=2022-04-01`,
          undefined,
        ),
      ),
  },
  {
    fact: 'credential-set-health',
    isIndependent: true,
    expected: { status: 'Unhealthy', hasReason: true },
    async observe({ arm, downstream }) {
      const secret = (name: string): string => `https://contract-none.vault.azure.net/secrets/${name}`;
      const credential = {
        name: 'Credential1',
        usernameSecretIdentifier: secret('user'),
        passwordSecretIdentifier: secret('password'),
      };
      const { body } = await arm.send('PUT', `${downstream.id}/credentialSets/contract-set?api-version=2025-11-01`, {
        body: {
          identity: { type: 'SystemAssigned' },
          properties: { loginServer: 'docker.io', authCredentials: [credential] },
        },
      });
      const credentials = record(record(body)?.['properties'])?.['authCredentials'];
      const health = record(record(Array.isArray(credentials) ? credentials[0] : undefined)?.['credentialHealth']);
      return { status: text(health?.['status']) ?? '', hasReason: text(health?.['errorCode']) !== undefined };
    },
  },
];

function reader({ principalId }: Identity) {
  return { roleId: roles.repositoryReader.id, principalId, principalType: 'ServicePrincipal' as const };
}

/** Makes a rule and asks for `v1` through it, until it comes or the time is over. */
async function pullsThrough(
  world: World,
  name: string,
  from: Registry,
  source: string,
  identity: Identity,
  milliseconds = propagationMs,
): Promise<boolean> {
  const target = `access/${name}`;
  await world.createRule(name, from, source, target, identity);
  const content = world.azure.registry(world.downstream);
  return world.eventually(milliseconds, () => succeeds(content.headManifest(target, 'v1')));
}
