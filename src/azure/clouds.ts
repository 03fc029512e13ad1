import { trimEndOf } from '../common/trim.ts';

/**
 * The one file that names cloud hosts. Sources: domain table of the clouds, `@azure/ms-rest-azure-env` 2.0.0; of Microsoft Graph its
 * page "national cloud deployments".
 */

/** Endpoints and audiences of one Azure cloud. No trailing slashes, except `armAudience`, which is used verbatim + `.default`. */
export interface Cloud {
  readonly name: string;
  readonly armEndpoint: string;
  /** Resource for ARM tokens, with trailing slash, e.g. the management endpoint. */
  readonly armAudience: string;
  /** Resource for registry tokens, with trailing slash. The registry service uses one audience for all clouds. */
  readonly registryAudience: string;
  /** Microsoft Graph. Absent for a custom cloud: there ARM is asked for it. */
  readonly graph?: string;
  readonly portal: string;
  /** Where the documentation of Azure's services begins; that of China has no `/azure`. */
  readonly docs: string;
  /** `.azurecr.*`; absent for a custom cloud. Only ever a hint for typed short names: hosts come from `loginServer`. */
  readonly registrySuffix?: string;
  readonly isCustom: boolean;
}

/** Of the registry service in all clouds, unless the user names another. Source: azure-sdk-for-net#34785. */
export const usualRegistryAudience = 'https://containerregistry.azure.net/';

export const publicCloud: Cloud = {
  name: 'AzureCloud',
  armEndpoint: 'https://management.azure.com',
  armAudience: 'https://management.core.windows.net/',
  registryAudience: usualRegistryAudience,
  graph: 'https://graph.microsoft.com',
  portal: 'https://portal.azure.com',
  docs: 'https://learn.microsoft.com/azure',
  registrySuffix: '.azurecr.io',
  isCustom: false,
};

export const chinaCloud: Cloud = {
  name: 'AzureChinaCloud',
  armEndpoint: 'https://management.chinacloudapi.cn',
  armAudience: 'https://management.core.chinacloudapi.cn/',
  registryAudience: usualRegistryAudience,
  graph: 'https://microsoftgraph.chinacloudapi.cn',
  portal: 'https://portal.azure.cn',
  docs: 'https://docs.azure.cn',
  registrySuffix: '.azurecr.cn',
  isCustom: false,
};

export const usGovernmentCloud: Cloud = {
  name: 'AzureUSGovernment',
  armEndpoint: 'https://management.usgovcloudapi.net',
  armAudience: 'https://management.core.usgovcloudapi.net/',
  registryAudience: usualRegistryAudience,
  graph: 'https://graph.microsoft.us',
  portal: 'https://portal.azure.us',
  docs: 'https://learn.microsoft.com/azure',
  registrySuffix: '.azurecr.us',
  isCustom: false,
};

/** `$schema` of a resource group's ARM template: an identifier, the same in every cloud. */
export const deploymentTemplateSchema =
  'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';

const knownClouds = [publicCloud, chinaCloud, usGovernmentCloud];

/** The known cloud whose registries have such a login server; undefined for custom clouds and for what is no registry of Azure. */
export function cloudOfRegistry(loginServer: string): Cloud | undefined {
  return knownClouds.find(({ registrySuffix }) => registrySuffix && loginServer.toLowerCase().endsWith(registrySuffix));
}

/** The parts of `@azure/ms-rest-azure-env`'s Environment that a cloud is made from. */
export interface CloudEnvironment {
  readonly name: string;
  readonly resourceManagerEndpointUrl: string;
  readonly managementEndpointUrl: string;
  readonly portalUrl?: string;
}

/**
 * The cloud for a configured environment: a known one by name, else a custom one from its endpoints.
 * @throws Error if a custom environment has no https ARM endpoint.
 */
export function cloudFrom(environment: CloudEnvironment, registryAudienceOverride?: string): Cloud {
  const known = knownClouds.find((cloud) => cloud.name === environment.name);
  const base = known ?? custom(environment);
  return registryAudienceOverride ? { ...base, registryAudience: withSlash(registryAudienceOverride) } : base;
}

function custom(environment: CloudEnvironment): Cloud {
  if (!/^https:\/\//i.test(environment.resourceManagerEndpointUrl)) {
    throw new Error(`The custom cloud "${environment.name}" has no https resourceManagerEndpointUrl.`);
  }
  return {
    name: environment.name,
    armEndpoint: withoutSlash(environment.resourceManagerEndpointUrl),
    armAudience: withSlash(environment.managementEndpointUrl || environment.resourceManagerEndpointUrl),
    registryAudience: usualRegistryAudience,
    portal: withoutSlash(environment.portalUrl || publicCloud.portal),
    docs: publicCloud.docs,
    isCustom: true,
  };
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}

function withoutSlash(url: string): string {
  return trimEndOf(url, '/');
}
