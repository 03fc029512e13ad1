import * as vscode from 'vscode';
import { asError } from '../../../common/asError.ts';
import { maxFileLength } from '../../../files/kinds.ts';
import type { Unread } from '../../../files/worker/readFindings.ts';
import { createBoundedReader } from '../../shared/boundedRead.ts';
import { uriKey } from './candidates.lazy.ts';

/** A file's text, as its document has it or would have it; or why it is not looked at, in words. */
export type ReadFile = { readonly text: string; readonly languageId?: string } | { readonly skipped: string };

/** UTF-8 needs at most three bytes for one UTF-16 unit; other encodings need fewer. */
const maxBytes = maxFileLength * 3;

/** Reads files for one scan. An open document's text wins over the disk; VS Code's settings for encodings hold. Never rejects. */
export function createReader(): (uri: vscode.Uri) => Promise<ReadFile> {
  const readBounded = createBoundedReader();
  const open = new Map(vscode.workspace.textDocuments.map((document) => [uriKey(document.uri), document]));
  return async (uri) => {
    const document = open.get(uriKey(uri));
    if (document && !document.isClosed) return { text: document.getText(), languageId: document.languageId };
    try {
      const read = await readBounded(uri, maxBytes);
      if ('bytes' in read) return await decoded(read.bytes, uri);
      switch (read.unread) {
        case 'notFile':
          return { skipped: vscode.l10n.t('Not a file.') };
        case 'linkOutside':
          return { skipped: vscode.l10n.t('A link to a file outside the open folders.') };
        case 'tooLong':
          return { skipped: unreadInWords({ unread: 'tooLong', limit: maxFileLength }) };
      }
    } catch (error) {
      const reason = asError(error).message;
      return { skipped: vscode.l10n.t('Could not be read: {0}', reason) };
    }
  };
}

async function decoded(bytes: Uint8Array, uri: vscode.Uri): Promise<ReadFile> {
  if (isPlainAscii(bytes))
    return { text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1') };
  let text: string;
  try {
    text = await vscode.workspace.decode(bytes, { uri });
  } catch {
    return { skipped: vscode.l10n.t('A binary file.') };
  }
  return { text: text.startsWith('\uFEFF') ? text.slice(1) : text };
}

/** Without control characters but tabs and line ends: the same in every encoding that is likely, and not worth asking VS Code. */
function isPlainAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) {
    if (byte >= 127 || (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13)) return false;
  }
  return true;
}

/** Why a file was left out. */
export function unreadInWords(unread: Unread): string {
  switch (unread.unread) {
    case 'tooLong':
      return vscode.l10n.t('Longer than {0} characters.', unread.limit);
    case 'tooHard':
      return vscode.l10n.t('Scanning it took too long.');
    case 'unwanted':
      return vscode.l10n.t('Scanning was cancelled.');
  }
}
