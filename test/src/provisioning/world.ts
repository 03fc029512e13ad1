import type { Azure } from '../../../src/azure/azure.ts';
import { identityArmId } from '../../../src/domain/armId.ts';
import { applyPlan, type ApplyOptions } from '../../../src/provisioning/engine/apply.ts';
import { planOf } from '../../../src/provisioning/plan.ts';
import { setUpOf } from '../../../src/provisioning/requirements/requirementsOf.ts';
import type { RoleAssignmentMode } from '../../../src/domain/types.ts';
import type { ApplyResult, CacheLink, Plan } from '../../../src/provisioning/types.ts';
import { startAzure, type AzureUnderTest } from '../azure/harness.ts';
import { articleScenario } from '../../sandbox/src/scenarios.ts';
import type { Scenario, ScenarioRegistry } from '../../sandbox/src/types.ts';
import type { SandboxOptions } from '../../sandbox/src/options.ts';
import { mapping } from './links.ts';

export const group = 'MyResourceGroup';
const timeScale = 0.02;

/** A sandbox with the article's registries, and the article's link over it. */
export interface World extends AzureUnderTest {
  link(change?: Partial<CacheLink>): CacheLink;
  plan(link?: CacheLink, azure?: Azure): Promise<Plan>;
  /** Plan and apply. @throws if the plan may not be applied */
  setUp(link?: CacheLink, options?: ApplyOptions & { azure?: Azure }): Promise<ApplyResult>;
  /** Method and path of the writes that the sandbox saw while `work` ran. */
  writesOf(work: () => Promise<unknown>): Promise<string[]>;
  /** Gives a principal a role at a scope, as its administrator would. */
  assign(scope: string, roleId: string, principalId: string, condition?: string): Promise<void>;
  /** The upstream is in that mode from now on, as if it had always been. */
  setMode(mode: RoleAssignmentMode): void;
  /** Object id of the sandbox's principal `name`. */
  principal(name: string): string;
}

/** `upstream`: changes of the upstream registry, which is in ABAC mode unless said otherwise. */
export async function startWorld(
  change: {
    upstream?: Partial<ScenarioRegistry>;
    downstream?: Partial<ScenarioRegistry>;
    scenario?: Scenario;
  } & SandboxOptions = {},
): Promise<World> {
  const { upstream, downstream, scenario = articleScenario(), ...options } = change;
  const under = await startAzure({
    ...options,
    scenario: changeRegistries(scenario, {
      upstreamregistry: { roleAssignmentMode: 'AbacRepositoryPermissions', ...upstream },
      myregistry: downstream ?? {},
    }),
  });
  const server = (name: string): string =>
    under.sandbox.info.registries.find((one) => one.name === name)?.loginServer ?? '';
  const link = (changes: Partial<CacheLink> = {}): CacheLink => ({
    downstream: { id: under.id('myregistry'), loginServer: server('myregistry') },
    source: { kind: 'registry', id: under.id('upstreamregistry'), loginServer: server('upstreamregistry') },
    mappings: [mapping('MyRule', 'myapp')],
    authentication: {
      kind: 'identity',
      identityId: identityArmId(under.subscriptionId, group, 'MyACRCacheIdentity'),
      create: { location: 'eastus' },
    },
    access: 'condition',
    ...changes,
  });
  const plan = (wanted = link(), azure = under.azure): Promise<Plan> => planOf(azure, setUpOf(wanted));
  return {
    ...under,
    link,
    plan,
    async setUp(wanted = link(), { azure = under.azure, ...applyOptions } = {}) {
      const made = await plan(wanted, azure);
      if (!made.canApply)
        throw new Error(JSON.stringify({ findings: made.findings, steps: made.steps.map((step) => step.inspection) }));
      return applyPlan(azure, made, { timeScale, ...applyOptions });
    },
    async writesOf(work) {
      const { requests } = await under.requestsOf(work);
      return requests
        .filter(
          ({ method, url }) =>
            /^(PUT|PATCH|DELETE|POST)$/.test(method) && !/\/oauth2\/|\/resources\?|\/graph\//i.test(url),
        )
        .map(({ method, url }) => `${method} ${url.split('?')[0]?.replace(/^.*\/providers\//, '')}`);
    },
    setMode(mode) {
      const { properties } = under.sandbox.state.resources.get(under.id('upstreamregistry').toLowerCase())!;
      properties['roleAssignmentMode'] = mode;
    },
    principal(name) {
      const found = [...under.sandbox.state.principals.values()].find((one) => one.name === name);
      if (!found) throw new Error(`no principal ${name}`);
      return found.objectId;
    },
    async assign(scope, roleId, principalId, condition) {
      const name = crypto.randomUUID();
      await under.azure.roles.put(scope, name, {
        roleId,
        principalId,
        principalType: 'ServicePrincipal',
        ...(condition === undefined ? {} : { condition }),
      });
    },
  };
}

function changeRegistries(scenario: Scenario, changes: Record<string, Partial<ScenarioRegistry>>): Scenario {
  return {
    ...scenario,
    subscriptions: scenario.subscriptions.map((subscription) => ({
      ...subscription,
      resourceGroups: subscription.resourceGroups.map((resourceGroup) => ({
        ...resourceGroup,
        registries: (resourceGroup.registries ?? []).map((registry) => ({ ...registry, ...changes[registry.name] })),
      })),
    })),
  };
}

/** `identity done` … of a result. */
export function states(result: ApplyResult): Record<string, string> {
  return Object.fromEntries(result.steps.map((step) => [step.requirementId, step.state]));
}

/** `identity missing` … of a plan. */
export function verdicts(plan: Plan): Record<string, string> {
  return Object.fromEntries(plan.steps.map((step) => [step.requirement.id, step.inspection.verdict]));
}

export function codes(plan: Plan): string[] {
  return plan.findings.map((finding) => finding.code);
}
