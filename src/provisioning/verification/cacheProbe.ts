import * as l10n from '@vscode/l10n';
import type { Platform, RegistryContent } from '../../azure/azure.ts';
import { isAzureError } from '../../azure/errors.ts';
import { orError } from '../../azure/failures.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import type { Evidence } from '../types.ts';

/** One platform of an image and whether the registry itself holds its manifest. */
export interface PlatformState {
  readonly platform: Platform;
  readonly digest: string;
  readonly cached: boolean;
  /** The registry cannot get it: everybody who pulls this platform meets it. */
  readonly failure?: PlatformFailure;
  /** Why it is not known whether the registry can get it. */
  readonly unasked?: Error;
}

export interface PlatformFailure {
  /** Azure's words. */
  readonly message: string;
  /** 424 comes and goes (Azure/acr#892, #885); 404 is that there is no such manifest. */
  readonly mayPass: boolean;
  readonly correlationId?: string;
}

/** What the downstream says about one artifact at one moment. */
export interface CacheObservation {
  readonly digest: string;
  /** It answered from the upstream: `X-Azure-Origin: upstream`. */
  readonly fromUpstream: boolean;
  /** The manifest asked for (an index, for several platforms) is stored in the downstream. */
  readonly stored: boolean;
  /** ISO 8601, since when. */
  readonly storedAt?: string;
  /** Empty for an image of one platform. */
  readonly platforms: readonly PlatformState[];
  /** Why `stored: false` and `cached: false` are not certain, e.g. no right to read metadata. */
  readonly storedUnknown?: Error;
  readonly correlationId?: string;
}

/** A repository of the downstream that is looked at. */
export interface ProbedRepository {
  readonly downstream: RegistryContent;
  readonly repository: string;
  readonly signal: AbortSignal;
}

/**
 * Asks the downstream for the artifact once. Only the combination tells: served without the upstream mark, and stored.
 * @throws AzureError of the manifest request; a refused metadata request is part of the answer.
 */
export async function probeCache(probed: ProbedRepository, reference: string): Promise<CacheObservation> {
  const { downstream, repository, signal } = probed;
  const [manifest, stored] = await Promise.all([
    downstream.getManifest(repository, reference, { signal }),
    readStored(probed),
  ]);
  const storedAt = stored.digests.get(manifest.digest);
  return {
    digest: manifest.digest,
    fromUpstream: manifest.fromUpstream,
    stored: stored.digests.has(manifest.digest),
    storedAt,
    platforms: (manifest.platforms ?? []).map(({ digest, platform }) => ({
      digest,
      platform,
      cached: stored.digests.has(digest),
    })),
    storedUnknown: stored.error,
    correlationId: manifest.correlationId,
  };
}

/** Platforms of one index that are asked for. */
const maxPlatforms = 40;

/**
 * Asks for each platform that is not cached, by digest, whether the downstream can get it: an index may be served although one of
 * its platforms is not. HEAD, since GET would start a copy where it works.
 * @throws AzureError `cancelled` only
 */
export async function probePlatforms(
  probed: ProbedRepository,
  platforms: readonly PlatformState[],
): Promise<PlatformState[]> {
  const asked = await mapBounded(platforms.slice(0, maxPlatforms), 4, async (state) =>
    state.cached ? state : { ...state, ...(await probePlatform(probed, state.digest)) },
  );
  return [...asked, ...platforms.slice(maxPlatforms)];
}

async function probePlatform(
  { downstream, repository, signal }: ProbedRepository,
  digest: string,
): Promise<Pick<PlatformState, 'failure' | 'unasked'>> {
  const error = await orError(downstream.headManifest(repository, digest, { signal }));
  if (!(error instanceof Error)) return {};
  // Other failures are of the line or of the signed-in user.
  if (!isAzureError(error) || (error.status !== 404 && error.status !== 424)) return { unasked: error };
  const { message, status, correlationId } = error;
  return { failure: { message, mayPass: status === 424, correlationId } };
}

/** What is stored: its digests, and since when. `error`: why that is not all of it. */
interface Stored {
  readonly digests: ReadonlyMap<string, string | undefined>;
  readonly error?: Error;
}

async function readStored({ downstream, repository, signal }: ProbedRepository): Promise<Stored> {
  let cut: Error | undefined;
  const onCut = (): void => void (cut = new Error(l10n.t('It has too many manifests to check them all.')));
  const manifests = await orError(downstream.storedManifests(repository, { signal, onCut }));
  if (manifests instanceof Error) return { digests: new Map(), error: manifests };
  return { digests: new Map(manifests.map(({ digest, createdTime }) => [digest, createdTime])), error: cut };
}

/**
 * Whether the copy is complete as far as it will go: Azure copies the index and only the platforms that were pulled
 * (Microsoft, techcommunity 4514744). Without a known platform one stored platform is taken for the pulled one.
 */
export function isCached(observation: CacheObservation, pulled?: Platform): boolean {
  if (observation.fromUpstream || !observation.stored) return false;
  if (observation.platforms.length === 0) return true;
  const wanted = pulled ? observation.platforms.filter(({ platform }) => samePlatform(platform, pulled)) : [];
  return wanted.length > 0 ? wanted.every(({ cached }) => cached) : observation.platforms.some(({ cached }) => cached);
}

function samePlatform(a: Platform, b: Platform): boolean {
  return (
    a.os === b.os && a.architecture === b.architecture && (b.variant === undefined || (a.variant ?? '') === b.variant)
  );
}

export function formatPlatform(platform: Platform): string {
  return [platform.os, platform.architecture, ...(platform.variant ? [platform.variant] : [])].join('/');
}

/** What is known of one platform of an index. */
export function platformEvidence({ platform, digest, cached: isHere, failure, unasked }: PlatformState): Evidence {
  const name = formatPlatform(platform);
  const text = failure
    ? l10n.t('{0}: cannot be fetched ({1}): {2}', name, digest, failure.message)
    : unasked
      ? l10n.t('{0}: could not be requested ({1}): {2}', name, digest, unasked.message)
      : isHere
        ? l10n.t('{0}: cached ({1})', name, digest)
        : l10n.t('{0}: fetched on its first pull ({1})', name, digest);
  return { text, correlationId: failure?.correlationId };
}
