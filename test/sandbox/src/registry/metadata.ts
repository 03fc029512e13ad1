import { attributesOf, setAttributes } from './attributes.ts';
import { authorize } from './access/authorize.ts';
import { manifestUnknown, nameUnknown, tagUnknown, unsupported } from './errors.ts';
import { page } from './listings.ts';
import { isRecord, readManifest } from './manifestDocument.ts';
import { locked } from './manifests.ts';
import { isIndexType } from './mediaTypes.ts';
import { deleteManifest } from './store.ts';
import { sevenDigits } from '../times.ts';
import type { Answer, SandboxRequest } from '../core.ts';
import type { RepositoryState } from '../types.ts';
import type { RegistryContext } from './context.ts';

/** `/acr/v1/{repository}` */
export async function handleRepository(
  context: RegistryContext,
  request: SandboxRequest,
  repository: string,
): Promise<Answer> {
  const stored = authorized(context, request, repository);
  if (request.method === 'DELETE') {
    if (!attributesOf(stored, 'repository').deleteEnabled) throw locked();
    context.content.repositories.delete(repository);
    return {
      status: 202,
      json: { manifestsDeleted: [...stored.manifests.keys()], tagsDeleted: [...stored.tags.keys()] },
    };
  }
  if (request.method === 'PATCH') setAttributes(stored, 'repository', '', await readChange(request));
  return {
    status: 200,
    json: {
      ...header(context, stored),
      createdTime: sevenDigits(stored.createdAt),
      lastUpdateTime: sevenDigits(stored.updatedAt),
      manifestCount: stored.manifests.size,
      tagCount: stored.tags.size,
      changeableAttributes: attributesOf(stored, 'repository'),
    },
  };
}

/** `/acr/v1/{repository}/_tags[/{tag}]` */
export async function handleTags(
  context: RegistryContext,
  request: SandboxRequest,
  repository: string,
  tag: string | undefined,
): Promise<Answer> {
  const stored = authorized(context, request, repository);
  if (tag === undefined) {
    if (request.method !== 'GET') throw unsupported();
    const digest = request.query.get('digest');
    const names = [...stored.tags]
      .filter(([, state]) => digest === null || state.digest === digest)
      .map(([name]) => name);
    const ordered = inOrder(request, names, (name) => stored.tags.get(name)?.updatedAt ?? 0);
    const { items, headers } = page(request, ordered, (name) => name);
    return {
      status: 200,
      headers,
      json: { ...header(context, stored), tags: items.map((name) => tagJson(stored, name)) },
    };
  }
  if (!stored.tags.has(tag)) throw tagUnknown(repository, tag);
  if (request.method === 'DELETE') {
    if (!attributesOf(stored, 'tag', tag).deleteEnabled) throw locked();
    stored.tags.delete(tag);
    stored.updatedAt = context.core.clock.now();
    return { status: 202 };
  }
  if (request.method === 'PATCH') setAttributes(stored, 'tag', tag, await readChange(request));
  return { status: 200, json: { ...header(context, stored), tag: tagJson(stored, tag) } };
}

/** `/acr/v1/{repository}/_manifests[/{digest}]` */
export async function handleManifests(
  context: RegistryContext,
  request: SandboxRequest,
  repository: string,
  digest: string | undefined,
): Promise<Answer> {
  const stored = authorized(context, request, repository);
  if (digest === undefined) {
    if (request.method !== 'GET') throw unsupported();
    const ordered = inOrder(request, [...stored.manifests.keys()], (key) => stored.manifests.get(key)?.updatedAt ?? 0);
    const { items, headers } = page(request, ordered, (key) => key);
    const manifests = items.map((key) => manifestJson(stored, key, false));
    return { status: 200, headers, json: { ...header(context, stored), manifests } };
  }
  if (!stored.manifests.has(digest)) throw manifestUnknown(digest);
  if (request.method === 'DELETE') {
    if (!attributesOf(stored, 'manifest', digest).deleteEnabled) throw locked();
    deleteManifest(stored, digest, context.core.clock.now());
    return { status: 202 };
  }
  if (request.method === 'PATCH') setAttributes(stored, 'manifest', digest, await readChange(request));
  return { status: 200, json: { ...header(context, stored), manifest: manifestJson(stored, digest, true) } };
}

