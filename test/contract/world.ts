import { randomBytes, randomUUID } from 'node:crypto';
import { createAzure } from '../../src/azure/createAzure.ts';
import type { Azure, RoleAssignmentInput } from '../../src/azure/azure.ts';
import { isAzureError } from '../../src/azure/errors.ts';
import { runDelete, runWrite } from '../../src/azure/arm/operations.ts';
import type { ArmAnswer, ArmRequests } from '../../src/azure/arm/requests.ts';
import { createArmSessions } from '../../src/azure/arm/sessions.ts';
import { cacheRuleArmId, identityArmId, registryArmId } from '../../src/domain/armId.ts';
import type { Identity, Registry, RoleAssignment } from '../../src/domain/types.ts';
import { pushIndex, type Login } from './push.ts';
import type { Environment, Observed } from './types.ts';

/** The tag that tells the resource groups of contract runs from all others; its value is when the group was made. */
export const contractTag = 'acr-cache-contract';

const groupVersion = '2021-04-01';
const registryVersion = '2025-11-01';
/** Carries a rule's identity. Source: docs/azure-facts.md, `rule-identity-versions`. */
export const ruleVersion = '2026-01-01-preview';

/** Between two looks at what the service does in the background. Milliseconds. */
const lookMs = 15_000;

/** The resources of one run, all in a resource group of its own. */
export interface World {
  readonly azure: Azure;
  readonly arm: ArmRequests;
  readonly location: string;
  readonly group: string;
  /** Caches; stays in RBAC mode. */
  readonly downstream: Registry;
  /** Holds the images; is switched to ABAC mode by a probe. */
  readonly upstream: Registry;
  /** Holds the same images and stays in RBAC mode. */
  readonly rbacUpstream: Registry;
  readonly identity: Identity;
  /** Has no role anywhere. */
  readonly strangerIdentity: Identity;
  /** Probes leave here what later ones need. */
  readonly notes: Map<string, string>;
  /** The registry as ARM knows it now. */
  readonly reread: (registry: Registry) => Promise<Registry>;
  readonly login: (registry: Registry) => Promise<Login>;
  readonly push: (registry: Registry, repository: string, tag: string, content: string) => Promise<string>;
  /** Creates a rule of `name`, from a repository of a registry, by the product's client. */
  readonly createRule: (
    name: string,
    from: Registry,
    source: string,
    target: string,
    identity?: Identity,
  ) => Promise<string>;
  /** PUT of a rule's JSON as it is given. */
  readonly putRule: (name: string, properties: Readonly<Record<string, unknown>>, rest?: object) => Promise<ArmAnswer>;
  readonly ruleId: (name: string) => string;
  readonly assign: (scope: string, input: RoleAssignmentInput) => Promise<RoleAssignment>;
  /** Looks until it is so, at most that many milliseconds of the service's time. */
  readonly eventually: (milliseconds: number, isSo: () => Promise<boolean>) => Promise<boolean>;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** What a run has made and how it is removed again. */
export interface Site {
  readonly group: string;
  /** Makes the registries, identities and images. @throws AzureError if Azure refuses one */
  build(): Promise<World>;
  /** Removes the group with all that is in it; false if that was not confirmed. */
  remove(): Promise<boolean>;
}

/** Names what a run will make; sends nothing yet. `signal` ends the waiting of its probes. */
export function planSite(environment: Environment, signal?: AbortSignal): Site {
  const { access, subscriptionId, location } = environment;
  const wait = (milliseconds: number): Promise<void> => environment.wait(milliseconds, signal);
  const suffix = randomBytes(4).toString('hex');
  const groupName = `acr-cache-contract-${suffix}`;
  const group = `/subscriptions/${subscriptionId}/resourceGroups/${groupName}`;
  const azure = createAzure(access);
  const { arm } = createArmSessions(access).forSubscription(subscriptionId);
  const assignments: string[] = [];

  async function makeRegistry(role: string, sku: string): Promise<Registry> {
    const id = registryArmId(subscriptionId, groupName, `acrcontract${suffix}${role}`);
    await runWrite(arm, 'PUT', `${id}?api-version=${registryVersion}`, {
      body: { location, sku: { name: sku }, properties: {} },
    });
    return azure.registries.get(id);
  }

  async function login(registry: Registry): Promise<Login> {
    const { password } = await azure.registry(registry).loginCredentials();
    return { loginServer: registry.loginServer, password };
  }

  async function push(registry: Registry, repository: string, tag: string, content: string): Promise<string> {
    return pushIndex(await login(registry), repository, tag, content);
  }

  async function build(): Promise<World> {
    await arm.send('PUT', `${group}?api-version=${groupVersion}`, {
      body: { location, tags: { [contractTag]: new Date().toISOString() } },
    });
    const makeIdentity = (name: string): Promise<Identity> =>
      azure.identities.create(identityArmId(subscriptionId, groupName, name), location);
    const [downstream, upstream, rbacUpstream, identity, strangerIdentity] = await Promise.all([
      makeRegistry('down', 'Standard'),
      makeRegistry('up', 'Standard'),
      makeRegistry('rbac', 'Basic'),
      makeIdentity('contract-reader'),
      makeIdentity('contract-stranger'),
    ]);
    for (const registry of [upstream, rbacUpstream]) await push(registry, 'sample/app', 'v1', 'first');
    for (const repository of ['sample/other', 'single']) await push(upstream, repository, 'v1', repository);
    await push(downstream, 'taken/app', 'v1', 'taken');

    const ruleId = (name: string): string => cacheRuleArmId(downstream.id, name);
    return {
      azure,
      arm,
      location,
      group,
      downstream,
      upstream,
      rbacUpstream,
      identity,
      strangerIdentity,
      notes: new Map(),
      reread: (registry) => azure.registries.get(registry.id),
      login,
      push,
      ruleId,
      async createRule(name, from, source, target, reader = identity) {
        await azure.cacheRules.create(ruleId(name), {
          sourceRepository: `${from.loginServer}/${source}`,
          targetRepository: target,
          identityId: reader.id,
        });
        return ruleId(name);
      },
      putRule: (name, properties, rest = {}) =>
        arm.send('PUT', `${ruleId(name)}?api-version=${ruleVersion}`, { body: { ...rest, properties } }),
      async assign(scope, input) {
        const made = await azure.roles.put(scope, randomUUID(), input);
        assignments.push(made.id);
        return made;
      },
      async eventually(milliseconds, isSo) {
        for (let waited = 0; ; waited += lookMs) {
          if (await isSo()) return true;
          if (waited >= milliseconds) return false;
          await wait(lookMs);
        }
      },
      wait,
    };
  }

  async function remove(): Promise<boolean> {
    // A group's deletion leaves the role assignments of what was in it.
    for (const id of assignments) await azure.roles.delete(id).catch(() => undefined);
    return removeGroup(arm, group);
  }

  return { group, build, remove };
}

/** Deletes a resource group with all that is in it; false if that was not confirmed. */
export async function removeGroup(arm: ArmRequests, group: string): Promise<boolean> {
  return runDelete(arm, `${group}?api-version=${groupVersion}`).then(
    () => true,
    () => false,
  );
}

/** Ids of the resource groups that earlier runs left in a subscription. */
export async function leftoverGroups(arm: ArmRequests, subscriptionId: string): Promise<string[]> {
  const groups = await arm.list(`/subscriptions/${subscriptionId}/resourceGroups?api-version=${groupVersion}`);
  return groups.flatMap(({ id, tags }) =>
    typeof id === 'string' && typeof tags === 'object' && tags !== null && contractTag in tags ? [id] : [],
  );
}

/** How Azure refused; `accepted` if it did not. */
export async function outcomeOf(work: Promise<unknown>): Promise<Observed> {
  return work.then(
    () => ({ outcome: 'accepted' }),
    (error: unknown) => {
      if (!isAzureError(error)) throw error;
      return { outcome: 'refused', status: error.status ?? 0, code: error.code };
    },
  );
}

/** Whether work succeeds; errors of Azure mean that it does not. */
export async function succeeds(work: Promise<unknown>): Promise<boolean> {
  return (await outcomeOf(work))['outcome'] === 'accepted';
}
