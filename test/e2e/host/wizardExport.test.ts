import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { exportRegistry } from '../../../src/provisioning/export/exportScript.ts';
import { linkOfRule } from '../../../src/provisioning/link/linkOfRule.ts';
import type { CacheLink, ExportLanguage } from '../../../src/provisioning/types.ts';
import { connected, until } from './support/extensionUnderTest.ts';
import type { HostTests } from './support/hostTest.ts';

/** Runs after the wizard's tests, whose rules are exported. */
export const tests: HostTests = {
  'a rule is exported in each language, as an untitled document': async () => {
    const { link, ruleId } = await firstRule();
    for (const [language, ids] of documentLanguages) {
      const document = await exported({ kind: 'rule', ruleId }, language);
      assert.equal(document.isUntitled, true);
      assert.ok(ids.includes(document.languageId), `${language} is shown as ${document.languageId}`);
      assert.equal(document.getText().replaceAll('\r\n', '\n'), exportRegistry([link], language));
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
  },

  'a registry is exported with all its rules': async () => {
    const { registryId, count } = await firstRule();
    const document = await exported({ kind: 'registry', registryId }, 'bicep');
    const rules = document.getText().match(/^resource cacheRule\d* /gm) ?? [];
    assert.equal(rules.length, count);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
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
  const before = vscode.window.activeTextEditor?.document;
  const running = vscode.commands.executeCommand('acrCache.exportSetUp', node);
  let ended = false;
  void Promise.resolve(running).finally(() => (ended = true));
  await until('the export has ended', async () => {
    if (!ended) await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return ended;
  });
  const document = vscode.window.activeTextEditor?.document;
  assert.ok(document && document !== before, 'no document was opened');
  return document;
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
