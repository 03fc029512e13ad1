/** What a folder holds: names with whether they are folders. Symbolic links are left out: they may lead round. */
export type ReadFolder = (path: string) => Promise<readonly (readonly [name: string, isFolder: boolean])[]>;

export interface WalkOptions {
  /** Of the files that are given, and of the folders that are read. */
  readonly limit: number;
  /** Paths relative to the root, with `/`. */
  readonly isWanted: (path: string) => boolean;
  readonly isExcluded: (path: string, name: string) => boolean;
  readonly isCancelled: () => boolean;
}

/** Files below a folder, folder by folder. A folder that cannot be read is passed over. */
export async function walk(read: ReadFolder, options: WalkOptions): Promise<readonly string[]> {
  const { limit, isWanted, isExcluded, isCancelled } = options;
  const files: string[] = [];
  const folders = [''];
  for (let folder = 0; folder < folders.length && folder < limit; folder++) {
    const below = folders[folder] ?? '';
    const entries = await read(below).catch(() => []);
    for (const [name, isFolder] of entries) {
      if (files.length >= limit || isCancelled()) return files;
      const path = below === '' ? name : `${below}/${name}`;
      if (isExcluded(path, name)) continue;
      if (isFolder) folders.push(path);
      else if (isWanted(path)) files.push(path);
    }
  }
  return files;
}

/**
 * Whether globs of `files.exclude` exclude a path, as far as they name a file or folder, at its place or anywhere, with or without
 * what is below. VS Code has no function for all of them.
 */
export function excludedByName(globs: readonly string[]): (path: string, name: string) => boolean {
  const plain = globs.map((glob) => glob.replace(/\/\*\*$/, ''));
  const names = new Set(plain.filter((glob) => glob.startsWith('**/')).map((glob) => glob.slice(3)));
  const paths = new Set(plain);
  return (path, name) => names.has(name) || paths.has(path);
}
