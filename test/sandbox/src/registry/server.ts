import { Agent } from 'node:https';
import { authorize } from './access/authorize.ts';
import { handleBlob, handleUpload } from './blobs.ts';
import { startBlobStorage } from './blobStorage.ts';
import { isServiceCall, newServiceKey } from './context.ts';
import { RegistryError, errorAnswer, unsupported } from './errors.ts';
import { seedImages } from './images.ts';
import { handleCatalog, handleTagsList } from './listings.ts';
import { handleManifest } from './manifests.ts';
import { handleManifests, handleRepository, handleTags } from './metadata.ts';
import { checkNetwork } from './network.ts';
import { handleReferrers } from './referrers.ts';
import { parseRoute } from './routes.ts';
import { exchange, getToken, postToken } from './access/tokenEndpoints.ts';
import type { Answer, Core, Listener, RegistryHost, SandboxRequest } from '../core.ts';
import type { RegistryContentState, ScenarioRegistry } from '../types.ts';
import type { RegistryContext } from './context.ts';

/** The registry half of a sandbox: a port for the content of blobs, and one per registry, opened by `start`. */
export async function startRegistryServers(core: Core): Promise<RegistryHost> {
  const serviceKey = newServiceKey();
  const storage = await startBlobStorage(core);
  const upstreamAgent = new Agent({ ca: core.ca, keepAlive: true, maxSockets: 64 });
  const listeners = new Map<string, Listener>();
  return {
    async start(registry, seed, port) {
      const key = registry.id.toLowerCase();
      const running: { context?: RegistryContext } = {};
      const listener = await core.listen({
        kind: 'registry',
        ...(port === undefined ? {} : { port }),
        handle: (request) =>
          running.context === undefined
            ? Promise.resolve(errorAnswer(503, 'UNAVAILABLE', 'The registry is starting.'))
            : handle(running.context, request),
        error: (status, code, message) => errorAnswer(status, registryCode(status, code), message),
      });
      listeners.set(key, listener);
      const loginServer = core.names.loginServer(registry.name, listener.port);
      registry.properties.loginServer = loginServer;
      core.hosts.set(loginServer, listener.port);
      const content: RegistryContentState = {
        registryId: registry.id,
        loginServer,
        repositories: new Map(),
        blobs: new Map(),
        credentialsValidFrom: 0,
      };
      seedContent(content, seed, core.clock.now());
      core.state.content.set(key, content);
      running.context = {
        core,
        registry,
        content,
        serviceKey,
        storage,
        upstreamAgent,
        uploads: new Map(),
        looseBlobs: new Map(),
        resolvedTags: new Map(),
        copies: new Set(),
        comparedAt: new Map(),
      };
    },
    async stop(registryId) {
      const key = registryId.toLowerCase();
      const listener = listeners.get(key);
      listeners.delete(key);
      core.hosts.delete(core.state.content.get(key)?.loginServer ?? '');
      core.state.content.delete(key);
      await listener?.close();
    },
  };
}

function seedContent(content: RegistryContentState, seed: ScenarioRegistry | undefined, now: number): void {
  for (const [repository, { tags, platforms }] of Object.entries(seed?.repositories ?? {})) {
    seedImages(content, repository, tags, platforms, now);
  }
}

async function handle(context: RegistryContext, request: SandboxRequest): Promise<Answer> {
  try {
    checkNetwork(context, isServiceCall(context, request));
    return await dispatch(context, request);
  } catch (error) {
    if (error instanceof RegistryError) return error.answer;
    throw error;
  }
}

async function dispatch(context: RegistryContext, request: SandboxRequest): Promise<Answer> {
  const route = parseRoute(request.path);
  if (route === 'name') throw new RegistryError(400, 'NAME_INVALID', 'invalid repository name');
  if (route === undefined) throw new RegistryError(404, 'NOT_FOUND', 'The requested resource was not found.');
  switch (route.kind) {
    case 'base':
      authorize(context, request, undefined);
      return { status: 200, headers: { 'Docker-Distribution-Api-Version': 'registry/2.0' }, json: {} };
    case 'exchange':
      if (request.method !== 'POST') throw unsupported();
      return exchange(context, request);
    case 'token':
      if (request.method === 'GET') return getToken(context, request);
      if (request.method === 'POST') return postToken(context, request);
      throw unsupported();
    case 'catalog':
    case 'acrCatalog':
      return handleCatalog(context, request);
    case 'manifest':
      return handleManifest(context, request, route.repository, route.reference);
    case 'blob':
      return handleBlob(context, request, route.repository, route.digest);
    case 'upload':
      return handleUpload(context, request, route.repository, route.id);
    case 'tagsList':
      return handleTagsList(context, request, route.repository);
    case 'referrers':
      return handleReferrers(context, request, route.repository, route.digest);
    case 'repository':
      return handleRepository(context, request, route.repository);
    case 'tags':
      return handleTags(context, request, route.repository, route.tag);
    case 'manifests':
      return handleManifests(context, request, route.repository, route.digest);
  }
}

/** Faults and crashes come with ARM's codes; registries have their own. */
const codes: Readonly<Record<number, string>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  404: 'NOT_FOUND',
  413: 'SIZE_INVALID',
  429: 'TOOMANYREQUESTS',
};

function registryCode(status: number, code: string): string {
  return /^[A-Z_]+$/.test(code) ? code : (codes[status] ?? 'UNKNOWN');
}
