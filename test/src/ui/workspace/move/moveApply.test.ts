import { beforeEach, describe, expect, it, vi } from 'vitest';
import { literalPiece, readReference } from '../../../../../src/files/text/pieces.ts';
import type { TextChange } from '../../../../../src/files/types.ts';
import type { Resolution } from '../../../../../src/inventory/resolutionTypes.ts';
import type { FileMoves } from '../../../../../src/ui/workspace/move/moveEdits.lazy.ts';
import { scannedFile } from '../scannedFile.ts';
import { Uri, l10n } from '../../vscodeDouble.ts';
import { registry } from '../../../../samples.ts';

/** Texts by path; a document that was closed keeps the text it had. */
const disk = new Map<string, string>();
/** What the user makes of the edit. */
let applyEdit: () => boolean = () => true;
let closesDocuments = false;

vi.mock('vscode', () => ({
  l10n,
  Uri,
  Range: Object,
  WorkspaceEdit: class {
    readonly size = 1;
    replace() {}
    createFile() {}
  },
  workspace: {
    openTextDocument: async (uri: Uri) => {
      const path = uri.path.slice(1);
      const text = disk.get(path);
      if (text === undefined) throw new Error(`cannot open ${path}`);
      const opened = closesDocuments;
      return {
        isDirty: false,
        get isClosed() {
          return opened && disk.get(path) !== text;
        },
        getText: () => (opened ? text : (disk.get(path) ?? '')),
      };
    },
    applyEdit: async () => applyEdit(),
  },
}));
const { applyMoves } = await import('../../../../../src/ui/workspace/move/moveApply.lazy.ts');

const before = 'registry: upstream.example\nrepository: app\n';

/** A reference in two places, as Helm has it. */
function fileOf(path: string): FileMoves {
  disk.set(path, before);
  const range = { start: before.indexOf('app'), end: before.indexOf('app') + 3 };
  const found = readReference(before, [literalPiece(before, range)], { usage: 'image' });
  if (!found) throw new Error('no reference');
  const changes: TextChange[] = [
    { range: { start: 10, end: 26 }, text: 'downstream.example' },
    { range, text: 'cached/app' },
  ];
  const file = scannedFile(path, before, [found]);
  const resolution: Resolution = {
    verdict: 'bypassed',
    image: { host: 'upstream.example', repository: 'app' },
    cachedBy: [],
  };
  const target = { host: 'downstream.example', repository: 'cached/app' };
  return { file, changes, moves: [{ file, found, resolution, target, changes }] };
}

const after = before.replace('upstream', 'downstream').replace(': app', ': cached/app');

beforeEach(() => {
  disk.clear();
  closesDocuments = false;
});

/** Paths by what became of them. */
async function outcome(files: readonly FileMoves[]): Promise<Record<string, string[]>> {
  const { moves } = await applyMoves(files, registry('downstream'));
  const byOutcome = Map.groupBy(moves, (move) => move.outcome);
  return Object.fromEntries([...byOutcome].map(([name, some]) => [name, some.map(({ file }) => file.path)]));
}

describe('applyMoves', () => {
  it('goes on without a file that cannot be opened any more', async () => {
    const files = [fileOf('gone'), fileOf('there')];
    disk.delete('gone');
    applyEdit = () => Boolean(disk.set('there', after));
    expect(await outcome(files)).toEqual({ changed: ['there'], outdated: ['gone'] });
  });

  it('makes no edit if all files are gone', async () => {
    const files = [fileOf('gone')];
    disk.clear();
    applyEdit = () => {
      throw new Error('nothing to apply');
    };
    expect(await outcome(files)).toEqual({ outdated: ['gone'] });
  });

  it('tells what was applied, what was left out, and what only in part', async () => {
    applyEdit = () => {
      disk.set('all', after);
      disk.set('half', before.replace('upstream', 'downstream'));
      return true;
    };
    expect(await outcome([fileOf('all'), fileOf('half'), fileOf('none')])).toEqual({
      changed: ['all'],
      partly: ['half'],
      declined: ['none'],
    });
  });

  it('does not know of a file that was edited while the preview was open, or is gone by then', async () => {
    closesDocuments = true;
    applyEdit = () => {
      disk.set('edited', `# new\n${before}`);
      disk.delete('removed');
      return false;
    };
    expect(await outcome([fileOf('edited'), fileOf('removed')])).toEqual({ unclear: ['edited', 'removed'] });
  });

  it('looks at the text as it is now where VS Code has closed the document meanwhile', async () => {
    closesDocuments = true;
    applyEdit = () => Boolean(disk.set('a', after));
    expect(await outcome([fileOf('a')])).toEqual({ changed: ['a'] });
  });
});
