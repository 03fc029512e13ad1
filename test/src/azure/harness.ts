import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { vi } from 'vitest';
import { createAzure } from '../../../src/azure/createAzure.ts';
import type { Azure } from '../../../src/azure/azure.ts';
import { cloudFrom, type Cloud } from '../../../src/azure/clouds.ts';
import type { Registry } from '../../../src/domain/types.ts';
import { startSandbox } from '../../sandbox/src/sandbox.ts';
import { trustSandbox } from '../../sandbox/src/trust.ts';
import type { FaultRule, LogEntry, Sandbox } from '../../sandbox/src/types.ts';
import type { SandboxOptions } from '../../sandbox/src/options.ts';

/** One request for a token, as the credential saw it. */
export interface TokenRequest {
  readonly scope: string;
  readonly tenantId?: string;
  readonly claims?: string;
}

export interface AzureUnderTest {
  readonly sandbox: Sandbox;
  readonly azure: Azure;
  readonly cloud: Cloud;
  /** What `access.log` received. */
  readonly lines: string[];
  readonly tokenRequests: TokenRequest[];
  readonly subscriptionId: string;
  /** Azure as another principal of the sandbox; `lifetime` of its tokens in seconds. */
  as(principal: string, options?: { cloud?: Cloud; credential?: TokenCredential }): Azure;
  id(registryName: string): string;
  registry(name: string): Promise<Registry>;
  /** Runs `work` with faults set, and clears them. */
  withFaults<T>(faults: readonly FaultRule[], work: () => Promise<T>): Promise<T>;
  /** Resolves once the sandbox is asked, from now on, for what matches `METHOD host/path?query`. */
  asked(match: RegExp): Promise<void>;
  /** Requests logged by the sandbox while `work` ran. */
  requestsOf<T>(work: () => Promise<T>): Promise<{ result: T; requests: LogEntry[] }>;
  close(): Promise<void>;
}

/** A sandbox, trusted by this process, and Azure as its user `dev`, with retries that do not wait. */
export async function startAzure(options: SandboxOptions = {}): Promise<AzureUnderTest> {
  const sandbox = await startSandbox({ hosts: 'ports', operationMs: 3, copyDelayMs: 50, ...options });
  trustSandbox(sandbox);
  const lines: string[] = [];
  const tokenRequests: TokenRequest[] = [];
  const cloud = cloudFrom({
    name: 'sandbox',
    resourceManagerEndpointUrl: sandbox.info.arm,
    managementEndpointUrl: sandbox.info.arm,
  });

  function as(principal: string, changes: { cloud?: Cloud; credential?: TokenCredential } = {}): Azure {
    const credential: TokenCredential = changes.credential ?? {
      getToken(scope, asked): Promise<AccessToken> {
        tokenRequests.push({ scope: String(scope), tenantId: asked?.tenantId, claims: asked?.claims });
        const audience = String(scope).replace(/\.default$/, '');
        // Tokens of one second would be the same text; a lifetime that counts up makes each one new.
        const lifetime = 3600 + tokenRequests.length;
        return Promise.resolve({
          token: sandbox.token(principal, audience, lifetime),
          expiresOnTimestamp: Date.now() + lifetime * 1000,
        });
      },
    };
    return createAzure({
      cloud: changes.cloud ?? cloud,
      subscriptions: [...sandbox.state.subscriptions.values()].map(({ id, name, tenantId }) => ({
        id,
        name,
        tenantId,
        accountId: principal,
        credential,
      })),
      log: (line) => lines.push(line),
      retry: { maxRetries: 3, retryDelayInMs: 5, maxRetryDelayInMs: 20 },
    });
  }

  const azure = as('dev');
  const id = (name: string): string => {
    const found = [...sandbox.state.resources.values()].find(
      (resource) => resource.name === name && resource.type.toLowerCase() === 'microsoft.containerregistry/registries',
    );
    if (!found) {
      throw new Error(`The sandbox has no registry ${name}.`);
    }
    return found.id;
  };

  return {
    sandbox,
    azure,
    cloud,
    lines,
    tokenRequests,
    subscriptionId: sandbox.info.subscriptionId,
    as,
    id,
    registry: (name) => azure.registries.get(id(name)),
    async withFaults(faults, work) {
      sandbox.setFaults(faults);
      try {
        return await work();
      } finally {
        sandbox.setFaults([]);
      }
    },
    async asked(match) {
      const before = sandbox.log.length;
      const isAsked = (): boolean =>
        sandbox.log.slice(before).some(({ method, url }) => match.test(`${method} ${url}`));
      await vi.waitUntil(isAsked, { timeout: 30_000, interval: 5 });
    },
    async requestsOf(work) {
      const before = sandbox.log.length;
      const result = await work();
      return { result, requests: sandbox.log.slice(before) };
    },
    close: () => sandbox.close(),
  };
}

/** The error of a promise that must reject. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`It should have failed, but resolved with ${JSON.stringify(value)}.`);
    },
    (error: unknown) => error,
  );
}
