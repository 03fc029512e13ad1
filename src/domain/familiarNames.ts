import type { ImageReference } from './types.ts';

const dockerHub = 'docker.io';

/** Other names by which Docker Hub is reached: its API's host, and the old index's. */
const dockerHubHosts = new Set(['index.docker.io', 'registry-1.docker.io']);

/** The host by which a registry is known: lower case, one name for Docker Hub. */
export function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  return dockerHubHosts.has(lower) ? dockerHub : lower;
}

/**
 * What Docker, podman and containerd read a familiar name as: without host it is of `docker.io`, and there a name of one segment
 * lies under `library/`. `ubuntu` is `docker.io/library/ubuntu`.
 */
export function withDefaults(image: ImageReference): ImageReference & { readonly host: string } {
  const host = image.host === undefined ? dockerHub : canonicalHost(image.host);
  const isOfficial = host === dockerHub && !image.repository.includes('/');
  return { ...image, host, repository: isOfficial ? `library/${image.repository}` : image.repository };
}

/** How a repository's path breaks Docker Hub's order: official images, and they alone, have `library/` and one more segment. */
export function libraryProblem(host: string, repository: string): 'libraryMissing' | 'libraryTooMuch' | undefined {
  if (canonicalHost(host) !== dockerHub) return undefined;
  if (!repository.includes('/')) return 'libraryMissing';
  return repository.startsWith('library/') && repository.indexOf('/', 8) >= 0 ? 'libraryTooMuch' : undefined;
}
