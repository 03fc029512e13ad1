import type { Core } from '../core.ts';

const listOf = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Default of the option `ruleVersions`. */
export const ruleVersions = listOf(`
  2026-09-01-preview 2026-03-01-preview 2026-01-01-preview 2025-11-01 2025-06-01-preview 2025-05-01-preview
  2025-04-01 2025-03-01-preview 2024-11-01-preview 2023-11-01-preview 2023-08-01-preview 2023-07-01
  2023-06-01-preview 2023-01-01-preview
`);
const oldRegistryVersions = listOf(`
  2022-12-01 2022-02-01-preview 2021-12-01-preview 2021-09-01 2021-08-01-preview 2021-06-01-preview
  2020-11-01-preview 2019-12-01-preview 2019-05-01 2017-10-01 2017-03-01
`);
/** Default of the option `registryVersions`. */
export const registryVersions = [...ruleVersions, ...oldRegistryVersions];
const resourcesVersions = listOf(`
  2025-04-01 2024-11-01 2024-07-01 2024-03-01 2023-07-01 2022-12-01 2022-09-01 2022-01-01 2021-04-01 2021-01-01
  2020-10-01 2020-06-01 2020-01-01 2019-11-01 2019-10-01 2019-07-01 2019-06-01 2019-05-01 2018-06-01 2018-05-01
  2016-06-01 2016-02-01
`);
const identityVersions = listOf(`
  2025-05-31-preview 2025-01-31-preview 2024-11-30 2023-07-31-preview 2023-01-31 2022-01-31-preview 2021-09-30-preview 2018-11-30
  2015-08-31-preview
`);
const vaultVersions = listOf(`
  2025-05-01 2024-11-01 2024-04-01-preview 2023-07-01 2023-02-01 2022-07-01 2021-10-01 2019-09-01
`);
/** Federated credentials came with the preview of 2022. */
const federatedCredentialVersions = identityVersions.filter((version) => version >= '2022');

const assignmentVersions = listOf(`
  2022-04-01 2020-10-01-preview 2020-08-01-preview 2020-04-01-preview 2020-03-01-preview 2018-12-01-preview
  2018-09-01-preview 2018-01-01-preview 2017-10-01-preview 2015-07-01 2015-06-01
`);
const definitionVersions = listOf(`
  2023-07-01-preview 2022-05-01-preview 2022-04-01 2018-01-01-preview 2017-05-01 2015-07-01 2015-06-01
`);
const permissionVersions = listOf(`
  2022-05-01-preview 2022-04-01 2018-07-01 2018-01-01-preview 2015-07-01 2015-06-01
`);

/**
 * api-versions per resource type, as the providers list them.
 * Container registry: ../shared/domain.md §1.1 (Azure/bicep-types-az @1f896de2 and rest-api-specs). The others: the versions
 * that Azure's SDKs and CLIs of the last years send, from their public specifications.
 */
export const apiVersions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'Microsoft.ContainerRegistry': {
    registries: registryVersions,
    'registries/cacheRules': ruleVersions,
    'registries/credentialSets': ruleVersions,
    'registries/importImage': registryVersions,
    'registries/operationStatuses': registryVersions,
    'registries/cacheRules/operationStatuses': ruleVersions,
    'registries/credentialSets/operationStatuses': ruleVersions,
    'locations/operationResults': registryVersions,
  },
  'Microsoft.ManagedIdentity': {
    userAssignedIdentities: identityVersions,
    'userAssignedIdentities/federatedIdentityCredentials': federatedCredentialVersions,
  },
  'Microsoft.KeyVault': {
    vaults: vaultVersions,
    'vaults/accessPolicies': vaultVersions,
    'vaults/secrets': vaultVersions,
  },
  'Microsoft.Authorization': {
    roleAssignments: assignmentVersions,
    roleDefinitions: definitionVersions,
    roleAssignmentScheduleInstances: ['2024-09-01-preview', '2022-04-01-preview', '2020-10-01', '2020-10-01-preview'],
    permissions: permissionVersions,
    denyAssignments: ['2022-04-01', '2018-07-01-preview'],
    locks: ['2020-05-01', '2017-04-01', '2016-09-01', '2015-01-01'],
  },
  'Microsoft.Resources': {
    tenants: resourcesVersions,
    subscriptions: resourcesVersions,
    'subscriptions/locations': resourcesVersions,
    'subscriptions/operationresults': resourcesVersions,
    resources: resourcesVersions,
    resourceGroups: resourcesVersions,
    deployments: resourcesVersions,
    providers: resourcesVersions,
  },
  'Microsoft.Features': { features: ['2021-07-01', '2015-12-01'] },
  'Microsoft.ResourceGraph': {
    resources: listOf(`
  2024-04-01 2022-10-01 2021-03-01 2020-09-01-preview 2019-04-01 2018-09-01-preview
`),
  },
};

/** Those whose specification has `identity` on a rule; as written, the GA 2026-11-01 has not (../shared/domain.md §10). */
export const ruleIdentityVersions = ['2026-09-01-preview', '2026-03-01-preview', '2026-01-01-preview'];
const extraAuthenticationVersions = ['2026-09-01-preview', '2026-03-01-preview'];

export function ruleHasIdentity(core: Core, apiVersion: string): boolean {
  return core.options.ruleIdentityVersions.includes(apiVersion);
}

export function ruleHasAdditionalAuthentication(apiVersion: string): boolean {
  return extraAuthenticationVersions.includes(apiVersion);
}

/** The versions of a provider's types in this cloud. */
export function typesOf(core: Core, namespace: string): Readonly<Record<string, readonly string[]>> {
  const types = Object.entries(apiVersions[namespace] ?? {});
  return Object.fromEntries(types.map(([name, versions]) => [name, versionsIn(core, name, versions)]));
}

function versionsIn({ options }: Core, name: string, versions: readonly string[]): readonly string[] {
  if (versions === ruleVersions) return options.ruleVersions;
  return name === 'registries' ? options.registryVersions : versions;
}

/** Those whose specification has `roleAssignmentMode` on a registry: not the GA 2025-04-01, though it is later than the first. */
export const registryModeVersions = listOf(`
  2026-09-01-preview 2026-03-01-preview 2026-01-01-preview 2025-11-01 2025-06-01-preview 2025-05-01-preview
  2025-03-01-preview
`);

/** The provider and type in the table's casing, with their versions. */
export function findType(
  core: Core,
  type: string,
): { namespace: string; type: string; versions: readonly string[] } | undefined {
  const wanted = type.toLowerCase();
  for (const [namespace, types] of Object.entries(apiVersions)) {
    if (!wanted.startsWith(`${namespace.toLowerCase()}/`)) continue;
    for (const [name, versions] of Object.entries(types)) {
      if (`${namespace}/${name}`.toLowerCase() === wanted)
        return { namespace, type: name, versions: versionsIn(core, name, versions) };
    }
  }
  return undefined;
}
