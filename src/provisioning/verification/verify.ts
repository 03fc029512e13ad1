import * as l10n from '@vscode/l10n';
import type { Azure, ManifestInfo, Platform, RegistryContent } from '../../azure/azure.ts';
import { isAzureError } from '../../azure/errors.ts';
import { orError } from '../../azure/failures.ts';
import { imageOf } from '../../domain/imageReference.ts';
import {
  formatPlatform,
  isCached,
  platformEvidence,
  probeCache,
  probePlatforms,
  type CacheObservation,
  type PlatformState,
  type ProbedRepository,
} from './cacheProbe.ts';
import { explainPullError, type PullProblem } from './pullErrors.ts';
import type { Evidence } from '../types.ts';
import { sleep } from '../../azure/http/wait.ts';

export interface VerifyRequest {
  /** ARM id of the registry pulled from. */
  readonly downstreamId: string;
  /** Repository in the downstream. */
  readonly repository: string;
  /** Tag or digest. */
  readonly reference: string;
  /** Where the rule fetches it from; without it digests are not compared. */
  readonly upstream?: { readonly id: string; readonly repository: string };
  /** What was pulled, if known; else any stored platform counts. */
  readonly platform?: Platform;
  /** What the container client printed when the pull failed. Explained instead of Azure's answer, which may come out well. */
  readonly pullOutput?: string;
}

export interface VerifyOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (message: string) => void;
  /** How long to wait for the copy, milliseconds. Default two minutes. */
  readonly timeoutMs?: number;
  /** How long to ask again after a refusal that may pass, milliseconds. Default: as long as for the copy. */
  readonly patienceMs?: number;
  /** Multiplies the waits between looks; tests use less than 1. */
  readonly timeScale?: number;
}

export interface CacheProof {
  readonly verdict: 'cached' | 'proxied' | 'notPulled';
  /** What the sentence says. */
  readonly code: 'cached' | 'stale' | 'unseen' | 'platformNotCached' | 'proxied' | PullProblem['code'];
  /** The result in one or two sentences, with what to do next. */
  readonly sentence: string;
  readonly downstreamDigest?: string;
  /** ISO 8601, since when the downstream stores it. */
  readonly storedAt?: string;
  readonly upstreamDigest?: string;
  /** Cached, but the upstream's tag has moved on since. */
  readonly isStale: boolean;
  /** Per platform of a multi-platform image; empty for others. */
  readonly platforms: readonly PlatformState[];
  /** A sentence that names the platforms which nobody can pull, if there are any. */
  readonly unavailable?: string;
  readonly evidence: readonly Evidence[];
  /** For `notPulled`. */
  readonly problem?: PullProblem;
}

const defaultTimeoutMs = 120_000;
/** Waits between looks, milliseconds; the last one repeats. */
const pollMs = [1000, 1000, 2000, 3000, 5000];

/**
 * Proves from the registries themselves whether the artifact is cached: the downstream serves it without `X-Azure-Origin: upstream`
 * and holds its manifests, with the upstream's digest. Waits for the background copy and for a fresh role assignment to take effect.
 * @throws AzureError `cancelled`, and what reading the two registries from ARM throws.
 */
export async function verifyCached(
  azure: Azure,
  request: VerifyRequest,
  options: VerifyOptions = {},
): Promise<CacheProof> {
  const signal = options.signal ?? new AbortController().signal;
  const [downstream, upstream] = await Promise.all([
    open(azure, request.downstreamId, signal),
    request.upstream ? open(azure, request.upstream.id, signal) : undefined,
  ]);
  const digest =
    upstream && request.upstream
      ? orError(upstream.headManifest(request.upstream.repository, request.reference, { signal }))
      : Promise.resolve(undefined);
  const probed = { downstream, repository: request.repository, signal };
  const [outcome, upstreamInfo] = await Promise.all([
    request.pullOutput === undefined ? watch(probed, digest, request, options) : observe(probed, request.reference),
    digest,
  ]);
  const platforms = 'reason' in outcome ? [] : await probePlatforms(probed, outcome.platforms);
  if (request.pullOutput !== undefined) {
    return notPulled(explainPullError(request.pullOutput), request, upstreamInfo, platforms);
  }
  return 'reason' in outcome
    ? notPulled(outcome, request, upstreamInfo, platforms)
    : proof({ ...outcome, platforms }, request, upstreamInfo);
}

async function open(azure: Azure, registryId: string, signal: AbortSignal): Promise<RegistryContent> {
  return azure.registry(await azure.registries.get(registryId, { signal }));
}

/** Looks until the artifact is cached, is known not to come, or the time is over. */
async function watch(
  probed: ProbedRepository,
  upstreamDigest: Promise<ManifestInfo | Error | undefined>,
  request: VerifyRequest,
  options: VerifyOptions,
): Promise<CacheObservation | PullProblem> {
  const started = Date.now();
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const patienceMs = options.patienceMs ?? timeoutMs;
  for (let look = 0; ; look++) {
    const seen = await observe(probed, request.reference);
    const left = timeoutMs - (Date.now() - started);
    if ('reason' in seen) {
      // What exists upstream but not here may be the identity's missing permission, which is only minutes old.
      const upstream = await upstreamDigest;
      const isThere = upstream !== undefined && !(upstream instanceof Error);
      if (
        left <= timeoutMs - patienceMs ||
        !(seen.mayPass || (isThere && seen.code !== 'denied' && seen.code !== 'unauthenticated'))
      )
        return seen;
      const patience = Math.ceil((left - (timeoutMs - patienceMs)) / 1000);
      options.onProgress?.(l10n.t('{0} Trying again for {1} s.', seen.reason, patience));
    } else {
      const isAllToSee = seen.storedUnknown !== undefined && !seen.fromUpstream;
      if (isCached(seen, request.platform) || left <= 0 || isAllToSee) return seen;
      options.onProgress?.(
        l10n.t('Pulled; waiting up to {0} s for the registry to finish its copy.', Math.ceil(left / 1000)),
      );
    }
    const wait = (pollMs[Math.min(look, pollMs.length - 1)] ?? 5000) * (options.timeScale ?? 1);
    await sleep(Math.min(wait, Math.max(left, 0)), probed.signal);
  }
}

