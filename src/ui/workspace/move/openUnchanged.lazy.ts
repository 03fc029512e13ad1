import * as vscode from 'vscode';
import { withUniformLines } from './moveEdits.lazy.ts';

/**
 * The document of a file that is still as it was looked at; VS Code then notices any change until an edit is applied. Undefined if it
 * was changed, or cannot be opened any more: it is gone, or VS Code refuses it. Never rejects.
 */
export async function openUnchanged(file: {
  readonly uri: vscode.Uri;
  readonly text: string;
}): Promise<vscode.TextDocument | undefined> {
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
