import * as vscode from 'vscode';
import type { Registry } from '../../../domain/types.ts';
import { createWorkspaceEdit, openIfThere, openUnchanged } from '../edits.lazy.ts';
import { appliedChanges, type FileMoves, type Move } from './moveEdits.lazy.ts';

/** What became of a move. */
export type Outcome =
  | 'changed'
  /** Some of its places in the file, not all: the others were left out in the preview. */
  | 'partly'
  /** In the preview, or all of them by discarding it. */
  | 'declined'
  /** The file was changed by somebody else before the edit, or could not be opened any more. */
  | 'outdated'
  /** The file was changed otherwise too while the preview was open or as it was saved, so nobody knows. */
  | 'unclear';

export interface AppliedMove extends Move {
  readonly outcome: Outcome;
}

export interface AppliedMoves {
  readonly moves: readonly AppliedMove[];
  /** Whether VS Code has saved what it changed. */
  readonly saved: boolean;
}

/**
 * Makes the changes in one edit behind VS Code's preview, where each can be left out. As after every refactoring, VS Code saves
 * the files if there are several and its setting `files.refactoring.autoSave` is on; else they are left open and unsaved. A file that
 * is not any more as it was looked at, or is gone, is left alone.
 */
export async function applyMoves(files: readonly FileMoves[], downstream: Registry): Promise<AppliedMoves> {
  const opened = await Promise.all(files.map(async (one) => ({ ...one, document: await openUnchanged(one.file) })));
  const current = opened.flatMap((one) => (one.document ? [{ ...one, document: one.document }] : []));
  const outdated = opened
    .filter(({ document }) => !document)
    .flatMap(({ moves }) => moves.map((move) => ({ ...move, outcome: 'outdated' as const })));
  if (current.length === 0) return { moves: outdated, saved: true };
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
  return {
    moves: [...now.flatMap((one) => outcomesOf(one, one.document?.getText())), ...outdated],
    saved: now.every(({ document }) => !document?.isDirty),
  };
}

/** Which moves a file has seen, told by its text: the preview does not say what was left out. */
function outcomesOf({ file, moves, changes }: FileMoves, text: string | undefined): AppliedMove[] {
  const applied = text === undefined ? undefined : appliedChanges(file.text, text, changes);
  if (!applied) return moves.map((move) => ({ ...move, outcome: 'unclear' }));
  const made = new Set(changes.filter((_, index) => applied[index]).map(({ range }) => range.start));
  return moves.map((move) => {
    const count = move.changes.filter(({ range }) => made.has(range.start)).length;
    return { ...move, outcome: count === move.changes.length ? 'changed' : count > 0 ? 'partly' : 'declined' };
  });
}
