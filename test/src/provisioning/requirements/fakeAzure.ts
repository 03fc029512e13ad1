import type { Azure, Permission } from '../../../../src/azure/azure.ts';
import { AzureError } from '../../../../src/azure/errors.ts';
import { armIdName, cacheRuleArmId, sameArmId } from '../../../../src/domain/armId.ts';
import type { CacheRule, Identity, Registry, RoleAssignment } from '../../../../src/domain/types.ts';
import { createWalkContext } from '../../../../src/provisioning/engine/walkContext.ts';
import type { Inspection, Requirement, WalkContext } from '../../../../src/provisioning/types.ts';
import { articleLink, subscription } from '../links.ts';

export const link = articleLink();
export const identityId = link.authentication.identityId;
export const principalId = '22222222-2222-4222-8222-222222222222';
export const clientId = '33333333-3333-4333-8333-333333333333';
export const otherPrincipal = '44444444-4444-4444-8444-444444444444';

/** What the fake holds; a list may be an error, which its read then fails with. */
export interface State {
  readonly registry?: Partial<Registry>;
  readonly rules?: CacheRule[];
  readonly identity?: Identity | undefined;
  readonly assignments?: RoleAssignment[] | Error;
  readonly feature?: string;
  readonly may?: Permission;
  readonly carriers?: readonly string[];
  readonly credentials?: readonly string[];
  /** Every registry's data plane. */
  readonly content?: object;
  /** Replaces methods of the fake. */
  readonly with?: (azure: Azure) => object;
}

export const identityNow: Identity = {
  ...{ id: identityId, name: armIdName(identityId), resourceGroup: 'MyResourceGroup' },
  ...{ location: 'chinanorth3', principalId, clientId, tenantId: 'tenant' },
};

export function failure(code: string, kind: AzureError['kind'] = 'invalid'): AzureError {
  return new AzureError(`Azure: ${code}`, { kind, code });
}

export function ruleOf(change: Partial<CacheRule> = {}): CacheRule {
  const { name = 'MyRule' } = change;
  return {
    id: cacheRuleArmId(link.downstream.id, name),
    name,
    registryId: link.downstream.id,
    sourceRepository: `${link.source.loginServer}/myapp`,
    targetRepository: 'myapp',
    identity: { id: identityId, principalId },
    provisioningState: 'Succeeded',
    creationDate: '2026-01-01T00:00:00Z',
    ...change,
  };
}

export function assignmentOf(roleId: string, change: Partial<RoleAssignment> = {}): RoleAssignment {
  const { scope = link.source.id, name = `n-${roleId}` } = change;
  const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
  return { id, name, scope, roleId, principalId, principalType: 'ServicePrincipal', ...change };
}

