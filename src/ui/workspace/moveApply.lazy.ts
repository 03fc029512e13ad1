import * as vscode from 'vscode';
import type { Registry } from '../../domain/types.ts';
import { createWorkspaceEdit } from './edits.lazy.ts';
import { appliedChanges, type FileMoves, type Move, withUniformLines } from './moveEdits.lazy.ts';
import type { WorkspaceFile } from './moveScan.lazy.ts';

/** What became of the changes. */
export interface AppliedMoves {
  readonly changed: readonly Move<WorkspaceFile>[];
  readonly declined: readonly Move<WorkspaceFile>[];
  readonly outdated: readonly Move<WorkspaceFile>[];
  readonly saved: boolean;
}

/**
 * Makes the changes in one edit behind VS Code's preview, where each can be left out. As after every refactoring, VS Code saves
 * the files if there are several and its setting `files.refactoring.autoSave` is on; else they are left open and unsaved. A file that
 * is not any more as it was looked at is left alone.
 */
export async function applyMoves(
  files: readonly FileMoves<WorkspaceFile>[],
  downstream: Registry,
): Promise<AppliedMoves> {
  const opened = await Promise.all(
    files.map(async (one) => ({ ...one, document: await vscode.workspace.openTextDocument(one.file.uri) })),
  );
  const isCurrent = ({ file, document }: (typeof opened)[number]): boolean =>
    withUniformLines(document.getText()) === withUniformLines(file.text);
  const current = opened.filter(isCurrent);
  const outdated = opened.filter((one) => !isCurrent(one)).flatMap(({ moves }) => moves);
  if (current.length === 0) return { changed: [], declined: [], outdated, saved: true };
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
  const moves = current.flatMap((one) => outcomesOf(one, one.document.getText()));
  const of = (isChanged: boolean): Move<WorkspaceFile>[] =>
    moves.filter((one) => one.isChanged === isChanged).map(({ move }) => move);
  return {
    changed: of(true),
    declined: of(false),
    outdated,
    saved: current.every(({ document }) => !document.isDirty),
  };
}

/** Which moves a file has seen, told by its text: the preview does not say what was left out. */
function outcomesOf(
  { file, moves, changes }: FileMoves<WorkspaceFile>,
  text: string,
): { move: Move<WorkspaceFile>; isChanged: boolean }[] {
  const applied = appliedChanges(file.text, text, changes);
  const made = new Set(changes.filter((_, index) => applied?.[index]).map(({ range }) => range.start));
  return moves.map((move) => ({ move, isChanged: move.changes.every(({ range }) => made.has(range.start)) }));
}
