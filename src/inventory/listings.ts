import type { CachedState } from './resolutionTypes.ts';

/**
 * What was seen in registries on the way of other work (the wizard, a diagnosis, a pull), in this session: for completion and
 * hovers, which ask no registry themselves. Bounded; the oldest goes first.
 */
export interface Listings {
  noteRepositories(registryId: string, repositories: readonly string[]): void;
  noteTags(registryId: string, repository: string, tags: readonly string[]): void;
  /** `reference`: a tag or a digest. */
  noteCached(registryId: string, repository: string, reference: string, state: CachedState['state']): void;
  repositories(registryId: string): readonly string[];
  tags(registryId: string, repository: string): readonly string[];
  cached(registryId: string, repository: string, reference: string): CachedState | undefined;
  onDidChange(listener: () => void): { dispose(): void };
}

export function createListings(): Listings {
  throw new Error('not written yet');
}
