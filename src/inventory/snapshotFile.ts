import { rename, stat } from 'node:fs/promises';
import * as l10n from '@vscode/l10n';
import { readBoundedText } from '../common/readBounded.ts';
import { hasCode } from '../common/systemErrors.ts';
import { maxSnapshotLength } from './snapshot.ts';
import type { SnapshotFile } from './types.ts';

/** The snapshot as a file, of which a crash leaves the old or the new text; readable by its owner only. */
export function createSnapshotFile(path: string): SnapshotFile {
  async function setAside(): Promise<void> {
    try {
      await rename(path, `${path}.unreadable`);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }

  return {
    setAside,
    async read() {
      try {
        // UTF-8 needs at most 4 bytes for what counts as one or two characters.
        const text = await readBoundedText(path, maxSnapshotLength * 4);
        if (text !== undefined) return text;
        await setAside();
        throw new Error(l10n.t('It is longer than a snapshot can be, or is not a file.'));
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined;
        throw error;
      }
    },
    async stamp() {
      const info = await stat(path).catch(() => undefined);
      return info && [info.ino, info.mtimeMs, info.size].join(' ');
    },
    async write(text) {
      const { writeAtomically } = await import('../common/writeAtomically.ts');
      await writeAtomically(path, text);
    },
  };
}
