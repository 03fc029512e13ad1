import * as l10n from '@vscode/l10n';
import { isDigest, isTag } from '../../domain/imageReference.ts';
import { shown } from '../../common/shown.ts';
import type { CallOptions, StoredManifest } from '../azure.ts';
import { isAzureError } from '../errors.ts';
import { invalid } from '../failures.ts';
import { record, text } from '../../common/json.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { checkedRepository, type RegistryConnection } from './connection.ts';

const pageSize = 500;

/** The manifests a registry holds: `/acr/v1/{repository}/_manifests`. @throws AzureError `notFound` without such a repository. */
export function readStoredManifests(
  connection: RegistryConnection,
  repository: string,
  { signal, limit, onCut }: { signal?: AbortSignal; limit: number; onCut?: () => void },
): Promise<StoredManifest[]> {
  const path = `/acr/v1/${repository}/_manifests?n=${pageSize}`;
  return connection.getPages(
    { path, scope: metadataScope(repository), signal },
    limit,
    (page) =>
      entries(page, 'manifests').flatMap((manifest) => {
        const [digest, createdTime] = [text(manifest['digest']), time(manifest['createdTime'])];
        const [os, architecture] = [word(manifest['os']), word(manifest['architecture'])];
        const [mediaType, size] = [word(manifest['mediaType']), manifest['imageSize']];
        return digest && isDigest(digest)
          ? [
              {
                digest,
                tags: strings(manifest['tags']).filter(isTag),
                createdTime,
                mediaType,
                ...(os && architecture && { platform: { os, architecture } }),
                ...(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && { bytes: size }),
              },
            ]
          : [];
      }),
    onCut,
  );
}

/** Indexes whose parts are asked for; what more of them hold themselves, some thousand bytes each, is left out. */
const maxIndexes = 100;
/** OCI's limit for a manifest. */
const maxIndexBytes = 4 * 1024 * 1024;

/** Whether the manifest lists others, one for each platform. */
export function isIndex({ mediaType = '' }: Pick<StoredManifest, 'mediaType'>): boolean {
  return /index|manifest\.list/.test(mediaType);
}

/**
 * What the manifests of a repository hold, in bytes. The service's size of an index is its own bytes with all of its platforms
 * (recorded by azure-sdk-for-js), which are in the list themselves: of an index only its own bytes are added, where all its parts
 * are listed. A layer that several images share counts once for each, which the metadata does not tell apart. Undefined: a size
 * is not known.
 * @param partsOf digests that an index lists
 */
export async function storedBytes(
  manifests: readonly StoredManifest[],
  partsOf: (digest: string) => Promise<readonly string[]>,
): Promise<number | undefined> {
  const sizes = new Map<string, number>();
  for (const { digest, bytes } of manifests) {
    if (bytes === undefined) return undefined;
    sizes.set(digest, bytes);
  }
  const [indexes, images] = [manifests.filter(isIndex), manifests.filter((manifest) => !isIndex(manifest))];
  const own = await mapBounded(indexes.slice(0, maxIndexes), 4, async ({ digest }) => {
    const parts = [...new Set(await partsOf(digest))].map((part) => sizes.get(part));
    if (parts.length === 0 || parts.includes(undefined)) return 0;
    const rest = (sizes.get(digest) ?? 0) - sum(parts);
    return rest > 0 && rest <= maxIndexBytes ? rest : 0;
  });
  return sum(images.map(({ digest }) => sizes.get(digest))) + sum(own);
}

function sum(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
}

const absenceCodes = new Set(['NAME_UNKNOWN', 'MANIFEST_UNKNOWN', 'TAG_UNKNOWN']);

/**
 * Whether the registry itself says that there is no such thing. A 404 without its codes comes from something else on the way,
 * such as the token endpoint or a proxy: to take it for an answer would say that nothing is there.
 */
export function isAbsence(error: unknown): boolean {
  return isAzureError(error, 'notFound') && absenceCodes.has(error.code);
}

/** The answer; undefined if there is no such thing. */
export async function ifPresent<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** DELETE with the token action `delete`; the registry answers 202. @returns false when it is not there. */
export async function deleteIfPresent(
  connection: RegistryConnection,
  repository: string,
  pathOf: (name: string) => string,
  { signal }: CallOptions = {},
): Promise<boolean> {
  const name = checkedRepository(repository);
  const request = { method: 'DELETE', path: pathOf(name), scope: `repository:${name}:delete`, signal } as const;
  return (await ifPresent(connection.send(request))) !== undefined;
}

export function metadataScope(repository: string): string {
  return `repository:${repository}:metadata_read`;
}

/** A tag fit for a path. @throws AzureError `invalid`. */
export function checkedTag(tag: string): string {
  if (!isTag(tag)) throw invalid('InvalidTag', l10n.t('"{0}" is not a tag.', shown(tag)));
  return tag;
}

/** A digest fit for a path. @throws AzureError `invalid`. */
export function checkedDigest(digest: string): string {
  if (!isDigest(digest)) throw invalid('InvalidDigest', l10n.t('"{0}" is not a digest.', shown(digest)));
  return digest;
}

export function entries(page: Record<string, unknown>, key: string): Record<string, unknown>[] {
  const list = page[key];
  return Array.isArray(list) ? list.map(record).filter((entry) => entry !== undefined) : [];
}

/** A point in time as registries write it, or undefined. */
export function time(value: unknown): string | undefined {
  const written = text(value);
  return written && written.length <= 64 && Number.isFinite(Date.parse(written)) ? written : undefined;
}

/** A word of a registry that has no grammar of its own (operating system, media type), or undefined. */
function word(value: unknown): string | undefined {
  const written = text(value);
  return written && /^[\w.+/-]{1,255}$/.test(written) ? written : undefined;
}

export function strings(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
}
