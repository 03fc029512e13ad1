import * as vscode from 'vscode';
import { mapBounded } from '../../../common/mapBounded.ts';
import type { FoundReference, TextFile } from '../../../files/types.ts';
import type { Services } from '../../services/services.ts';
import { withProgress } from '../../shared/messages.ts';
import { needsEnvironment, variablesOf } from '../../shared/composeEnvironment.lazy.ts';
import { indexedResolver, isReference } from '../../services/indexedResolver.ts';
import { findCandidates, maxFiles, uriKey } from './candidates.lazy.ts';
import { createReader, unreadInWords } from './readFile.lazy.ts';

/** A file of the workspace with the references in it. */
export interface ScannedFile {
  readonly uri: vscode.Uri;
  /** As a person knows it: relative to the workspace, with `/`. */
  readonly path: string;
  /** As it was read: of the open document if there is one. */
  readonly text: string;
  readonly references: readonly FoundReference[];
}

export interface WorkspaceScan {
  /** Only files in which something was found. */
  readonly files: readonly ScannedFile[];
  readonly filesRead: number;
  /** What could not be looked at, or not all of what is below it, and why, in words. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

export interface ScanOptions {
  readonly token?: vscode.CancellationToken;
  readonly onProgress?: (done: number, total: number) => void;
  /** A file that is looked at too, wherever it is. */
  readonly besides?: vscode.Uri;
}

export type ScanServices = Pick<Services, 'inventory' | 'observations' | 'reader'>;

/** Files that are read from disk, or wait for the reader, at a time. */
const atOnce = 16;
/** Progress is told no more often, in milliseconds. */
const progressInterval = 100;

/**
 * Looks for image references in all files of the workspace; texts that only look like references count where their host is known now.
 * Asks no registry, and never holds the extension host for long.
 * @returns what was found until then if the token fires: look at it before using the result
 */
export async function scanWorkspace(services: ScanServices, options: ScanOptions = {}): Promise<WorkspaceScan> {
  const { besides, token = new vscode.CancellationTokenSource().token } = options;
  const { uris, isCut } = await findCandidates(token);
  const isFound = !besides || uris.some((uri) => uriKey(uri) === uriKey(besides));
  const scan = await scanFiles(services, isFound ? uris : [...uris, besides], options);
  if (!isCut) return scan;
  const reason = vscode.l10n.t('Only the first {0} files of the workspace were scanned.', maxFiles);
  const cut = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => ({ path: pathOf(uri), reason }));
  return { ...scan, skipped: [...scan.skipped, ...cut] };
}

/** The same for files that are named, in their order. */
export async function scanFiles(
  services: ScanServices,
  uris: readonly vscode.Uri[],
  { token, onProgress }: ScanOptions = {},
): Promise<WorkspaceScan> {
  const { resolver } = await indexedResolver(services);
  const read = createReader();
  const environments = new Map<string, Promise<TextFile['environment']>>();
  const skipped: { path: string; reason: string }[] = [];
  const isWanted = () => token?.isCancellationRequested !== true;
  let [filesRead, done, told] = [0, 0, 0];

  function environmentBeside(uri: vscode.Uri): Promise<TextFile['environment']> {
    const beside = vscode.Uri.joinPath(uri, '..', '.env');
    const key = beside.toString();
    const known =
      environments.get(key) ?? read(beside).then((file) => ('text' in file ? variablesOf(file.text) : undefined));
    environments.set(key, known);
    return known;
  }

  async function look(uri: vscode.Uri): Promise<ScannedFile | undefined> {
    const file = await read(uri);
    if ('skipped' in file) return void skipped.push({ path: pathOf(uri), reason: file.skipped });
    const needs = needsEnvironment(uri.path, file.languageId, file.text);
    const environment = needs ? await environmentBeside(uri) : undefined;
    const found = await services.reader.read({ path: uri.path, ...file, environment }, isWanted);
    if ('unread' in found) return void skipped.push({ path: pathOf(uri), reason: unreadInWords(found) });
    filesRead++;
    const references = found.references.filter((one) => isReference(one, resolver));
    return references.length > 0 ? { uri, path: pathOf(uri), text: file.text, references } : undefined;
  }

  const looked = await mapBounded(uris, atOnce, async (uri) => {
    const file = isWanted() ? await look(uri) : undefined;
    done++;
    if (performance.now() >= told + progressInterval || done === uris.length) {
      told = performance.now();
      onProgress?.(done, uris.length);
    }
    return file;
  });
  return { files: looked.filter((file) => file !== undefined), filesRead, skipped };
}

function pathOf(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri);
}

/** Looks at files with progress that can be cancelled. Undefined if it was. */
export async function whileScanning<T>(
  title: string,
  look: (options: ScanOptions) => Promise<T>,
): Promise<T | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
  return withProgress(options, async (progress, token) => {
    let shown = 0;
    const onProgress = (done: number, total: number): void => {
      const percent = Math.floor((100 * done) / Math.max(1, total));
      if (percent === shown) return;
      progress.report({ message: vscode.l10n.t('{0} of {1} files', done, total), increment: percent - shown });
      shown = percent;
    };
    const result = await look({ token, onProgress });
    return token.isCancellationRequested ? undefined : result;
  });
}
