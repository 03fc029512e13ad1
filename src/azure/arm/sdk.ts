import type { AuthorizationManagementClient } from '@azure/arm-authorization';
import type { ContainerRegistryManagementClient } from '@azure/arm-containerregistry';
import type { ManagedServiceIdentityClient } from '@azure/arm-msi';
import type { Cloud } from '../clouds.ts';
import { httpClient, pipelineOptions } from '../http/pipeline.ts';
import type { ArmSession, ArmSessions } from './sessions.ts';

/** The Azure SDK's clients, each loaded when it is first needed and kept per subscription. */
export interface SdkClients {
  registries(subscriptionId: string): Promise<ContainerRegistryManagementClient>;
  identities(subscriptionId: string): Promise<ManagedServiceIdentityClient>;
  authorization(subscriptionId: string): Promise<AuthorizationManagementClient>;
}

/** The clients speak to the configured cloud and share authentication, retries, log and errors with all other requests. */
export function createSdkClients(cloud: Cloud, sessions: ArmSessions): SdkClients {
  const options = {
    ...pipelineOptions,
    endpoint: cloud.armEndpoint,
    credentialScopes: `${cloud.armAudience}.default`,
    credentials: { scopes: [`${cloud.armAudience}.default`] },
    httpClient: httpClient(),
  };

  function perSubscription<T extends { readonly pipeline: Parameters<ArmSession['equip']>[0] }>(
    create: (session: ArmSession, subscriptionId: string) => Promise<T>,
  ): (subscriptionId: string) => Promise<T> {
    const clients = new Map<string, Promise<T>>();
    return (subscriptionId) => {
      const key = subscriptionId.toLowerCase();
      const known = clients.get(key);
      if (known) return known;
      const made = (async () => {
        const session = sessions.forSubscription(subscriptionId);
        const client = await create(session, subscriptionId);
        session.equip(client.pipeline);
        return client;
      })();
      clients.set(key, made);
      made.catch(() => clients.delete(key));
      return made;
    };
  }

  return {
    registries: perSubscription(async ({ credential }, subscriptionId) => {
      const { ContainerRegistryManagementClient } = await import('@azure/arm-containerregistry');
      return new ContainerRegistryManagementClient(credential, subscriptionId, options);
    }),
    identities: perSubscription(async ({ credential }, subscriptionId) => {
      const { ManagedServiceIdentityClient } = await import('@azure/arm-msi');
      return new ManagedServiceIdentityClient(credential, subscriptionId, options);
    }),
    authorization: perSubscription(async ({ credential }, subscriptionId) => {
      const { AuthorizationManagementClient } = await import('@azure/arm-authorization');
      return new AuthorizationManagementClient(credential, subscriptionId, options);
    }),
  };
}
