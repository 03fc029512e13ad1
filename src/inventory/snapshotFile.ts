import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as l10n from '@vscode/l10n';
import { maxSnapshotLength } from './snapshot.ts';
import type { SnapshotFile } from './types.ts';

/**
 * The snapshot as a file. It is written beside its place, flushed and renamed, so that a crash leaves the old or the new text,
 * never half of one. Readable by its owner only.
 */
export function createSnapshotFile(path: string): SnapshotFile {
  async function setAside(): Promise<void> {
    try {
      await rename(path, `${path}.unreadable`);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  return {
    setAside,
    async read() {
      try {
        const { size } = await stat(path);
        // UTF-8 needs at most 4 bytes for what counts as one or two characters.
        if (size > maxSnapshotLength * 4) {
          await setAside();
          throw new Error(l10n.t('It has {0} bytes, more than a snapshot can have.', size));
        }
        return await readFile(path, 'utf8');
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async write(text) {
      await mkdir(dirname(path), { recursive: true });
      // Several windows may write at the same time: each has its own temporary file, and the last rename wins whole.
      const temporary = `${path}.${process.pid}.tmp`;
      try {
        const file = await open(temporary, 'w', 0o600);
        try {
          await file.writeFile(text, 'utf8');
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined); // the first error says more
        throw error;
      }
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