const actionOf: Readonly<Record<string, string>> = { GET: 'metadata_read', PATCH: 'metadata_write', DELETE: 'delete' };

function authorized(context: RegistryContext, request: SandboxRequest, repository: string): RepositoryState {
  const action = actionOf[request.method];
  if (action === undefined) throw unsupported();
  authorize(context, request, { repository, anyOf: [action] });
  const stored = context.content.repositories.get(repository);
  if (stored === undefined) throw nameUnknown();
  return stored;
}

/** Names in lexical order, or by time when `orderby` says so. */
function inOrder(request: SandboxRequest, names: string[], timeOf: (name: string) => number): string[] {
  names.sort();
  switch (request.query.get('orderby')) {
    case 'timedesc':
      return names.sort((a, b) => timeOf(b) - timeOf(a));
    case 'timeasc':
      return names.sort((a, b) => timeOf(a) - timeOf(b));
    default:
      return names;
  }
}

function header(context: RegistryContext, repository: RepositoryState): { registry: string; imageName: string } {
  return { registry: context.content.loginServer, imageName: repository.name };
}

function tagJson(repository: RepositoryState, name: string): unknown {
  const tag = repository.tags.get(name);
  return {
    name,
    digest: tag?.digest,
    createdTime: sevenDigits(tag?.createdAt ?? 0),
    lastUpdateTime: sevenDigits(tag?.updatedAt ?? 0),
    signed: false,
    changeableAttributes: attributesOf(repository, 'tag', name),
  };
}

/** Recorded: only a manifest asked for by itself has `references`, and one without tags has no `tags`. */
function manifestJson(repository: RepositoryState, digest: string, withReferences: boolean): unknown {
  const manifest = repository.manifests.get(digest);
  if (manifest === undefined) return undefined;
  const document = readManifest(manifest.bytes, manifest.mediaType);
  const tags = [...repository.tags].filter(([, tag]) => tag.digest === digest).map(([name]) => name);
  const platform = isIndexType(manifest.mediaType) ? undefined : platformOf(repository, digest);
  return {
    digest,
    imageSize: imageSize(repository, digest),
    createdTime: sevenDigits(manifest.createdAt),
    lastUpdateTime: sevenDigits(manifest.updatedAt),
    ...(platform === undefined ? {} : { architecture: platform.architecture, os: platform.os }),
    ...(withReferences && document !== undefined && document.manifests.length > 0
      ? {
          references: document.manifests.map((part) => ({
            digest: part.digest,
            ...(part.platform === undefined ? {} : { architecture: part.platform.architecture, os: part.platform.os }),
          })),
        }
      : {}),
    mediaType: manifest.mediaType,
    ...(document?.config === undefined ? {} : { configMediaType: document.config.mediaType }),
    ...(tags.length > 0 && { tags }),
    changeableAttributes: attributesOf(repository, 'manifest', digest),
  };
}

/**
 * The manifest's own bytes with its configuration and layers, or for an index with its platforms, as far as they are here. Recorded:
 * hello-world's index has 228,854,998 = 2,561 of its own + 228,852,437 of its eleven platforms (azure-sdk-for-js, list of manifests).
 */
function imageSize(repository: RepositoryState, digest: string): number {
  const manifest = repository.manifests.get(digest);
  if (manifest === undefined) return 0;
  const document = readManifest(manifest.bytes, manifest.mediaType);
  const blobs = [...(document?.config === undefined ? [] : [document.config]), ...(document?.layers ?? [])];
  const platforms = (document?.manifests ?? []).reduce((total, part) => total + imageSize(repository, part.digest), 0);
  return blobs.reduce((total, blob) => total + blob.size, manifest.bytes.length + platforms);
}

/** An image's platform, as an index of the repository names it. */
function platformOf(repository: RepositoryState, digest: string): { architecture: string; os: string } | undefined {
  for (const { bytes, mediaType } of repository.manifests.values()) {
    if (!isIndexType(mediaType)) continue;
    const platform = readManifest(bytes, mediaType)?.manifests.find((part) => part.digest === digest)?.platform;
    if (platform !== undefined) return platform;
  }
  return undefined;
}

async function readChange(request: SandboxRequest): Promise<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse((await request.body(64 * 1024)).toString('utf8'));
    return isRecord(json) ? json : {};
  } catch {
    return {};
  }
}
