import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { exportRegistry } from '../../../src/provisioning/export/exportScript.ts';
import { linkOfRule } from '../../../src/provisioning/link/linkOfRule.ts';
import type { CacheLink, ExportLanguage } from '../../../src/provisioning/types.ts';
import { connected, until } from './support/extensionUnderTest.ts';
import type { HostTests } from './support/hostTest.ts';

/** Runs after the wizard's tests, whose rules are exported. */
export const tests: HostTests = {
  'a rule is exported in each language, as a read-only document': async () => {
    const { link, ruleId } = await firstRule();
    for (const [language, ids] of documentLanguages) {
      const document = await exported({ kind: 'rule', ruleId }, language);
      assert.deepEqual([document.uri.scheme, document.isDirty], ['acr-cache', false]);
      assert.ok(ids.includes(document.languageId), `${language} is shown as ${document.languageId}`);
      const [main] = exportRegistry([link], language);
      assert.equal(document.getText().replaceAll('\r\n', '\n'), main.text);
      assert.ok(document.uri.path.endsWith(`/${main.name}`), document.uri.path);
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    }
  },

  'one file is saved where the dialog says': async () => {
    const { link, ruleId } = await firstRule();
    await exported({ kind: 'rule', ruleId }, 'terraform');
    await inFolder(async (folder) => {
      const saved = join(folder, 'cache.tf');
      const proposed: (string | undefined)[] = [];
      await answering(
        {
          showSaveDialog: (options: vscode.SaveDialogOptions) => {
            proposed.push(options.defaultUri?.path.split('/').at(-1));
            return Promise.resolve(vscode.Uri.file(saved));
          },
        },
        () => vscode.commands.executeCommand('acrCache.saveExport'),
      );
      assert.deepEqual(proposed, ['main.tf']);
      assert.equal(readFileSync(saved, 'utf8'), exportRegistry([link], 'terraform')[0].text);
      assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, saved);
    });
  },

  'several files are saved in a folder, and replaced only when that was confirmed': async () => {
    const { link, ruleId } = await firstRule();
    const files = exportRegistry([link], 'bicep');
    assert.ok(files.length > 1);
    await inFolder(async (folder) => {
      const asked: string[] = [];
      const dialogs = (answer: string | undefined) => ({
        showOpenDialog: () => Promise.resolve([vscode.Uri.file(folder)]),
        showWarningMessage: (question: string) => {
          asked.push(question);
          return Promise.resolve(answer);
        },
      });
      const save = async (answer?: string) => {
        const { uri } = await exported({ kind: 'rule', ruleId }, 'bicep');
        await answering(dialogs(answer), () => vscode.commands.executeCommand('acrCache.saveExport', uri));
      };
      const [main] = files;
      await save();
      for (const { name, text } of files) assert.equal(readFileSync(join(folder, name), 'utf8'), text);
      assert.equal(asked.length, 0);
      await vscode.workspace.fs.writeFile(vscode.Uri.file(join(folder, main.name)), new TextEncoder().encode('mine'));
      await save();
      assert.deepEqual([asked.length, readFileSync(join(folder, main.name), 'utf8')], [1, 'mine']);
      await save('Replace');
      assert.deepEqual([asked.length, readFileSync(join(folder, main.name), 'utf8')], [2, main.text]);
    });
  },

  'a registry is exported with all its rules': async () => {
    const { registryId, count } = await firstRule();
    const document = await exported({ kind: 'registry', registryId }, 'bicep');
    const rules = document.getText().match(/^resource cacheRule\d* /gm) ?? [];
    assert.equal(rules.length, count);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
    );
    assert.equal(lenses[0]?.command?.command, 'acrCache.saveExport');
    assert.ok(lenses.length > 1, 'its modules cannot be opened');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.commands.executeCommand('notifications.clearAll');
  },
};

const documentLanguages: readonly (readonly [ExportLanguage, readonly string[]])[] = [
  ['bash', ['shellscript']],
  ['powershell', ['powershell']],
  ['bicep', ['bicep', 'plaintext']],
  ['arm', ['arm-template', 'json']],
  ['terraform', ['terraform', 'hcl', 'plaintext']],
];

/** Runs the command and chooses the language, which the memento puts first. */
async function exported(node: unknown, language: ExportLanguage): Promise<vscode.TextDocument> {
  const { services } = await connected();
  await services.memento.update('exportLanguage', language);
  const running = vscode.commands.executeCommand('acrCache.exportSetUp', node);
  let ended = false;
  void Promise.resolve(running).finally(() => (ended = true));
  await until('the export has ended', async () => {
    if (!ended) await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return ended;
  });
  const shown = () => vscode.window.activeTextEditor?.document;
  await until('the document is shown', () => shown()?.uri.scheme === 'acr-cache');
  const document = shown();
  assert.ok(document);
  return document;
}

/** Answers dialogs in the place of VS Code. */
async function answering(dialogs: object, run: () => Thenable<unknown>): Promise<void> {
  const original = Object.fromEntries(
    Object.keys(dialogs).map((name) => [name, Reflect.get(vscode.window, name) as unknown]),
  );
  Object.assign(vscode.window, dialogs);
  try {
    await run();
  } finally {
    Object.assign(vscode.window, original);
  }
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'export-'));
  try {
    await run(folder);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function firstRule(): Promise<{ link: CacheLink; ruleId: string; registryId: string; count: number }> {
  const { services } = await connected();
  const azure = await services.azure();
  for (const { registry } of services.inventory.state.registries.values()) {
    const rules = await azure.cacheRules.list(registry.id);
    const links = await Promise.all(rules.map((rule) => linkOfRule(azure, rule)));
    const link = links.find((one) => one.ok);
    const index = links.findIndex((one) => one.ok);
    const rule = rules[index];
    if (!link || !rule) continue;
    const count = links.filter((one) => one.ok).length;
    return { link: link.link, ruleId: rule.id, registryId: registry.id, count };
  }
  assert.fail('no registry has a rule to export');
}
