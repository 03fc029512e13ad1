import { digestOf } from './digest.ts';
import type { RegistryContext } from './context.ts';
import type { RegistryContentState, RepositoryState } from '../types.ts';

/** The repository of that name, made if it is not there. Times in sandbox-clock ms. */
export function repositoryFor(content: RegistryContentState, name: string, now: number): RepositoryState {
  let repository = content.repositories.get(name);
  if (repository === undefined) {
    repository = {
      name,
      createdAt: now,
      updatedAt: now,
      tags: new Map(),
      manifests: new Map(),
      blobDigests: new Set(),
    };
    content.repositories.set(name, repository);
  }
  return repository;
}

/** Whether a repository may serve a blob: one that its manifests brought, or that was pushed ahead of its manifest. */
export function findBlob(context: RegistryContext, repository: string, digest: string): Uint8Array | undefined {
  const known =
    context.content.repositories.get(repository)?.blobDigests.has(digest) === true ||
    context.looseBlobs.get(repository)?.has(digest) === true;
  return known ? context.content.blobs.get(digest) : undefined;
}

/** Stores a pushed blob. The repository comes to exist with its first manifest. */
export function putLooseBlob(context: RegistryContext, repository: string, digest: string, bytes: Uint8Array): void {
  if (!context.content.blobs.has(digest)) context.content.blobs.set(digest, bytes);
  const loose = context.looseBlobs.get(repository) ?? new Set<string>();
  loose.add(digest);
  context.looseBlobs.set(repository, loose);
}

/** The repository that a manifest is pushed to, with the blobs pushed ahead. */
export function claimRepository(context: RegistryContext, name: string): RepositoryState {
  const repository = repositoryFor(context.content, name, context.core.clock.now());
  for (const digest of context.looseBlobs.get(name) ?? []) repository.blobDigests.add(digest);
  context.looseBlobs.delete(name);
  return repository;
}

/** Stores a blob and lets the repository serve it. Returns its digest. */
export function putBlob(
  content: RegistryContentState,
  repository: RepositoryState,
  bytes: Uint8Array,
  digest = digestOf(bytes),
): string {
  if (!content.blobs.has(digest)) content.blobs.set(digest, bytes);
  repository.blobDigests.add(digest);
  return digest;
}

/** Stores a manifest; one that is there keeps its time of creation. */
export function putManifest(
  repository: RepositoryState,
  digest: string,
  mediaType: string,
  bytes: Uint8Array,
  now: number,
): void {
  const createdAt = repository.manifests.get(digest)?.createdAt ?? now;
  repository.manifests.set(digest, { mediaType, bytes, createdAt, updatedAt: now });
  repository.updatedAt = Math.max(repository.updatedAt, now);
}

/** Points a tag at a manifest. */
export function tagManifest(repository: RepositoryState, tag: string, digest: string, now: number): void {
  const createdAt = repository.tags.get(tag)?.createdAt ?? now;
  repository.tags.set(tag, { digest, createdAt, updatedAt: now });
  repository.updatedAt = Math.max(repository.updatedAt, now);
}

/** Removes a manifest and the tags on it. False when it is not there. */
export function deleteManifest(repository: RepositoryState, digest: string, now: number): boolean {
  if (!repository.manifests.delete(digest)) return false;
  for (const [tag, state] of repository.tags) if (state.digest === digest) repository.tags.delete(tag);
  repository.updatedAt = now;
  return true;
}

/** The digest a tag or digest stands for, if the manifest is stored here. */
export function resolveReference(repository: RepositoryState | undefined, reference: string): string | undefined {
  if (repository === undefined) return undefined;
  const digest = reference.includes(':') ? reference : repository.tags.get(reference)?.digest;
  return digest !== undefined && repository.manifests.has(digest) ? digest : undefined;
}
