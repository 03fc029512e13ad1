import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { isDigest } from '../../domain/imageReference.ts';
import type { CallOptions, Manifest, Platform, PulledImage } from '../azure.ts';
import { record, text } from '../../common/json.ts';
import { AzureError, isAzureError } from '../errors.ts';
import { invalid } from '../failures.ts';
import { cancelledError, codeOf } from '../http/errors.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { checkedRepository, type RegistryConnection } from './connection.ts';
import { sendRaw } from './http.ts';
import { getManifest } from './manifests.ts';

export interface PullOptions extends CallOptions {
  readonly platform?: Platform;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

/** Blobs fetched at the same time; docker's own default. */
const width = 3;
const maxRedirects = 3;
const attempts = 3;
const maxBlobs = 1000;
/** No byte for this long means the connection is dead. Milliseconds. */
const idleTimeout = 60_000;

/**
 * Pulls an image as a container client would, except that every byte is only counted and hashed: manifest, the image of
 * the platform, its config and layers. Enough to make the registry fetch and cache it.
 */
export async function pullImage(
  connection: RegistryConnection,
  repository: string,
  reference: string,
  { signal, platform, onProgress }: PullOptions = {},
): Promise<PulledImage> {
  const top = await getManifest(connection, repository, reference, { signal });
  const chosen = choosePlatform(top, platform, `${repository}:${reference}`);
  const image = chosen ? await getManifest(connection, repository, chosen.digest, { signal }) : top;
  const { config, layers } = blobsOf(image, `${repository}:${reference}`);
  const blobs = [...new Map([config, ...layers].map((blob) => [blob.digest, blob])).values()];
  const total = blobs.reduce((sum, blob) => sum + blob.size, 0);
  const done = new Map<string, number>();
  const end = new AbortController();
  const untilEnd = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
  try {
    await mapBounded(blobs, width, (blob) =>
      fetchBlob(connection, repository, blob, untilEnd, (bytes) => {
        done.set(blob.digest, bytes);
        onProgress?.(
          [...done.values()].reduce((sum, count) => sum + count, 0),
          total,
        );
      }),
    );
  } finally {
    // One blob failed: the others are of no use any more.
    end.abort();
  }
  return {
    digest: top.digest,
    ...(chosen && { platform: chosen.platform, platformDigest: chosen.digest }),
    layers: layers.length,
    bytes: total,
    fromUpstream: top.fromUpstream,
  };
}

/** The wanted platform, else linux on this machine's processor, else the first one: what docker does, never failing. */
function choosePlatform(
  manifest: Manifest,
  wanted: Platform | undefined,
  image: string,
): { digest: string; platform: Platform } | undefined {
  if (!manifest.platforms) return undefined;
  const host = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch };
  const find = ({ os, architecture, variant }: Platform) =>
    manifest.platforms?.find(
      ({ platform }) =>
        platform.os === os && platform.architecture === architecture && (!variant || platform.variant === variant),
    );
  const chosen = wanted ? find(wanted) : (find(host) ?? manifest.platforms[0]);
  if (!chosen) {
    throw new AzureError(
      wanted
        ? l10n.t('{0} has no image for {1}.', image, `${wanted.os}/${wanted.architecture}`)
        : l10n.t('{0} is an index without images.', image),
      { kind: 'notFound', code: 'PlatformNotFound' },
    );
  }
  return chosen;
}

function blobsOf(manifest: Manifest, image: string): { config: Blob; layers: Blob[] } {
  const body = record(manifest.body);
  const layers = body?.['layers'];
  if (!Array.isArray(layers) || layers.length > maxBlobs) throw notAnImage(image);
  return {
    config: readBlob(body?.['config'], image),
    // Layers with `urls` (Windows base layers) live elsewhere and are not the registry's to serve.
    layers: layers
      .filter((layer: unknown) => record(layer)?.['urls'] === undefined)
      .map((layer: unknown) => readBlob(layer, image)),
  };
}

function readBlob(descriptor: unknown, image: string): Blob {
  const digest = text(record(descriptor)?.['digest']);
  const size = record(descriptor)?.['size'];
  if (!digest || !isDigest(digest) || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw notAnImage(image);
  }
  return { digest, size };
}

function notAnImage(image: string): AzureError {
  return invalid('ManifestUnreadable', l10n.t('{0} is not a container image that can be pulled.', image));
}

async function fetchBlob(
  connection: RegistryConnection,
  repository: string,
  blob: Blob,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await streamBlob(connection, repository, blob, signal, onBytes);
      return;
    } catch (error) {
      // Broken in the middle: the pipeline's retries end where the body begins.
      if (!isAzureError(error, 'network') || attempt >= attempts) throw error;
      onBytes(0);
    }
  }
}

async function streamBlob(
  connection: RegistryConnection,
  repository: string,
  blob: Blob,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const name = checkedRepository(repository);
  const end = new AbortController();
  const stop = AbortSignal.any([signal, end.signal]);
  let idle: NodeJS.Timeout | undefined;
  try {
    const response = await followRedirects(
      connection,
      await connection.send({
        path: `/v2/${name}/blobs/${blob.digest}`,
        scope: `repository:${name}:pull`,
        accept: '*/*',
        stream: true,
        signal: stop,
      }),
      stop,
    );
    const hash = createHash(blob.digest.startsWith('sha512:') ? 'sha512' : 'sha256');
    let bytes = 0;
    idle = setTimeout(() => end.abort(), idleTimeout);
    for await (const chunk of response.readableStreamBody ?? []) {
      idle.refresh();
      const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      bytes += data.length;
      if (bytes > blob.size) break;
      hash.update(data);
      onBytes(bytes);
    }
    if (bytes !== blob.size || blob.digest.split(':')[1] !== hash.digest('hex')) {
      throw invalid(
        'DigestMismatch',
        l10n.t(
          'A layer of {0} does not match its digest ({1}), so it was not used.',
          repository,
          blob.digest.slice(0, 19),
        ),
      );
    }
  } catch (error) {
    if (signal.aborted) throw cancelledError();
    throw isAzureError(error) && !stop.aborted ? error : brokenBlob(error, blob, connection.origin);
  } finally {
    clearTimeout(idle);
  }
}

/** Blobs are served from storage: the registry redirects there, and its token must not go along. */
async function followRedirects(
  connection: RegistryConnection,
  first: PipelineResponse,
  signal: AbortSignal,
): Promise<PipelineResponse> {
  let response = first;
  for (let count = 0; response.status >= 300; count++) {
    const target = URL.parse(response.headers.get('location') ?? '', response.request.url);
    if (target?.protocol !== 'https:' || count >= maxRedirects) {
      throw invalid(
        'InsecureRedirect',
        l10n.t('{0} redirected a layer to an insecure address; it was not followed.', connection.origin),
      );
    }
    response = await sendRaw(connection.pipeline, {
      url: target.href,
      headers: { Accept: '*/*' },
      stream: true,
      signal,
    });
    if (response.status >= 400) {
      throw new AzureError(l10n.t('The storage of {0} answered with status {1}.', connection.origin, response.status), {
        kind: response.status >= 500 ? 'unavailable' : 'forbidden',
        code: `Http${response.status}`,
        status: response.status,
      });
    }
  }
  return response;
}

function brokenBlob(error: unknown, blob: Blob, origin: string): AzureError {
  return new AzureError(l10n.t('The connection to {0} was lost while a layer was read.', origin), {
    kind: 'network',
    code: codeOf(error) ?? 'ETIMEDOUT',
    request: `GET ${origin}/…/blobs/${blob.digest.slice(0, 19)}`,
  });
}
