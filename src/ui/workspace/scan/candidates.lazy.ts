import * as vscode from 'vscode';
import { fileKinds, kindOf } from '../../../files/kinds.ts';
import { anyOf, withoutBraces } from './globs.ts';
import { excludedByName, walk } from './walk.ts';

/** Of more files the rest is not looked at, and the scan says so. */
export const maxFiles = 20_000;

export interface Candidates {
  /** In the order of their paths. */
  readonly uris: readonly vscode.Uri[];
  /** There are more than `maxFiles`. */
  readonly isCut: boolean;
}

/**
 * The files of all folders that may name an image, by their names or by the language of an open editor. `files.exclude` and
 * `search.exclude` hold per folder, except patterns that depend on a sibling (`when`). Files that only a `.gitignore` excludes are
 * looked at: the stable API cannot ask for `search.useIgnoreFiles`. File systems of virtual workspaces that may not be searchable are
 * walked; there only those excludes hold that name a file or folder.
 */
export async function findCandidates(token: vscode.CancellationToken): Promise<Candidates> {
  const include = anyOf(fileKinds.flatMap(({ globs }) => globs ?? []));
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (include === undefined) return { uris: [], isCut: false };
  const found = await Promise.all(
    folders.map(async (folder) => {
      if (!searchable.has(folder.uri.scheme)) return walkFolder(folder, token);
      const pattern = new vscode.RelativePattern(folder, include);
      return vscode.workspace.findFiles(pattern, anyOf(excludes(folder, 'search')), maxFiles + 1, token);
    }),
  );
  // What made VS Code's list has held the host already.
  await new Promise((resolve) => setImmediate(resolve));
  const uris = inOrder([...found.flat(), ...openByLanguage()]);
  return { uris: uris.slice(0, maxFiles), isCut: uris.length > maxFiles };
}

/** Each once: folders may lie in each other. Makes nothing for each file, as there may be tens of thousands. */
function inOrder(uris: readonly vscode.Uri[]): vscode.Uri[] {
  const sorted = uris.toSorted((a, b) => compare(a.path, b.path) || compare(uriKey(a), uriKey(b)));
  return sorted.filter((uri, index) => {
    const before = sorted[index - 1];
    return before?.path !== uri.path || uriKey(before) !== uriKey(uri);
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** One for each file. Unlike `toString` it encodes nothing, which for thousands of files would hold the host. */
export function uriKey({ scheme, authority, path }: vscode.Uri): string {
  return `${scheme}://${authority}${path}`;
}

/** VS Code itself searches these, and GitHub's. For a scheme that nobody searches it would wait for ever for somebody who does. */
const searchable: ReadonlySet<string> = new Set(['file', 'vscode-remote', 'vscode-vfs']);

async function walkFolder(folder: vscode.WorkspaceFolder, token: vscode.CancellationToken): Promise<vscode.Uri[]> {
  const { Directory, SymbolicLink } = vscode.FileType;
  const uriOf = (path: string) => (path === '' ? folder.uri : vscode.Uri.joinPath(folder.uri, path));
  const paths = await walk(
    async (path) => {
      const entries = await vscode.workspace.fs.readDirectory(uriOf(path));
      return entries.flatMap(([name, type]) =>
        type & SymbolicLink ? [] : [[name, (type & Directory) !== 0] as const],
      );
    },
    {
      limit: maxFiles + 1,
      isWanted: (path) => kindOf(path, '') !== undefined,
      isExcluded: excludedByName([...excludes(folder, 'files'), ...excludes(folder, 'search')].flatMap(withoutBraces)),
      isCancelled: () => token.isCancellationRequested,
    },
  );
  return paths.map(uriOf);
}

/** With a pattern of its own, `findFiles` heeds `files.exclude` besides it, but never `search.exclude`. */
function excludes(folder: vscode.WorkspaceFolder, section: 'files' | 'search'): string[] {
  const setting = vscode.workspace.getConfiguration(section, folder).get<unknown>('exclude');
  if (typeof setting !== 'object' || setting === null) return [];
  return Object.entries(setting).flatMap(([glob, isOn]) => (isOn === true ? [glob] : []));
}

/** Open documents of a folder whose name says nothing but whose language does. */
function openByLanguage(): vscode.Uri[] {
  return vscode.workspace.textDocuments
    .filter(
      ({ uri, languageId }) =>
        vscode.workspace.getWorkspaceFolder(uri) !== undefined &&
        kindOf(uri.path, '') === undefined &&
        kindOf(uri.path, languageId) !== undefined,
    )
    .map(({ uri }) => uri);
}
