import * as vscode from 'vscode';
import { createPositions, distinctChanges, withUniformLines } from '../../files/text/positions.ts';
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
  /** Whether VS Code shows its preview, in which each change can be unticked. Default true. */
  readonly preview?: boolean;
}

type LabelledChange = TextChange & Pick<FileChanges, 'label' | 'description'>;

interface FileEdits {
  readonly uri: vscode.Uri;
  readonly text: string;
  readonly changes: LabelledChange[];
}

/** One edit of several files, open or not, which VS Code applies and undoes as one. One file may come more than once. */
export function createWorkspaceEdit(
  files: readonly FileChanges[],
  { preview = true }: WorkspaceEditOptions = {},
): vscode.WorkspaceEdit {
  const byFile = new Map<string, FileEdits>();
  for (const { uri, text, changes, label, description } of files) {
    const key = uri.toString();
    const file = byFile.get(key) ?? { uri, text, changes: [] };
    byFile.set(key, file);
    for (const one of changes) file.changes.push({ ...one, label, description });
  }
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, text, changes } of byFile.values()) {
    const rangeOf = rangesIn(text);
    for (const { range, text: replacement, label, description } of distinctChanges(changes)) {
      edit.replace(uri, rangeOf(range), replacement, {
        needsConfirmation: false,
        label,
        description,
      });
    }
  }
  const [first] = files;
  if (preview && first && edit.size > 0) askFirst(edit, first);
  return edit;
}

/**
 * VS Code shows its preview if any change needs confirmation, and those that do are not ticked there: with all of them, "Apply" would
 * change nothing. So one is added that asks and does nothing, the creation of a file that exists: the preview leaves it out.
 */
function askFirst(edit: vscode.WorkspaceEdit, { uri, label }: FileChanges): void {
  edit.createFile(uri, { ignoreIfExists: true }, { needsConfirmation: true, label });
}

/** Ranges of a text by offsets, as VS Code has them. */
export function rangesIn(text: string): (range: TextRange) => vscode.Range {
  const positionAt = createPositions(text);
  return ({ start, end }) => {
    const [from, to] = [positionAt(start), positionAt(end)];
    return new vscode.Range(from.line, from.character, to.line, to.character);
  };
}

/**
 * The document of a file that is still as it was looked at; VS Code then notices any change until an edit is applied. Undefined if it
 * was changed, or cannot be opened any more: it is gone, or VS Code refuses it. Never rejects.
 */
export async function openUnchanged(file: Pick<FileChanges, 'uri' | 'text'>): Promise<vscode.TextDocument | undefined> {
  const document = await openIfThere(file.uri);
  return document && withUniformLines(document.getText()) === withUniformLines(file.text) ? document : undefined;
}

/** Undefined if it cannot be opened. Never rejects. */
export async function openIfThere(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    return undefined;
  }
}

/** Opens the files, so that VS Code notices any change until an edit is applied; `changed` did so since they were read, or are gone. */
export async function onlyUnchanged<T extends { readonly file: Pick<FileChanges, 'uri' | 'text'> }>(
  files: readonly T[],
): Promise<{ readonly same: readonly T[]; readonly changed: readonly T[] }> {
  const documents = await Promise.all(files.map(({ file }) => openUnchanged(file)));
  const of = (isSame: boolean) => files.filter((_, index) => (documents[index] !== undefined) === isSame);
  return { same: of(true), changed: of(false) };
}
