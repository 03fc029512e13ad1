import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  decompressResponsePolicyName,
  redirectPolicyName,
  type HttpClient,
  type Pipeline,
} from '@azure/core-rest-pipeline';
import type { AzureAccess } from '../azure.ts';
import { vsCodeProxyPolicy } from './proxy.ts';
import { azureErrorPolicy, azureRetryPolicy, boundedBodyPolicy, requestLogPolicy } from './policies.ts';

/**
 * Options of every pipeline, an SDK's own included. The proxy is a placeholder that `vsCodeProxyPolicy` passes over: without one, an SDK reads
 * HTTPS_PROXY by itself and throws where that has no scheme.
 */
export const pipelineOptions = {
  userAgentOptions: { userAgentPrefix: 'acr-artifact-cache' },
  proxyOptions: { host: 'http://localhost', port: 1 },
};

/** What all requests share: errors, retries, log and bounds. */
export type HttpSettings = Pick<AzureAccess, 'log' | 'retry'>;

/** A page of ARM has a few hundred kilobytes. Bytes. */
const maxArmBytes = 8 * 1024 * 1024;
/** What OCI asks of registries to take as a manifest. Source: OCI distribution specification, "Pushing Manifests". Bytes. */
const maxRegistryBytes = 4 * 1024 * 1024;
/** One attempt, answer included; ARM itself gives up after a minute. */
const attemptTimeoutMs = 90_000;

/** Gives a pipeline, an SDK's own included, this extension's errors, retries, log and bounds. */
export function addSharedPolicies(pipeline: Pipeline, settings: HttpSettings): void {
  pipeline.addPolicy(azureErrorPolicy(), { afterPhase: 'Deserialize' });
  addTransportPolicies(pipeline, settings);
}

/** The same without the errors: a pipeline that is not ours keeps its own. */
export function addTransportPolicies(pipeline: Pipeline, settings: HttpSettings, maxBytes = maxArmBytes): void {
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  pipeline.addPolicy(azureRetryPolicy(settings.retry), { phase: 'Retry' });
  pipeline.addPolicy(requestLogPolicy(settings.log), { afterPhase: 'Sign' });
  pipeline.addPolicy(boundedBodyPolicy(maxBytes, attemptTimeoutMs), { afterPhase: 'Sign' });
  pipeline.addPolicy(vsCodeProxyPolicy(), { afterPhase: 'Sign' });
}

/** The pipeline of this extension's own ARM requests, without authentication. */
export function createJsonPipeline(settings: HttpSettings): Pipeline {
  const pipeline = createPipelineFromOptions(pipelineOptions);
  addSharedPolicies(pipeline, settings);
  return pipeline;
}

/**
 * The pipeline of registry requests, without authentication and without `azureErrorPolicy`: a 401 carries the
 * challenge. Redirects are decided by the caller, since a blob's redirect leaves the registry's host; bodies are taken
 * as sent, since their digests are checked.
 */
export function createRegistryPipeline(settings: HttpSettings): Pipeline {
  const pipeline = createPipelineFromOptions(pipelineOptions);
  addTransportPolicies(pipeline, settings, maxRegistryBytes);
  pipeline.removePolicy({ name: redirectPolicyName });
  pipeline.removePolicy({ name: decompressResponsePolicyName });
  return pipeline;
}

let sharedClient: HttpClient | undefined;

/** The client of all requests. */
export function httpClient(): HttpClient {
  return (sharedClient ??= createDefaultHttpClient());
}
