import { parseEnv } from 'node:util';
import * as vscode from 'vscode';
import { kindOf } from '../../files/kinds.ts';
import { createBoundedReader } from './boundedRead.ts';

/** Longer files are not read, in bytes: they hold no variables of a compose project. */
const maxLength = 100_000;

/** Folders that are remembered; the oldest goes first. */
const maxFolders = 20;

/** What compose's `.env` says. */
export interface Environments {
  /** Of the folder that `file` is in; undefined: there is none, or it cannot be read. As it is in the editor, if it is open. */
  beside(file: vscode.Uri): Promise<ReadonlyMap<string, string> | undefined>;
  /** Tells the folder whose `.env` changed. */
  readonly onDidChange: vscode.Event<vscode.Uri>;
  dispose(): void;
}

interface Kept {
  readonly variables: Promise<ReadonlyMap<string, string> | undefined>;
  readonly watcher: vscode.Disposable;
}

/** Whether compose's `.env` may count for a file: it is one of compose, or may turn out to be, and has variables. */
export function needsEnvironment(path: string, languageId: string | undefined, text: string): boolean {
  const kind = kindOf(path, languageId);
  return (kind === 'compose' || kind === 'yaml') && text.includes('$');
}

/** What the text of a `.env` says; undefined if it is too long to be one. */
export function variablesOf(text: string): ReadonlyMap<string, string> | undefined {
  if (text.length > maxLength) return undefined;
  return new Map(
    Object.entries(parseEnv(text)).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** What is read is kept until it changes. */
export function createEnvironments(): Environments {
  const readBounded = createBoundedReader();
  const kept = new Map<string, Kept>();
  const changed = new vscode.EventEmitter<vscode.Uri>();

  function forget(folder: vscode.Uri): void {
    const key = folder.toString();
    kept.get(key)?.watcher.dispose();
    if (kept.delete(key)) changed.fire(folder);
  }

  /** Not every file system is watched: what the editor saves or changes is told by the editor. */
  const noteDocument = ({ uri }: vscode.TextDocument): void => {
    if (uri.path.endsWith('/.env')) forget(folderOf(uri));
  };
  const listeners = [
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) noteDocument(document);
    }),
    vscode.workspace.onDidSaveTextDocument(noteDocument),
    vscode.workspace.onDidCloseTextDocument(noteDocument),
  ];

  return {
    onDidChange: changed.event,
    beside(file) {
      if (file.scheme === 'untitled') return Promise.resolve(undefined);
      const folder = folderOf(file);
      const key = folder.toString();
      const known = kept.get(key);
      if (known) return known.variables;
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '.env'));
      const again = () => forget(folder);
      watcher.onDidChange(again);
      watcher.onDidCreate(again);
      watcher.onDidDelete(again);
      const variables = readVariables(vscode.Uri.joinPath(folder, '.env'), readBounded);
      kept.set(key, { variables, watcher });
      for (const [oldest, { watcher: theirs }] of kept) {
        if (kept.size <= maxFolders) break;
        theirs.dispose();
        kept.delete(oldest);
      }
      return variables;
    },
    dispose() {
      for (const { watcher } of kept.values()) watcher.dispose();
      for (const listener of listeners) listener.dispose();
      changed.dispose();
      kept.clear();
    },
  };
}

async function readVariables(
  uri: vscode.Uri,
  readBounded: ReturnType<typeof createBoundedReader>,
): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    const key = uri.toString();
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === key);
    if (open) return variablesOf(open.getText());
    const read = await readBounded(uri, maxLength);
    return 'bytes' in read ? variablesOf(new TextDecoder().decode(read.bytes)) : undefined;
  } catch {
    // There is none, which is usual.
    return undefined;
  }
}

function folderOf(file: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(file, '..');
}
