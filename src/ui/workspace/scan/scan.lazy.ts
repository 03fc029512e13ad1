import * as vscode from 'vscode';
import { workAhead } from '../../../files/text/ahead.ts';
import { scanFiles } from '../../../files/scan.ts';
import type { TextFile } from '../../../files/types.ts';
import { needsEnvironment, variablesOf } from '../../shared/composeEnvironment.lazy.ts';
import { indexedResolver } from '../../services/indexedResolver.ts';
import type { Services } from '../../services/services.ts';
import { findCandidates, maxFiles } from '../move/candidates.lazy.ts';
import { createReader } from './readFile.lazy.ts';
import type { ScannedFile, ScanOptions, WorkspaceScan } from '../types.ts';

/** Files that are being read while one is looked at. */
const readAhead = 16;
/** Progress is told no more often, in milliseconds. */
const progressInterval = 100;

interface WorkspaceFile extends TextFile {
  readonly uri: vscode.Uri;
}

/**
 * Looks for image references and definitions of cache rules in all files of the workspace; texts that only look like references
 * count where their host is known now. Asks no registry, and never holds the extension host for long.
 * @returns what was found until then if the token fires: look at it before using the result
 */
export async function scanWorkspace(
  services: Pick<Services, 'inventory' | 'listings'>,
  { token = new vscode.CancellationTokenSource().token, onProgress }: ScanOptions = {},
): Promise<WorkspaceScan> {
  const { uris, isCut } = await findCandidates(token);
  const read = createReader();
  const environments = new Map<string, Promise<TextFile['environment']>>();
  const skipped: { uri: vscode.Uri; reason: string }[] = [];
  const files: ScannedFile[] = [];
  const { resolver } = await indexedResolver(services);

  function environmentBeside(uri: vscode.Uri): Promise<TextFile['environment']> {
    const beside = vscode.Uri.joinPath(uri, '..', '.env');
    const key = beside.toString();
    const known =
      environments.get(key) ?? read(beside).then((file) => ('text' in file ? variablesOf(file.text) : undefined));
    environments.set(key, known);
    return known;
  }

  async function readOne(uri: vscode.Uri): Promise<WorkspaceFile | undefined> {
    if (token.isCancellationRequested) return undefined;
    const file = await read(uri);
    if ('skipped' in file) {
      skipped.push({ uri, reason: file.skipped });
      return undefined;
    }
    const needs = needsEnvironment(uri.path, file.languageId, file.text);
    const environment = needs ? await environmentBeside(uri) : undefined;
    return { uri, path: uri.path, ...file, ...(environment && { environment }) };
  }

  async function* texts(): AsyncGenerator<WorkspaceFile> {
    let done = 0;
    let told = 0;
    for await (const file of workAhead(uris, readAhead, readOne)) {
      if (file) yield file;
      done++;
      if (performance.now() < told + progressInterval && done < uris.length) continue;
      told = performance.now();
      onProgress?.(done, uris.length);
    }
  }

  const filesRead = await scanFiles(
    texts(),
    ({ file, references, ruleFile }) => {
      const certain = references.filter(
        ({ certain, image }) => certain || (image.host !== undefined && resolver.knowsHost(image.host)),
      );
      const { rules, articleScopes } = ruleFile;
      if (certain.length + rules.length + articleScopes.length === 0) return;
      files.push({ uri: file.uri, text: file.text, references: certain, ruleFile });
    },
    () => token.isCancellationRequested,
  );
  if (isCut) {
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
      skipped.push({
        uri,
        reason: vscode.l10n.t('Only the first {0} files of the workspace were looked at.', maxFiles),
      });
    }
  }
  return { files, filesRead, skipped };
}
