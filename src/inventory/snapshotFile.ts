import { readFile, rename, stat } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { writeAtomically } from '../writeAtomically.ts';
import { maxSnapshotLength } from './snapshot.ts';
import type { SnapshotFile } from './types.ts';

/** The snapshot as a file, of which a crash leaves the old or the new text; readable by its owner only. */
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
    write: (text) => writeAtomically(path, text),
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
