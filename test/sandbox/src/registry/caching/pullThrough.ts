import { noteTag, startCopy } from './copy.ts';
import { hopsHeader, property } from '../context.ts';
import { digestOf } from '../digest.ts';
import { RegistryError, manifestUnknown, blobUnknown } from '../errors.ts';
import { UpstreamError, askUpstream } from './upstream.ts';
import type { Answer, SandboxRequest } from '../../core.ts';
import type { MatchedRule } from './cacheRules.ts';
import type { RegistryContext } from '../context.ts';
import type { UpstreamAnswer } from './upstream.ts';

/** The mark of an answer that came from the source (Azure/acr#862). */
const origin = { 'X-Azure-Origin': 'upstream' };
const helpLink = 'For more information, please visit https://aka.ms/acr/cache';

/** Answers a manifest request from the rule's source and starts the copy in the background. */
export async function proxyManifest(
  context: RegistryContext,
  request: SandboxRequest,
  match: MatchedRule,
  repository: string,
  reference: string,
): Promise<Answer> {
  const answer = await ask(context, request, match, `manifests/${reference}`, () => manifestUnknown(reference));
  const digest = digestHeader(answer) ?? digestOf(answer.body);
  if (!reference.includes(':')) noteTag(context, repository, digest, reference);
  if (request.method === 'GET' || context.core.options.headStartsCopy) startCopy(context, match, repository, digest);
  return {
    status: 200,
    headers: {
      'Content-Type': answer.headers['content-type'] ?? 'application/octet-stream',
      'Docker-Content-Digest': digest,
      'Docker-Distribution-Api-Version': 'registry/2.0',
      ETag: `"${digest}"`,
      ...contentLength(request, answer),
      ...origin,
    },
    body: answer.body,
  };
}

/** Answers a blob request from the rule's source. Blobs alone are not copied: their manifest brings them. */
export async function proxyBlob(
  context: RegistryContext,
  request: SandboxRequest,
  match: MatchedRule,
  digest: string,
): Promise<Answer> {
  const answer = await ask(context, request, match, `blobs/${digest}`, blobUnknown);
  const range = answer.headers['content-range'];
  return {
    status: answer.status,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Docker-Content-Digest': digest,
      'Docker-Distribution-Api-Version': 'registry/2.0',
      'Accept-Ranges': 'bytes',
      ...(range === undefined ? {} : { 'Content-Range': range }),
      ...contentLength(request, answer),
      ...origin,
    },
    body: answer.body,
  };
}

/**
 * Referrers of a target come from the source.
 * @throws RegistryError 424 when the source does not have them (Azure/acr#891)
 */
export async function proxyReferrers(
  context: RegistryContext,
  request: SandboxRequest,
  match: MatchedRule,
  digest: string,
): Promise<Answer> {
  try {
    const query = request.query.size === 0 ? '' : `?${request.query.toString()}`;
    const answer = await askUpstream(context, match, {
      method: 'GET',
      path: `referrers/${digest}${query}`,
      hops: hopsOf(request),
    });
    return {
      status: 200,
      headers: { 'Content-Type': answer.headers['content-type'] ?? '', ...origin },
      body: answer.body,
    };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    throw failedDependency(request, match, 'referrers', error.status);
  }
}

/** Whether a cached tag still is what the source has: asked once `freshMs` have passed, and believed when the source is silent. */
export async function isFresh(
  context: RegistryContext,
  request: SandboxRequest,
  match: MatchedRule,
  repository: string,
  tag: string,
): Promise<boolean> {
  const key = `${repository}:${tag}`;
  const state = context.content.repositories.get(repository)?.tags.get(tag);
  const now = context.core.clock.now();
  if (
    state === undefined ||
    now - Math.max(state.updatedAt, context.comparedAt.get(key) ?? 0) < context.core.options.freshMs
  )
    return true;
  try {
    const answer = await askUpstream(context, match, {
      method: 'HEAD',
      path: `manifests/${tag}`,
      headers: acceptOf(request),
      hops: hopsOf(request),
    });
    if (digestHeader(answer) !== state.digest) return false;
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
  }
  context.comparedAt.set(key, now);
  return true;
}

/**
 * Refuses a push into a rule's target, unless the registry allows it (`writableCacheRepos`, Azure/acr#845).
 * @throws RegistryError 403
 */
export function checkWritable(context: RegistryContext, match: MatchedRule | undefined, repository: string): void {
  if (match === undefined || property(context, 'writableCacheRepos') === 'Enabled') return;
  throw new RegistryError(
    403,
    'DENIED',
    `requested access to push to repository '${repository}' has been denied: it is the target of cache rule '${match.rule.name}'. ${helpLink}`,
  );
}

async function ask(
  context: RegistryContext,
  request: SandboxRequest,
  match: MatchedRule,
  path: string,
  notFound: () => RegistryError,
): Promise<UpstreamAnswer> {
  const { range } = request.headers;
  try {
    return await askUpstream(context, match, {
      method: request.method === 'HEAD' ? 'HEAD' : 'GET',
      path,
      headers: { ...acceptOf(request), ...(range === undefined ? {} : { Range: range }) },
      hops: hopsOf(request),
    });
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const { name } = match.rule;
    switch (error.problem) {
      case 'notFound':
        throw notFound();
      case 'unauthorized':
        throw new RegistryError(
          401,
          'UNAUTHORIZED',
          `authentication required with source registry for cache rule '${name}' ${helpLink}`,
        );
      case 'denied':
        throw new RegistryError(
          403,
          'DENIED',
          `requested access to pull from source '${match.source}' for cache rule '${name}' has been denied.`,
        );
      case 'tooManyRequests':
        throw new RegistryError(
          429,
          'TOOMANYREQUESTS',
          `too many requests to source registry for cache rule '${name}'. ${helpLink}`,
        );
      case 'failed':
        throw failedDependency(request, match, path.startsWith('blobs/') ? 'blob' : 'manifest', error.status);
    }
  }
}

/** For manifests in the words of Azure/acr#892, for referrers in those of Azure/acr#891; those for blobs are not known. */
function failedDependency(request: SandboxRequest, match: MatchedRule, what: string, status: number): RegistryError {
  const { source, rule } = match;
  const trouble =
    what === 'manifest'
      ? `request to pull from source '${source}' for cache rule '${rule.name}' has failed`
      : `request to fetch ${what} from source '${source}' for cache rule '${rule.name}' returned status code ${status}`;
  return new RegistryError(424, 'UNKNOWN', `${trouble}. CorrelationId:${request.correlationId}. ${helpLink}`);
}

function acceptOf(request: SandboxRequest): Record<string, string> {
  return request.headers.accept === undefined ? {} : { Accept: request.headers.accept };
}

function hopsOf(request: SandboxRequest): number {
  return Number(request.headers[hopsHeader] ?? 0) || 0;
}

function digestHeader(answer: UpstreamAnswer): string | undefined {
  const value = answer.headers['docker-content-digest'];
  return typeof value === 'string' ? value : undefined;
}

/** A HEAD answer's length is that of the body it does not have. */
function contentLength(request: SandboxRequest, answer: UpstreamAnswer): Record<string, string> {
  const length = answer.headers['content-length'];
  return request.method === 'HEAD' && length !== undefined ? { 'Content-Length': length } : {};
}
