import { constants } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import * as vscode from 'vscode';
import { readBounded, type BoundedBytes } from '../../common/readBounded.ts';

/** A file's bytes, or why it is not read. */
export type BoundedRead = BoundedBytes | { readonly unread: 'linkOutside' };

/**
 * Reads files of the workspace, whoever wrote them: never more than `maxBytes`, whatever length a file says it has (those of `/proc`
 * say 0), only regular files, and none that a link leads to outside of the opened folders (of the file's own folder, if it is in
 * none of them). What is not on this machine's disk is read through VS Code's file systems, so that virtual workspaces work.
 * @throws Error if there is no such file, or it cannot be read
 */
export function createBoundedReader(): (uri: vscode.Uri, maxBytes: number) => Promise<BoundedRead> {
  const roots = new Map<string, Promise<string>>();

  /** Without VS Code between, whose file systems ask the window once for each call: thousands of files would take twice as long. */
  async function onDisk({ fsPath }: vscode.Uri, maxBytes: number): Promise<BoundedRead> {
    const path = await realpath(fsPath);
    if (!(await isInside(path, fsPath))) return { unread: 'linkOutside' };
    // A link that takes the file's place now is refused by the flag.
    return readBounded(path, maxBytes, constants.O_NOFOLLOW);
  }

  async function isInside(path: string, asNamed: string): Promise<boolean> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
    const isNamedInside = folders.some(({ uri }) => isBelow(asNamed, uri.fsPath));
    const allowed = isNamedInside ? folders.map(({ uri }) => uri.fsPath) : [dirname(asNamed)];
    for (const folder of allowed) {
      const root = roots.get(folder) ?? realpath(folder);
      roots.set(folder, root);
      if (isBelow(path, await root.catch(() => folder))) return true;
    }
    return false;
  }

  return (uri, maxBytes) => (uri.scheme === 'file' ? onDisk(uri, maxBytes) : elsewhere(uri, maxBytes));
}

/** A remote machine's disk has links too, and VS Code does not say where they lead. */
async function elsewhere(uri: vscode.Uri, maxBytes: number): Promise<BoundedRead> {
  const { size, type } = await vscode.workspace.fs.stat(uri);
  if ((type & vscode.FileType.File) === 0) return { unread: 'notFile' };
  if ((type & vscode.FileType.SymbolicLink) !== 0) return { unread: 'linkOutside' };
  if (size > maxBytes) return { unread: 'tooLong' };
  const bytes = await vscode.workspace.fs.readFile(uri);
  return bytes.length > maxBytes ? { unread: 'tooLong' } : { bytes };
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
