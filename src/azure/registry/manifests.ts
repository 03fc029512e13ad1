import { createHash } from 'node:crypto';
import * as l10n from '@vscode/l10n';
import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { isDigest, isTag } from '../../domain/imageReference.ts';
import type { CallOptions, Manifest, ManifestInfo, Platform } from '../azure.ts';
import type { AzureError } from '../errors.ts';
import { invalid } from '../failures.ts';
import { correlationIdOf } from '../http/errors.ts';
import { parsedJson, record, text } from '../../common/json.ts';
import { checkedRepository, type RegistryConnection } from './connection.ts';

/** What a container client asks for. */
const accept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

export async function headManifest(
  connection: RegistryConnection,
  repository: string,
  reference: string,
  { signal }: CallOptions = {},
): Promise<ManifestInfo> {
  const response = await connection.send({ method: 'HEAD', ...manifestRequest(repository, reference), signal });
  const digest = response.headers.get('docker-content-digest') ?? '';
  if (!isDigest(digest)) throw wrongDigest(repository, reference);
  return infoOf(response, digest, Number(response.headers.get('content-length') ?? Number.NaN));
}

/** @throws AzureError `DigestMismatch` when the body is not what its digest says. */
export async function getManifest(
  connection: RegistryConnection,
  repository: string,
  reference: string,
  { signal }: CallOptions = {},
): Promise<Manifest> {
  const response = await connection.send({ ...manifestRequest(repository, reference), signal });
  const bytes = Buffer.from(response.bodyAsText ?? '', 'utf8');
  const digest = response.headers.get('docker-content-digest') ?? digestOf(bytes);
  const expected = isDigest(reference) ? [digest, reference] : [digest];
  if (!expected.every((candidate) => isDigest(candidate) && digestOf(bytes, candidate) === candidate)) {
    throw wrongDigest(repository, reference);
  }
  const body = parseManifest(bytes, repository, reference);
  const info = infoOf(response, digest, bytes.length);
  const platforms = platformsOf(body);
  return { ...info, mediaType: text(body['mediaType']) ?? info.mediaType, body, platforms };
}

/** `sha256:…` of the bytes, or with the algorithm of `like`. */
function digestOf(bytes: Uint8Array, like = 'sha256:'): string {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

function manifestRequest(repository: string, reference: string): { path: string; scope: string; accept: string } {
  const name = checkedRepository(repository);
  if (!isTag(reference) && !isDigest(reference)) {
    throw invalid('InvalidReference', l10n.t('"{0}" is neither a tag nor a digest.', reference.slice(0, 128)));
  }
  return { path: `/v2/${name}/manifests/${reference}`, scope: `repository:${name}:pull`, accept };
}

function infoOf(response: PipelineResponse, digest: string, size: number): ManifestInfo {
  return {
    digest,
    mediaType: response.headers.get('content-type')?.split(';')[0]?.trim() ?? '',
    ...(Number.isSafeInteger(size) && { size }),
    // Present while the registry proxies its upstream, absent once it serves its own copy (Azure/acr#862).
    fromUpstream: response.headers.get('x-azure-origin')?.toLowerCase() === 'upstream',
    correlationId: correlationIdOf(response.headers),
  };
}

function parseManifest(bytes: Buffer, repository: string, reference: string): Record<string, unknown> {
  const body = record(parsedJson(bytes.toString('utf8')));
  if (!body) {
    throw invalid('ManifestUnreadable', l10n.t('The manifest of {0} could not be read.', `${repository}:${reference}`));
  }
  return body;
}

/** Of an index: its images, without attestations, which buildkit writes as platform unknown/unknown. */
function platformsOf(body: Record<string, unknown>): { digest: string; platform: Platform }[] | undefined {
  if (!Array.isArray(body['manifests'])) return undefined;
  return body['manifests'].flatMap((entry: unknown) => {
    const descriptor = record(entry);
    const platform = record(descriptor?.['platform']);
    const digest = text(descriptor?.['digest']);
    const [os, architecture, variant] = [
      text(platform?.['os']),
      text(platform?.['architecture']),
      text(platform?.['variant']),
    ];
    const usable = digest && isDigest(digest) && os && architecture && (os !== 'unknown' || architecture !== 'unknown');
    return usable ? [{ digest, platform: { os, architecture, variant } }] : [];
  });
}

function wrongDigest(repository: string, reference: string): AzureError {
  return invalid(
    'DigestMismatch',
    l10n.t(
      "The registry's content for {0} does not match its digest, so it was not used.",
      `${repository}:${reference}`,
    ),
  );
}
