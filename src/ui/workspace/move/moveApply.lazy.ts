import * as vscode from 'vscode';
import type { Registry } from '../../../domain/types.ts';
import { createWorkspaceEdit, openIfThere, openUnchanged } from '../edits.lazy.ts';
import { appliedChanges, type FileMoves, type Move } from './moveEdits.lazy.ts';

/** What became of the changes. */
export interface AppliedMoves extends Readonly<Record<Outcome | 'outdated', readonly Move[]>> {
  readonly saved: boolean;
}

/** Of an edit that was made. `partly`: only some of a move's changes; `unclear`: the text was changed otherwise too. */
type Outcome = 'changed' | 'partly' | 'declined' | 'unclear';

/**
 * Makes the changes in one edit behind VS Code's preview, where each can be left out. As after every refactoring, VS Code saves
 * the files if there are several and its setting `files.refactoring.autoSave` is on; else they are left open and unsaved. A file that
 * is not any more as it was looked at, or is gone, is left alone.
 */
export async function applyMoves(files: readonly FileMoves[], downstream: Registry): Promise<AppliedMoves> {
  const opened = await Promise.all(files.map(async (one) => ({ ...one, document: await openUnchanged(one.file) })));
  const current = opened.flatMap((one) => (one.document ? [{ ...one, document: one.document }] : []));
  const outdated = opened.filter(({ document }) => !document).flatMap(({ moves }) => moves);
  if (current.length === 0) {
    return { changed: [], partly: [], declined: [], unclear: [], outdated, saved: true };
  }
  const edit = createWorkspaceEdit(
    current.flatMap(({ file, moves }) =>
      moves.map(({ changes, target }) => ({
        uri: file.uri,
        text: file.text,
        changes,
        label: vscode.l10n.t('Pull through {0}', downstream.name),
        description: `${target.host}/${target.repository}`,
      })),
    ),
  );
  await vscode.workspace.applyEdit(edit, { isRefactoring: true });
  // VS Code closes what no editor shows; such a document does not see the edit.
  const now = await Promise.all(
    current.map(async (one) => ({
      ...one,
      document: one.document.isClosed ? await openIfThere(one.file.uri) : one.document,
    })),
  );
  const moves = now.flatMap((one) => outcomesOf(one, one.document?.getText()));
  const of = (outcome: Outcome): Move[] => moves.filter((one) => one.outcome === outcome).map(({ move }) => move);
  return {
    changed: of('changed'),
    partly: of('partly'),
    declined: of('declined'),
    unclear: of('unclear'),
    outdated,
    saved: now.every(({ document }) => !document?.isDirty),
  };
}

/** Which moves a file has seen, told by its text: the preview does not say what was left out. */
function outcomesOf({ file, moves, changes }: FileMoves, text: string | undefined): { move: Move; outcome: Outcome }[] {
  const applied = text === undefined ? undefined : appliedChanges(file.text, text, changes);
  if (!applied) return moves.map((move) => ({ move, outcome: 'unclear' }));
  const made = new Set(changes.filter((_, index) => applied[index]).map(({ range }) => range.start));
  return moves.map((move) => {
    const count = move.changes.filter(({ range }) => made.has(range.start)).length;
    return { move, outcome: count === move.changes.length ? 'changed' : count > 0 ? 'partly' : 'declined' };
  });
}
