import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { maxFileLength } from '../../files/kinds.ts';
import { uriKey } from './candidates.lazy.ts';

/** A file's text, as its document has it or would have it; or why it is not looked at, in words. */
export type ReadFile = { readonly text: string; readonly languageId?: string } | { readonly skipped: string };

/** UTF-8 needs at most so many bytes for one UTF-16 unit; other encodings need fewer. */
const maxBytesPerUnit = 3;

/**
 * Reads files for one scan. An open document's text wins over the disk. What is not on this machine's disk is read through VS
 * Code's file systems, so that virtual workspaces work; its settings for encodings hold. Never rejects.
 */
export function createReader(): (uri: vscode.Uri) => Promise<ReadFile> {
  const open = new Map(vscode.workspace.textDocuments.map((document) => [uriKey(document.uri), document]));
  return async (uri) => {
    const document = open.get(uriKey(uri));
    if (document && !document.isClosed) return checked(document.getText(), document.languageId);
    try {
      const { size, isFile, read } = uri.scheme === 'file' ? await onDisk(uri) : await elsewhere(uri);
      // A pipe would never end.
      if (!isFile) return { skipped: vscode.l10n.t('It is not a file.') };
      return size > maxFileLength * maxBytesPerUnit ? tooLong() : await decoded(await read(), uri);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { skipped: vscode.l10n.t('It could not be read: {0}', reason) };
    }
  };
}

interface Source {
  /** In bytes. */
  readonly size: number;
  readonly isFile: boolean;
  readonly read: () => Promise<Uint8Array>;
}

/** Without VS Code between, whose file systems ask the window once for each call: thousands of files would take twice as long. */
async function onDisk({ fsPath }: vscode.Uri): Promise<Source> {
  const found = await stat(fsPath);
  return { size: found.size, isFile: found.isFile(), read: () => readFile(fsPath) };
}

async function elsewhere(uri: vscode.Uri): Promise<Source> {
  const { fs } = vscode.workspace;
  const { size, type } = await fs.stat(uri);
  return { size, isFile: (type & vscode.FileType.File) !== 0, read: async () => fs.readFile(uri) };
}

async function decoded(bytes: Uint8Array, uri: vscode.Uri): Promise<ReadFile> {
  if (bytes.length > maxFileLength * maxBytesPerUnit) return tooLong();
  if (isPlainAscii(bytes)) return checked(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));
  let text: string;
  try {
    text = await vscode.workspace.decode(bytes, { uri });
  } catch {
    return { skipped: vscode.l10n.t('It is binary.') };
  }
  return checked(text.startsWith('\uFEFF') ? text.slice(1) : text);
}

/** Without control characters but tabs and line ends: the same in every encoding that is likely, and not worth asking VS Code. */
function isPlainAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte >= 127 || (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13)) return false;
  }
  return true;
}

function checked(text: string, languageId?: string): ReadFile {
  if (text.length > maxFileLength) return tooLong();
  return { text, ...(languageId !== undefined && { languageId }) };
}

function tooLong(): ReadFile {
  return { skipped: vscode.l10n.t('It is longer than {0} characters.', maxFileLength) };
}
