import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { FileReader } from './files/worker/fileReader.ts';
import { createInventory } from './inventory/inventory.ts';
import { createObservations } from './inventory/observations.ts';
import { createAccount } from './ui/account/account.ts';
import { registerChatTools } from './ui/chat/register.ts';
import { contributedCommands, registerCommands } from './ui/commands/register.ts';
import { registerEditor } from './ui/editor/register.ts';
import { createConnection } from './ui/services/connection.ts';
import { createServices } from './ui/services/createServices.ts';
import { createLog } from './ui/services/log.ts';
import type { Services } from './ui/services/services.ts';
import { createReadOnlyDocuments } from './ui/documents/documents.ts';
import { quietly } from './ui/shared/quietly.ts';
import { createSnapshotFile } from './inventory/snapshotFile.ts';
import type { TreeModel } from './ui/tree/treeModel.ts';
import { createRegistriesView } from './ui/tree/registriesView.ts';

/** Milliseconds after activation at which is looked for what an earlier session left behind: after the first paint. */
const resumeDelay = 1500;

/** What the tests inside a real VS Code reach in by. No interface for other extensions. */
export interface TestHook {
  readonly services: Services;
  readonly model: TreeModel;
}

/** Writes what is due of the snapshot; set by `activate`. */
let close: (() => Promise<void>) | undefined;

/** Wires the parts. Nothing here waits, and nothing asks Azure before the view is visible or a command needs it. */
export function activate(context: vscode.ExtensionContext): TestHook | undefined {
  // First: VS Code may wait for the text of an editor that it brings back, which is what has activated this.
  const documents = createReadOnlyDocuments(async (report, isOpen) => {
    const [{ restoreReport }] = await Promise.all([import('./ui/commands/reports.lazy.ts'), restored]);
    return restoreReport(services, report, isOpen);
  });
  // Below ui/ texts come from @vscode/l10n, which is given VS Code's translations.
  if (vscode.l10n.bundle) l10n.config({ contents: vscode.l10n.bundle });

  const root = context.globalStorageUri;
  const storage = {
    snapshot: vscode.Uri.joinPath(root, 'inventory.json'),
    journal: vscode.Uri.joinPath(root, 'journal'),
  };
  const log = createLog(vscode.l10n.t('ACR Artifact Cache'));
  const inventory = createInventory({
    snapshot: createSnapshotFile(storage.snapshot.fsPath),
    log: (line) => log.warn(line),
  });
  close = () => inventory.dispose();
  const restored = inventory.restore();
  const account = createAccount(log, context.workspaceState);
  const connection = createConnection(account, inventory, log, restored);
  const azure = () => quietly(() => services.azure());
  const tree = createRegistriesView({ inventory, connection, azure }, storage.journal.fsPath);
  const reader = createReader(vscode.Uri.joinPath(context.extensionUri, 'dist', 'fileReader.js'), log);
  const services: Services = createServices({
    inventory,
    observations: createObservations(),
    reader,
    account,
    connection,
    tree,
    log,
    documents,
    storage,
    extensionId: context.extension.id,
    memento: context.globalState,
  });
  context.subscriptions.push(
    log,
    account,
    connection,
    tree,
    documents,
    reader,
    registerCommands(services, contributedCommands(context.extension.packageJSON)),
    registerEditor(services),
    registerChatTools(services),
    openLinks(services),
  );

  const timer = setTimeout(() => {
    import('./ui/changes/offerResume.lazy.ts')
      .then(({ offerResume }) => offerResume(services))
      .catch((error: unknown) => log.error(`Looking for a setup to resume: ${String(error)}`));
    import('./ui/verify/clientLogin.ts')
      .then(({ removeLeftLogins }) => removeLeftLogins())
      .catch((error: unknown) => log.error(`Removing logins that were left behind: ${String(error)}`));
  }, resumeDelay);
  context.subscriptions.push({ dispose: () => clearTimeout(timer) });
  return context.extensionMode === vscode.ExtensionMode.Test ? { services, model: tree.model } : undefined;
}

/** Its code is loaded with the first file. */
function createReader(thread: vscode.Uri, log: vscode.LogOutputChannel): FileReader {
  let made: Promise<FileReader> | undefined;
  const readHere = async () => (await import('./files/worker/readFindings.ts')).readFindings;
  const onNoThread = (reason: string) => log.warn(`Files are read without a thread: ${reason}`);
  const make = async () =>
    (await import('./files/worker/fileReader.ts')).createFileReader({ thread: thread.fsPath, readHere, onNoThread });
  return {
    read: async (file, isWanted) => (await (made ??= make())).read(file, isWanted),
    dispose: () => void made?.then((reader) => reader.dispose()),
  };
}

function openLinks(services: Services): vscode.Disposable {
  return vscode.window.registerUriHandler({
    async handleUri(uri) {
      const { openLink } = await import('./ui/reports/openLink.lazy.ts');
      await openLink(services, uri);
    },
  });
}

/** VS Code waits for this, unlike for what is disposed of. */
export function deactivate(): Promise<void> | undefined {
  return close?.();
}
