import * as vscode from 'vscode';
import { createPositions, distinctChanges } from '../../files/positions.ts';
import type { TextChange, TextRange } from '../../files/types.ts';

/** Changes of one file, by offsets of `text`, which is the file as it was looked at. */
export interface FileChanges {
  readonly uri: vscode.Uri;
  readonly text: string;
  readonly changes: readonly TextChange[];
  /** What the preview groups by. */
  readonly label: string;
  readonly description?: string;
}

export interface WorkspaceEditOptions {
  /** Whether VS Code shows its preview, where each change can be left out. Default true. */
  readonly needsConfirmation?: boolean;
}

type LabelledChange = TextChange & Pick<FileChanges, 'label' | 'description'>;

/** One edit of several files, open or not, which VS Code applies and undoes as one. One file may come more than once. */
export function createWorkspaceEdit(
  files: readonly FileChanges[],
  { needsConfirmation = true }: WorkspaceEditOptions = {},
): vscode.WorkspaceEdit {
  const byFile = new Map<
    string,
    { readonly uri: vscode.Uri; readonly text: string; readonly changes: LabelledChange[] }
  >();
  for (const { uri, text, changes, label, description } of files) {
    const key = uri.toString();
    const file = byFile.get(key) ?? { uri, text, changes: [] };
    byFile.set(key, file);
    for (const change of changes)
      file.changes.push({ ...change, label, ...(description !== undefined && { description }) });
  }
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, text, changes } of byFile.values()) {
    const rangeOf = rangesIn(text);
    for (const { range, text: replacement, label, description } of distinctChanges(changes)) {
      edit.replace(uri, rangeOf(range), replacement, {
        needsConfirmation,
        label,
        ...(description !== undefined && { description }),
      });
    }
  }
  return edit;
}

/** Ranges of a text by offsets, as VS Code has them. */
export function rangesIn(text: string): (range: TextRange) => vscode.Range {
  const positionAt = createPositions(text);
  return ({ start, end }) => {
    const [from, to] = [positionAt(start), positionAt(end)];
    return new vscode.Range(from.line, from.character, to.line, to.character);
  };
}
