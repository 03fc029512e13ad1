import type { Azure, RegistryContent } from '../../azure/azure.ts';
import { isAzureError } from '../../azure/errors.ts';
import type { Registry } from '../../domain/types.ts';
import type { Observations } from '../../inventory/observations.ts';

/** Manifests of one repository that are noted, each with its tags. */
const maxManifests = 200;

/**
 * The same Azure, which notes on the way what is seen in registries: every wizard, proof, diagnosis and document reads through it,
 * so none of them has to think of it. Asks nothing by itself.
 * @param isCurrent whether the same accounts are signed in as when it was made
 */
export function recordingAzure(azure: Azure, observations: Observations, isCurrent: () => boolean = () => true): Azure {
  const notes = notesOf(observations, isCurrent);
  const opened = new WeakMap<RegistryContent, RegistryContent>();
  return {
    ...azure,
    registry(registry) {
      const content = azure.registry(registry);
      let noted = opened.get(content);
      if (!noted) opened.set(content, (noted = notedContent(registry, content, notes)));
      return noted;
    },
  };
}

type Notes = Pick<Observations, 'noteRepositories' | 'noteTags' | 'noteCached' | 'forgetCached' | 'tags'>;

/** An answer that comes when somebody else is signed in, who may see less, is not noted any more. */
function notesOf(observations: Observations, isCurrent: () => boolean): Notes {
  const ifCurrent =
    <T extends readonly unknown[]>(note: (...told: T) => void) =>
    (...told: T): void => {
      if (isCurrent()) note(...told);
    };
  return {
    noteRepositories: ifCurrent((...told) => observations.noteRepositories(...told)),
    noteTags: ifCurrent((...told) => observations.noteTags(...told)),
    noteCached: ifCurrent((...told) => observations.noteCached(...told)),
    forgetCached: ifCurrent((...told) => observations.forgetCached(...told)),
    tags: (registryId, repository) => observations.tags(registryId, repository),
  };
}

function notedContent({ id }: Registry, content: RegistryContent, observations: Notes): RegistryContent {
  /** A manifest that the registry served or refused. */
  async function seen<T extends { readonly fromUpstream: boolean }>(
    repository: string,
    reference: string,
    reading: Promise<T>,
  ): Promise<T> {
    try {
      const manifest = await reading;
      observations.noteCached(id, repository, reference, manifest.fromUpstream ? 'proxied' : 'cached');
      return manifest;
    } catch (error) {
      if (isAzureError(error, 'notFound')) observations.noteCached(id, repository, reference, 'absent');
      throw error;
    }
  }

  async function forgetting(repository: string, deleting: Promise<boolean>): Promise<boolean> {
    try {
      return await deleting;
    } finally {
      observations.forgetCached(id, repository);
    }
  }

  return {
    ...content,
    async repositories(options) {
      const repositories = await content.repositories(options);
      observations.noteRepositories(id, repositories);
      return repositories;
    },
    async tags(repository, options) {
      const tags = await content.tags(repository, options);
      const isCut = options?.limit !== undefined && tags.length >= options.limit;
      // A longer list is not given up for the beginning of it.
      if (!isCut || tags.length >= observations.tags(id, repository).length)
        observations.noteTags(
          id,
          repository,
          tags.map(({ name }) => name),
        );
      return tags;
    },
    async storedManifests(repository, options) {
      const stored = await content.storedManifests(repository, options);
      for (const { digest, tags } of stored.slice(0, maxManifests)) {
        for (const reference of [digest, ...tags]) observations.noteCached(id, repository, reference, 'cached');
      }
      return stored;
    },
    headManifest: (repository, reference, options) =>
      seen(repository, reference, content.headManifest(repository, reference, options)),
    getManifest: (repository, reference, options) =>
      seen(repository, reference, content.getManifest(repository, reference, options)),
    deleteTag: (repository, tag, options) => forgetting(repository, content.deleteTag(repository, tag, options)),
    deleteManifest: (repository, digest, options) =>
      forgetting(repository, content.deleteManifest(repository, digest, options)),
    deleteRepository: (repository, options) => forgetting(repository, content.deleteRepository(repository, options)),
  };
}