/** An Azure of one identity, two registries and their rules, in memory. `writes`: what was asked of it. */
export function fakeAzure(state: State = {}): { azure: Azure; writes: string[]; context: WalkContext; told: string[] } {
  const writes: string[] = [];
  let rules = state.rules ?? [];
  let identity = 'identity' in state ? state.identity : identityNow;
  let assignments = state.assignments ?? [];
  const listed = (): RoleAssignment[] => {
    if (assignments instanceof Error) throw assignments;
    return assignments;
  };
  const registryOf = (id: string): Registry => ({
    ...{ id, name: armIdName(id), subscriptionId: subscription, resourceGroup: 'MyResourceGroup', location: 'eastus' },
    ...{ tenantId: 'tenant', loginServer: `${armIdName(id).toLowerCase()}.example`, sku: 'Premium' },
    ...{ roleAssignmentMode: 'AbacRepositoryPermissions', acceptsArmTokens: true, ...state.registry },
  });
  const write = (what: string): void => void writes.push(what);
  const found = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw failure('ResourceNotFound', 'notFound');
    return thing;
  };
  const parts = {
    cloud: { name: 'Azure', registrySuffix: '.example', isCustom: false },
    registry: () => state.content ?? {},
    subscriptions: [{ id: subscription, name: 'Subscription', tenantId: 'tenant', accountId: 'me' }],
    registries: {
      get: async (id: string) => registryOf(id),
      list: async () => ({ registries: [link.downstream.id, link.source.id].map(registryOf), failures: [] }),
      findByLoginServer: async (host: string) =>
        [link.downstream.id, link.source.id].map(registryOf).find(({ loginServer }) => loginServer === host),
      setRoleAssignmentMode: async (id: string, mode: string) => {
        write(`mode ${mode}`);
        return { ...registryOf(id), roleAssignmentMode: mode };
      },
      changeSettings: async (id: string, change: object) => {
        write(`settings ${JSON.stringify(change)}`);
        return registryOf(id);
      },
    },
    cacheRules: {
      list: async (id: string) => rules.filter(({ registryId }) => sameArmId(registryId, id)),
      get: async (id: string) => found(rules.find((rule) => sameArmId(rule.id, id))),
      create: async (id: string, input: { identityId: string }) => {
        write(`create ${armIdName(id)}`);
        return ruleOf({ id, ...input });
      },
      update: async (id: string, change: { identityId: string }) => {
        write(`update ${armIdName(id)} ${armIdName(change.identityId)}`);
      },
      delete: async (id: string) => {
        write(`delete rule ${armIdName(id)}`);
        rules = rules.filter((rule) => !sameArmId(rule.id, id));
        return true;
      },
    },
    identities: {
      get: async () => found(identity),
      create: async (_: string, location: string) => {
        write(`create identity ${location}`);
        return identityNow;
      },
      delete: async () => {
        write('delete identity');
        identity = undefined;
        return true;
      },
      federatedCredentials: async () => state.credentials ?? [],
    },
    resources: { usingIdentity: async () => (state.carriers ?? []).map((name) => ({ name, type: 'vm', id: name })) },
    roles: {
      listForPrincipal: async (_: string, who: string) => listed().filter((one) => one.principalId === who),
      listAtScope: async () => listed(),
      put: async (scope: string, name: string, input: Omit<RoleAssignment, 'id' | 'name' | 'scope'>) => {
        const written = assignmentOf(input.roleId, { ...input, scope, name });
        write(`put ${input.principalType} ${input.condition === undefined ? 'whole' : 'condition'}`);
        assignments = [...listed().filter(({ id }) => id !== written.id), written];
        return written;
      },
      delete: async (id: string) => {
        write(`delete ${armIdName(id)}`);
        assignments = listed().filter((one) => one.id !== id);
        return true;
      },
      permissions: async () => () => state.may ?? { state: 'allowed' },
    },
    principals: { names: async () => new Map() },
    features: {
      get: async () => state.feature,
      register: async () => {
        write('register');
        return state.feature;
      },
    },
  };
  let azure = parts as unknown as Azure;
  const changes = (state.with?.(azure) ?? {}) as Record<string, object>;
  for (const [client, methods] of Object.entries(changes)) {
    azure = { ...azure, [client]: { ...azure[client as 'roles'], ...methods } };
  }
  const told: string[] = [];
  const context = createWalkContext(azure, { timeScale: 0, onReport: (message) => told.push(message) });
  return { azure, writes, context, told };
}

/** The parts of an inspection that decide: verdict, code, whether it is under way, how many warnings, what it is bound to. */
export function shortOf({ verdict, code, inProgress, warnings, fingerprint }: Inspection): string {
  const parts = [code, inProgress && 'in progress', warnings?.length && `warnings ${warnings.length}`];
  return [verdict, ...parts, fingerprint && 'one thing'].filter(Boolean).join(', ');
}

/** What is found of the requirement. */
export async function verdictOf(requirement: Requirement, state?: State, assumesNeeds = false): Promise<string> {
  return shortOf(await requirement.inspect({ ...fakeAzure(state).context, assumesNeeds }));
}

/** What is written to satisfy it, and how that failed: by its code, or an error without one. */
export async function writesOf(requirement: Requirement, state?: State): Promise<string[]> {
  const { writes, context } = fakeAzure(state);
  try {
    await requirement.satisfy(context);
  } catch (error) {
    if (error instanceof TypeError) throw error;
    writes.push(error instanceof AzureError ? `${error.kind} ${error.code}` : 'refused');
  }
  return writes;
}
