import * as vscode from 'vscode';
import { kindOf, kindPatterns } from '../../files/kinds.ts';
import { anyOf } from './globs.ts';

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
 * looked at: the stable API cannot ask for `search.useIgnoreFiles`.
 */
export async function findCandidates(token: vscode.CancellationToken): Promise<Candidates> {
  const include = anyOf(kindPatterns.flatMap(({ globs }) => globs));
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (include === undefined) return { uris: [], isCut: false };
  const found = await Promise.all(
    folders.map((folder) =>
      vscode.workspace.findFiles(
        new vscode.RelativePattern(folder, include),
        anyOf(searchExcludes(folder)),
        maxFiles + 1,
        token,
      ),
    ),
  );
  const byKey = new Map<string, vscode.Uri>();
  for (const uri of [...found.flat(), ...openByLanguage()]) byKey.set(uri.toString(), uri);
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, uri]) => uri);
  return { uris: sorted.slice(0, maxFiles), isCut: sorted.length > maxFiles };
}

/** With a pattern of its own, `findFiles` heeds `files.exclude` besides it, but never `search.exclude`. */
function searchExcludes(folder: vscode.WorkspaceFolder): string[] {
  const setting = vscode.workspace.getConfiguration('search', folder).get<unknown>('exclude');
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
