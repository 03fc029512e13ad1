import { readFile } from 'node:fs/promises';
import { guidOf } from './ids.ts';
import { isObject } from './json.ts';
import type { Scenario, ScenarioRegistry } from './types.ts';

type Repositories = NonNullable<ScenarioRegistry['repositories']>;

const multiPlatform = ['linux/amd64', 'linux/arm64'];

/** What else a team keeps in a registry: nested paths, several tags, some images for two platforms. */
function teamRepositories(): Repositories {
  const services = ['api', 'web', 'worker', 'scheduler', 'gateway', 'auth', 'mailer', 'search'];
  const teams = ['payments', 'logistics', 'shop'];
  const repositories: Record<string, Repositories[string]> = {};
  for (const team of teams) {
    for (const [index, service] of services.entries()) {
      repositories[`team/${team}/${service}`] = {
        tags: index % 2 ? ['1.0', '1.1', 'latest'] : ['2026.10', 'latest'],
        ...(index % 3 === 0 && { platforms: multiPlatform }),
      };
    }
  }
  for (const base of ['dotnet', 'node', 'python', 'java', 'go'])
    repositories[`base/${base}`] = { tags: ['1', '2', 'latest'], platforms: multiPlatform };
  repositories['base/node/slim'] = { tags: ['1', 'latest'] };
  repositories['charts/shop'] = { tags: ['0.1.0', '0.2.0'] };
  repositories['tools/build_agent'] = { tags: ['latest'] };
  repositories['tools/lint-runner'] = { tags: ['3.2.1', 'latest'] };
  return repositories;
}

/** The article's: two registries in MyResourceGroup; other people pull from the upstream with AcrPull. */
export function articleScenario(): Scenario {
  return {
    subscriptions: [
      {
        id: guidOf('subscription', 'article'),
        name: 'Sandbox Subscription',
        resourceGroups: [
          {
            name: 'MyResourceGroup',
            location: 'eastus',
            registries: [
              { name: 'myregistry', sku: 'Premium', roleAssignmentMode: 'LegacyRegistryPermissions' },
              {
                name: 'upstreamregistry',
                sku: 'Premium',
                roleAssignmentMode: 'LegacyRegistryPermissions',
                repositories: {
                  myapp: { tags: ['1.0', '1.1', 'latest'], platforms: multiPlatform },
                  ...teamRepositories(),
                },
                assignments: [
                  { role: 'AcrPull', principal: 'olivia', type: 'User' },
                  { role: 'AcrPull', principal: 'aks-shop-kubelet', type: 'ServicePrincipal' },
                ],
              },
            ],
          },
        ],
      },
    ],
  };
}

/** `count` registries without content, spread evenly over subscriptions with four resource groups each. */
export function manyRegistries(count: number, subscriptions: number): Scenario {
  const groups = 4;
  const skus = ['Basic', 'Standard', 'Premium'] as const;
  const pad = (value: number): string => String(value).padStart(4, '0');
  return {
    subscriptions: Array.from({ length: subscriptions }, (_, subscription) => ({
      id: guidOf('subscription', 'many', String(subscription)),
      name: `Subscription ${pad(subscription)}`,
      resourceGroups: Array.from({ length: groups }, (_, group) => ({
        name: `group-${pad(group)}`,
        location: group % 2 ? 'westeurope' : 'eastus',
        registries: Array.from({ length: count }, (_, index) => index)
          .filter(
            (index) => index % subscriptions === subscription && Math.floor(index / subscriptions) % groups === group,
          )
          .map((index) => ({
            name: `registry${pad(index)}`,
            sku: skus[index % skus.length] ?? 'Basic',
            roleAssignmentMode:
              index % 2 ? ('AbacRepositoryPermissions' as const) : ('LegacyRegistryPermissions' as const),
            withoutContent: true,
          })),
      })),
    })),
  };
}

/** A scenario from a JSON file. @throws Error that says what is wrong with the file */
export async function readScenario(file: string): Promise<Scenario> {
  const value: unknown = JSON.parse(await readFile(file, 'utf8'));
  if (!isScenario(value)) throw new Error(`${file}: not a scenario; see Scenario in test/sandbox/src/types.ts`);
  return value;
}

function isScenario(value: unknown): value is Scenario {
  return (
    isObject(value) &&
    Array.isArray(value['subscriptions']) &&
    value['subscriptions'].every(
      (one) =>
        isObject(one) &&
        typeof one['id'] === 'string' &&
        typeof one['name'] === 'string' &&
        Array.isArray(one['resourceGroups']) &&
        one['resourceGroups'].every(
          (group) => isObject(group) && typeof group['name'] === 'string' && typeof group['location'] === 'string',
        ),
    )
  );
}
