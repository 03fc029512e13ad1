import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SnapshotFile } from '../../inventory/types.ts';

/** A larger file is not ours: 1,000 registries with their rules need about 2 MB. */
const maxSize = 50_000_000;

/** The snapshot as a file on disk; its folder is made when first written. */
export function createSnapshotFile(path: string): SnapshotFile {
  return {
    async read() {
      try {
        if ((await stat(path)).size > maxSize) return undefined;
        return await readFile(path, 'utf8');
      } catch {
        return undefined; // none yet, or not readable: the tree starts empty
      }
    },
    async write(text) {
      await mkdir(dirname(path), { recursive: true });
      // Windows may write at the same time: each has its own temporary file, and the last rename wins whole.
      const temporary = `${path}.${process.pid}.tmp`;
      await writeFile(temporary, text, { encoding: 'utf8', mode: 0o600 });
      await rename(temporary, path);
    },
  };
}
