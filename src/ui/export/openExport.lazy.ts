import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { keepNewest } from '../../common/keepNewest.ts';
import type { ExportedFile, ExportedFiles } from '../../provisioning/export/text.ts';
import type { Services } from '../services/services.ts';
import { documentScheme } from '../documents/documents.ts';
import { showDone, showWarningMessage } from '../shared/messages.ts';

/** Of how many exports the files are kept; the oldest go first. */
const maxExports = 20;

/** By the folder of their documents' addresses. package.json names it, too, for the button above them. */
const shownExports = new Map<string, ExportedFiles>();
const root = '/export';

let lenses: vscode.Disposable | undefined;

/**
 * Shows an export in a read-only document beside what is open; its modules and saving are a click away.
 * @param subject a rule's or registry's name, by which another export of it takes its place
 */
export async function openExport(
  { documents }: Pick<Services, 'documents'>,
  files: ExportedFiles,
  subject: string,
): Promise<void> {
  lenses ??= vscode.languages.registerCodeLensProvider(
    { scheme: documentScheme, pattern: `${root}/**` },
    { provideCodeLenses: ({ uri }) => lensesOf(uri) },
  );
  const folder = `${root}/${subject.replace(/[\\/?#\u0000-\u001f]+/g, '-')}`;
  keepNewest(shownExports, folder, files, maxExports);
  for (const { name, text } of files) documents.update(addressOf(folder, name), text);
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  const isFree = !activeTab || isExport(activeTab);
  await vscode.window.showTextDocument(addressOf(folder, files[0].name), {
    viewColumn: isFree ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside,
    preview: true,
  });
}

/**
 * Saves an export: a file under a name that is asked for, or several in a folder that is. Then shows what was saved.
 * @param node the address of one of its documents; else that of the active editor is taken
 * @throws Error if it is of an earlier session; what writing throws
 */
export async function saveExport(node: unknown): Promise<void> {
  const uri = node instanceof vscode.Uri ? node : vscode.window.activeTextEditor?.document.uri;
  const folder = uri && folderOf(uri);
  const files = folder === undefined ? undefined : shownExports.get(folder);
  if (!files) throw new Error(vscode.l10n.t('This document is from an earlier session. Export it again.'));
  const [main] = files;
  const saved = files.length === 1 ? await saveFile(main) : await saveFiles(files);
  if (!saved) return;
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => isExport(tab, folder));
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
  const folder = folderOf(uri);
  const files = folder === undefined ? undefined : shownExports.get(folder);
  if (!files || folder === undefined) return [];
  const save = files.length === 1 ? vscode.l10n.t('Save…') : vscode.l10n.t('Save {0} Files…', files.length);
  const others = files
    .map(({ name }) => ({ name, at: addressOf(folder, name) }))
    .filter(({ at }) => at.path !== uri.path);
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

/** The folder of an export's document; undefined for any other. */
function folderOf({ scheme, path }: vscode.Uri): string | undefined {
  const folder = path.slice(0, path.lastIndexOf('/'));
  return scheme === documentScheme && folder.startsWith(`${root}/`) ? folder : undefined;
}

function isExport({ input }: vscode.Tab, folder?: string): boolean {
  const found = input instanceof vscode.TabInputText ? folderOf(input.uri) : undefined;
  return found !== undefined && (folder === undefined || found === folder);
}
