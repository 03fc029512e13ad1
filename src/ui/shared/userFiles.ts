import * as vscode from 'vscode';

/** Where files are, without a folder being open. */
const schemes: ReadonlySet<string> = new Set(['file', 'vscode-remote', 'vscode-vfs', 'untitled']);

/**
 * Whether it is a file that somebody may edit: not the old side of a comparison, a notebook's cell, output, or a document of ours.
 * Folders of virtual workspaces have schemes of their own.
 */
export function isUserFile({ scheme }: vscode.Uri): boolean {
  return schemes.has(scheme) || vscode.workspace.workspaceFolders?.some(({ uri }) => uri.scheme === scheme) === true;
}