async function observe(probed: ProbedRepository, reference: string): Promise<CacheObservation | PullProblem> {
  try {
    return await probeCache(probed, reference);
  } catch (error) {
    if (!(error instanceof Error) || !isAzureError(error) || isAzureError(error, 'cancelled')) throw error;
    return explainPullError(error);
  }
}

function proof(seen: CacheObservation, request: VerifyRequest, upstream: ManifestInfo | Error | undefined): CacheProof {
  const cached = isCached(seen, request.platform);
  const upstreamDigest = upstream === undefined || upstream instanceof Error ? undefined : upstream.digest;
  const isStale = cached && upstreamDigest !== undefined && upstreamDigest !== seen.digest;
  return {
    verdict: cached ? 'cached' : 'proxied',
    ...judge(seen, request, cached, isStale),
    downstreamDigest: seen.digest,
    storedAt: seen.storedAt,
    upstreamDigest,
    isStale,
    ...platformsOf(seen.platforms),
    evidence: evidenceOf(seen, upstream),
  };
}

function platformsOf(platforms: readonly PlatformState[]): Pick<CacheProof, 'platforms' | 'unavailable'> {
  const names = platforms.filter(({ failure }) => failure).map(({ platform }) => formatPlatform(platform));
  return names.length === 0
    ? { platforms }
    : {
        platforms,
        unavailable: l10n.t(
          "It cannot be pulled for {0}: the platform's manifest cannot be fetched.",
          names.join(', '),
        ),
      };
}

function judge(
  seen: CacheObservation,
  request: VerifyRequest,
  cached: boolean,
  isStale: boolean,
): Pick<CacheProof, 'code' | 'sentence'> {
  const image = imageOf(request.repository, request.reference);
  if (isStale) {
    const sentence = l10n.t(
      '{0} is cached, but the tag has a newer digest in the upstream. Azure picks it up on a later pull, after up to five minutes.',
      image,
    );
    return { code: 'stale', sentence };
  }
  if (cached) return { code: 'cached', sentence: l10n.t('{0} is cached: the registry serves it itself.', image) };
  if (seen.storedUnknown && !seen.fromUpstream) {
    const sentence = isAzureError(seen.storedUnknown, 'forbidden')
      ? l10n.t(
          "{0} can be pulled. You lack permission to check whether it is cached: reading the repository's metadata.",
          image,
        )
      : l10n.t('{0} can be pulled. Could not check whether it is cached: {1}', image, seen.storedUnknown.message);
    return { code: 'unseen', sentence };
  }
  if (!seen.fromUpstream && seen.stored) {
    const platform = request.platform ? formatPlatform(request.platform) : l10n.t('a platform');
    const sentence = l10n.t(
      '{0} is not fully cached yet: its index is cached, but not {1}. Pulling that platform starts the copy.',
      image,
      platform,
    );
    return { code: 'platformNotCached', sentence };
  }
  const sentence = l10n.t(
    "{0} is not cached yet: it can be pulled, but still comes from the upstream. The copy can take minutes; verify again. If it never completes, check that the registry's network rules allow trusted services.",
    image,
  );
  return { code: 'proxied', sentence };
}

function evidenceOf(seen: CacheObservation, upstream: ManifestInfo | Error | undefined): Evidence[] {
  const evidence: Evidence[] = [
    {
      text: seen.fromUpstream
        ? l10n.t('Served from upstream (X-Azure-Origin: upstream).')
        : l10n.t('Served by the registry itself (no X-Azure-Origin).'),
      correlationId: seen.correlationId,
    },
    {
      text: seen.stored
        ? l10n.t('{0} is stored in the registry.', seen.digest)
        : seen.storedUnknown
          ? l10n.t('Could not check whether {0} is stored in the registry.', seen.digest)
          : l10n.t('{0} is not stored in the registry.', seen.digest),
    },
  ];
  for (const state of seen.platforms) {
    const isUncertain = !state.cached && !state.failure && (seen.storedUnknown ?? state.unasked);
    if (!isUncertain) evidence.push(platformEvidence(state));
  }
  if (upstream instanceof Error)
    evidence.push({ text: l10n.t('Could not read the upstream digest: {0}', upstream.message) });
  else if (upstream) {
    evidence.push({
      text:
        upstream.digest === seen.digest
          ? l10n.t('The upstream digest is the same.')
          : l10n.t('The upstream digest is {0}.', upstream.digest),
    });
  }
  return evidence;
}

function notPulled(
  problem: PullProblem,
  request: VerifyRequest,
  upstream: ManifestInfo | Error | undefined,
  platforms: readonly PlatformState[],
): CacheProof {
  const upstreamDigest = upstream === undefined || upstream instanceof Error ? undefined : upstream.digest;
  const image = imageOf(request.repository, request.reference);
  const text = problem.ruleName ? l10n.t('Cache rule {0}: {1}', problem.ruleName, problem.reason) : problem.reason;
  return {
    verdict: 'notPulled',
    code: problem.code,
    sentence: l10n.t('{0} was not pulled. {1} {2}', image, problem.reason, problem.next),
    upstreamDigest,
    isStale: false,
    ...platformsOf(platforms),
    evidence: [{ text, correlationId: problem.correlationId }],
    problem,
  };
}
