import { setTimeout as sleep } from 'node:timers/promises';
import { cloudFrom } from '../../src/azure/clouds.ts';
import { cliCloud, cliCredential, cliSubscriptions } from '../../src/ui/account/azureCli.lazy.ts';
import { startSandbox } from '../sandbox/src/sandbox.ts';
import { trustSandbox } from '../sandbox/src/trust.ts';
import type { SandboxOptions } from '../sandbox/src/options.ts';
import type { Environment } from './types.ts';

/** A new sandbox, trusted by this process. Its clock is moved instead of waited for. */
export async function sandboxEnvironment(options: SandboxOptions = {}): Promise<Environment> {
  const sandbox = await startSandbox({ operationMs: 20, copyDelayMs: 20, ...options });
  trustSandbox(sandbox);
  const { arm, subscriptionId, tenantId } = sandbox.info;
  return {
    name: 'sandbox',
    access: {
      cloud: cloudFrom({ name: 'sandbox', resourceManagerEndpointUrl: arm, managementEndpointUrl: arm }),
      subscriptions: [
        {
          id: subscriptionId,
          name: 'sandbox',
          tenantId,
          accountId: 'dev',
          credential: {
            getToken: (scopes) =>
              Promise.resolve({
                token: sandbox.token('dev', String(scopes).replace(/\.default$/, '')),
                expiresOnTimestamp: Date.now() + 3_600_000,
              }),
          },
        },
      ],
    },
    subscriptionId,
    location: 'eastus',
    wait: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      await sandbox.advance(milliseconds);
    },
    close: () => sandbox.close(),
  };
}

/**
 * The subscription as the Azure CLI of this machine is signed in to it.
 * @throws Error if the CLI does not see it; AzureError `unauthenticated` if there is no usable CLI
 */
export async function cliEnvironment(subscriptionId: string, location: string): Promise<Environment> {
  const cloud = await cliCloud();
  const subscription = (await cliSubscriptions()).find(
    (one) => one.subscriptionId.toLowerCase() === subscriptionId.toLowerCase(),
  );
  if (!subscription) {
    throw new Error('The Azure CLI does not see this subscription. Run "az account list" to see which ones it does.');
  }
  return {
    name: cloud.name,
    access: {
      cloud,
      subscriptions: [
        {
          id: subscription.subscriptionId,
          name: subscription.name,
          tenantId: subscription.tenantId,
          accountId: subscription.account.id,
          credential: cliCredential(subscription),
        },
      ],
    },
    subscriptionId: subscription.subscriptionId,
    location,
    wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
    close: () => Promise.resolve(),
  };
}
