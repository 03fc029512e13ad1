import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { keepNewest } from '../../common/keepNewest.ts';
import type { ExportedFile, ExportedFiles } from '../../provisioning/export/text.ts';
import type { Services } from '../services/services.ts';
import { documentScheme } from '../documents/documents.ts';
import { showDone, showWarningMessage } from '../shared/messages.ts';

/** For how many documents the files of their export are kept; the oldest go first. */
const maxDocuments = 100;

/** By the paths of their documents. */
const shownExports = new Map<string, ExportedFiles>();

/** Where these paths begin. package.json names it, too, for the button above them. */
const root = '/export';

let lenses: vscode.Disposable | undefined;

/**
 * Shows an export in a read-only document beside what is open; its modules and saving are a click away.
 * @param subject a name for the rule or registry, by which another export of it in the same language takes its place
 * @returns the address of the document
 */
export async function openExport(
  { documents }: Pick<Services, 'documents'>,
  files: ExportedFiles,
  subject: string,
): Promise<vscode.Uri> {
  lenses ??= vscode.languages.registerCodeLensProvider(
    { scheme: documentScheme, pattern: `${root}/**` },
    { provideCodeLenses: ({ uri }) => lensesOf(uri) },
  );
  const folder = `${root}/${subject.replace(/[\\/?#\u0000-\u001f]+/g, '-')}`;
  for (const { name, text } of files) {
    const address = addressOf(folder, name);
    keepNewest(shownExports, address.path, files, maxDocuments);
    documents.update(address, text);
  }
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  const isFree = !activeTab || addressIn(activeTab) !== undefined;
  const main = addressOf(folder, files[0].name);
  await vscode.window.showTextDocument(main, {
    viewColumn: isFree ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside,
    preview: true,
  });
  return main;
}

/**
 * Saves an export: a file under a name that is asked for, or several in a folder that is. Then shows what was saved.
 * @param node the address of one of its documents; else that of the active editor is taken
 * @throws Error if it is of an earlier session; what writing throws
 */
export async function saveExport(node: unknown): Promise<void> {
  const uri = node instanceof vscode.Uri ? node : vscode.window.activeTextEditor?.document.uri;
  const files = uri && filesOf(uri);
  if (!uri || !files) throw new Error(vscode.l10n.t('This document is from an earlier session. Export it again.'));
  const [main] = files;
  const saved = files.length === 1 ? await saveFile(main) : await saveFiles(files);
  if (!saved) return;
  const saves = new Set(files.map(({ name }) => beside(uri, name).path));
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => saves.has(addressIn(tab)?.path ?? ''));
  await vscode.window.showTextDocument(saved, { preview: false, viewColumn: tabs[0]?.group.viewColumn });
  await vscode.window.tabGroups.close(tabs, true);
  showDone(files.length === 1 ? vscode.l10n.t('Saved') : vscode.l10n.t('Saved {0} files', files.length));
}

/** Where it was saved; undefined if the user left. VS Code's dialog asks before it overwrites. */
async function saveFile({ name, text }: ExportedFile): Promise<vscode.Uri | undefined> {
  const at = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(proposedFolder(), name),
    title: vscode.l10n.t('Save Export'),
  });
  if (at) await write(at, text);
  return at;
}

/** Where the first of them was saved; undefined if the user left. */
async function saveFiles(files: ExportedFiles): Promise<vscode.Uri | undefined> {
  const save = vscode.l10n.t('Save {0} Files Here', files.length);
  const [at] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: proposedFolder(),
      openLabel: save,
      title: vscode.l10n.t('Folder for the {0} Exported Files', files.length),
    })) ?? [];
  if (!at) return undefined;
  const targets = files.map(({ name, text }) => ({ name, text, uri: vscode.Uri.joinPath(at, name) }));
  const existing: string[] = [];
  for (const { name, uri } of targets) if (await exists(uri)) existing.push(name);
  if (existing.length > 0 && !(await mayReplace(existing))) return undefined;
  for (const { uri, text } of targets) await write(uri, text);
  return targets[0]?.uri;
}

async function mayReplace(names: readonly string[]): Promise<boolean> {
  const replace = vscode.l10n.t('Replace');
  const question =
    names.length === 1
      ? vscode.l10n.t('The folder already has a file {0}. Replace it?', names.join())
      : vscode.l10n.t('The folder already has these files: {0}. Replace them?', names.join(', '));
  return (await showWarningMessage(question, { modal: true }, replace)) === replace;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

async function write(uri: vscode.Uri, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
}

/** In the workspace, if a folder is open. */
function proposedFolder(): vscode.Uri {
  return vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
}

/** Above an export's first line: saving it, and its other files. */
function lensesOf(uri: vscode.Uri): vscode.CodeLens[] {
  const files = filesOf(uri);
  if (!files) return [];
  const save = files.length === 1 ? vscode.l10n.t('Save…') : vscode.l10n.t('Save {0} Files…', files.length);
  const others = files.map(({ name }) => ({ name, at: beside(uri, name) })).filter(({ at }) => at.path !== uri.path);
  const commands: vscode.Command[] = [
    { title: save, command: 'acrCache.saveExport', arguments: [uri] },
    ...others.map(({ name, at }) => ({
      title: vscode.l10n.t('Open {0}', name),
      command: 'vscode.open',
      arguments: [at],
    })),
  ];
  const top = new vscode.Range(0, 0, 0, 0);
  return commands.map((command) => new vscode.CodeLens(top, command));
}

function addressOf(folder: string, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: documentScheme, path: `${folder}/${name}` });
}

/** Of the same export. */
function beside({ path }: vscode.Uri, name: string): vscode.Uri {
  return addressOf(path.slice(0, path.lastIndexOf('/')), name);
}

/** The files of the export that the document is one of. */
function filesOf({ scheme, path }: vscode.Uri): ExportedFiles | undefined {
  return scheme === documentScheme ? shownExports.get(path) : undefined;
}

/** The address of an export's document that is shown in the tab. */
function addressIn({ input }: vscode.Tab): vscode.Uri | undefined {
  if (!(input instanceof vscode.TabInputText)) return undefined;
  const { scheme, path } = input.uri;
  return scheme === documentScheme && path.startsWith(`${root}/`) ? input.uri : undefined;
}
