import type { Azure, AzureAccess } from './azure.ts';
import { createCacheRulesClient } from './arm/cacheRules.ts';
import { createCredentialSetsClient } from './arm/credentialSets.ts';
import { createFeaturesClient } from './arm/features.ts';
import { createIdentitiesClient } from './arm/identities.ts';
import { createRegistryBrand } from './arm/normalizeRegistry.ts';
import { createProviderVersions } from './arm/versions/providerVersions.ts';
import { createRegistriesClient } from './arm/registries.ts';
import { createRegistryVersions } from './arm/versions/registryVersions.ts';
import { createResourceGroupsClient } from './arm/resourceGroups.ts';
import { createResourcesClient } from './arm/resources.ts';
import { createRolesClient } from './arm/roles.ts';
import { createSdkClients } from './arm/sdk.ts';
import { createArmSessions } from './arm/sessions.ts';
import { createPrincipalsClient } from './principals.ts';
import { createRegistryContents } from './registry/content.ts';

/** Azure as the given accounts see it. Sends nothing until asked; keeps tokens in memory only. */
export function createAzure(access: AzureAccess): Azure {
  const sessions = createArmSessions(access);
  const sdk = createSdkClients(access.cloud, sessions);
  const provider = createProviderVersions(sessions);
  const brand = createRegistryBrand();
  const identities = createIdentitiesClient(sessions, sdk);
  return {
    cloud: access.cloud,
    subscriptions: access.subscriptions.map(({ id, name, tenantId, accountId }) => ({ id, name, tenantId, accountId })),
    ...(access.unselected?.length
      ? { unselected: access.unselected.map(({ name, tenantId }) => ({ name, tenantId })) }
      : {}),
    registries: createRegistriesClient(sessions, sdk, brand, createRegistryVersions(provider)),
    cacheRules: createCacheRulesClient(sessions, provider, access.cloud),
    credentialSets: createCredentialSetsClient(sessions, sdk),
    identities,
    principals: createPrincipalsClient(access, sessions, identities),
    roles: createRolesClient(sessions, sdk, access.retry),
    resources: createResourcesClient(sessions),
    features: createFeaturesClient(sessions, access.retry),
    resourceGroups: createResourceGroupsClient(sessions),
    registry: createRegistryContents(access, sessions, brand),
  };
}
