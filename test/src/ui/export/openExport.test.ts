import { expect, it, vi } from 'vitest';
import { EventEmitter, l10n, Uri } from '../vscodeDouble.ts';
import type { ExportedFiles } from '../../../../src/provisioning/export/text.ts';

const written = new Map<string, string>();
vi.mock('vscode', () => ({
  l10n,
  Uri,
  EventEmitter,
  ViewColumn: { Active: -1, Beside: -2 },
  TabInputText: Uri,
  languages: { registerCodeLensProvider: () => ({ dispose() {} }) },
  window: {
    tabGroups: { activeTabGroup: {}, all: [], close: () => Promise.resolve(true) },
    showTextDocument: () => Promise.resolve(),
    showSaveDialog: ({ defaultUri }: { readonly defaultUri: Uri }) => Promise.resolve(defaultUri),
    setStatusBarMessage: () => undefined,
  },
  workspace: {
    workspaceFolders: [{ uri: new Uri('file', '/folder') }],
    fs: {
      writeFile: ({ path }: Uri, bytes: Uint8Array) => {
        written.set(path, new TextDecoder().decode(bytes));
        return Promise.resolve();
      },
    },
  },
}));
const { openExport, saveExport } = await import('../../../../src/ui/export/openExport.lazy.ts');

it('what is saved is what the document shows, also after another export of the same name', async () => {
  const shown: { readonly uri: Uri; readonly text: string }[] = [];
  const documents = { update: (uri: Uri, text: string) => shown.push({ uri, text }) };
  const open = (files: ExportedFiles, subject: string) => openExport({ documents } as never, files, subject);
  await open([{ name: 'cache.sh', text: 'bash of one' }], 'one app');
  await open([{ name: 'azuredeploy.json', text: 'arm of one' }], 'one app');
  await open([{ name: 'cache.sh', text: 'bash of two' }], 'two app');
  for (const { uri, text } of shown) {
    written.clear();
    await saveExport(uri);
    expect([...written]).toEqual([[`/folder/${uri.path.split('/').at(-1)}`, text]]);
  }
});
