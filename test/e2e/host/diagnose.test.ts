import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { judgeRule, verdictLine } from '../../../src/domain/ruleVerdict.ts';
import { commandTable } from '../../../src/ui/commands/table.lazy.ts';
import { withoutCommandLinks } from '../../../src/common/markdown.ts';
import { reportOf, reportUri } from '../../../src/ui/shared/reports.ts';
import { connected, row, until } from './support/extensionUnderTest.ts';
import { setUpRule } from './support/sampleRules.ts';
import { extensionId, type HostTests } from './support/hostTest.ts';
import { withInputs } from './support/inputs.ts';

const ruleName = 'host-diagnose-rule';
const identityName = 'host-diagnose-identity';

/** A rule whose identity may read its source, made once. */
function ruleToDiagnose() {
  return setUpRule(identityName, {
    ruleName,
    source: { kind: 'repository', repository: 'base/go' },
    target: { kind: 'repository', repository: 'diagnosed/go' },
  });
}

/** Another one of the same registry. */
function otherRule() {
  return setUpRule(identityName, {
    ruleName: 'host-diagnose-other',
    source: { kind: 'repository', repository: 'base/node' },
    target: { kind: 'repository', repository: 'diagnosed/node' },
  });
}

export const tests: HostTests = {
  'every command of package.json does something, and there is no other': () => {
    const { contributes } = vscode.extensions.getExtension(extensionId)?.packageJSON as {
      contributes: { commands: { command: string }[] };
    };
    const contributed = contributes.commands.map(({ command }) => command).sort();
    assert.deepEqual(Object.keys(commandTable()).sort(), contributed);
  },

  'the address of a report says what it is about; other addresses say nothing': async () => {
    const { ruleId, downstream } = await ruleToDiagnose();
    assert.deepEqual(reportOf(reportUri('rule', ruleId)), { kind: 'rule', subject: { ruleId: ruleId.toLowerCase() } });
    assert.deepEqual(reportOf(reportUri('diagnosis', downstream.id)), {
      kind: 'diagnosis',
      subject: { registryId: downstream.id.toLowerCase() },
    });
    assert.equal(reportUri('rule', ruleId).path, `/myregistry/${ruleName}.md`);
    for (const hostile of [
      vscode.Uri.from({ scheme: 'acr-cache-rule', path: '/a.md', query: downstream.id }),
      vscode.Uri.from({ scheme: 'acr-cache-rule', path: '/a.md', query: `${ruleId}/../../x` }),
      vscode.Uri.from({ scheme: 'acr-cache-diagnosis', path: '/a.md', query: 'nonsense' }),
      vscode.Uri.from({ scheme: 'file', path: '/a.md', query: ruleId }),
      { scheme: 'acr-cache-rule', query: ruleId },
    ])
      assert.equal(reportOf(hostile), undefined, JSON.stringify(hostile));
  },

  'a rule has one document: at once what is known, then all of it; read-only, refreshed in place': async () => {
    const { services, ruleId, upstream } = await ruleToDiagnose();
    const uri = reportUri('rule', ruleId);
    const opening = vscode.commands.executeCommand('acrCache.openRule', { ruleId });
    await until('the document has a text', () => services.documents.textOf(uri) !== undefined);
    assert.match(services.documents.textOf(uri) ?? '', new RegExp(ruleName));
    await opening;
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.ok(tab?.input instanceof vscode.TabInputCustom, 'it is not shown rendered');
    assert.equal(tab.input.uri.toString(), uri.toString());
    const text = services.documents.textOf(uri) ?? '';
    for (const part of [upstream.loginServer, 'base/go', identityName, '"sourceRepository"'])
      assert.ok(text.includes(part), `no "${part}" in:\n${text}`);

    services.documents.update(uri, 'stale');
    await vscode.commands.executeCommand('acrCache.refreshReport');
    assert.match(services.documents.textOf(uri) ?? '', /"sourceRepository"/);
    await vscode.commands.executeCommand('acrCache.copyReport', uri);
    assert.equal(await vscode.env.clipboard.readText(), withoutCommandLinks(services.documents.textOf(uri) ?? ''));
    await vscode.commands.executeCommand('acrCache.openRule', { ruleId });
    const tabs = vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all);
    const same = tabs.filter(
      ({ input }) => input instanceof vscode.TabInputCustom && input.uri.toString() === uri.toString(),
    );
    assert.equal(same.length, 1, 'the same rule is open twice');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  },

  'a report that VS Code restores is read again, without a command': async () => {
    const { services, ruleId } = await ruleToDiagnose();
    // Another spelling of the path: nothing is known of this document.
    const uri = reportUri('rule', ruleId).with({ path: `/restored/${ruleName}.md` });
    // A look at where a link leads: only what is known, and nothing is kept.
    const document = await vscode.workspace.openTextDocument(uri);
    assert.ok(document.getText().includes(ruleName));
    assert.equal(services.documents.textOf(uri), undefined);
    await vscode.commands.executeCommand('vscode.open', uri);
    await until('it is filled', () => services.documents.textOf(uri)?.includes('"sourceRepository"') === true);
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    assert.ok(input instanceof vscode.TabInputCustom, 'it is not shown rendered');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  },

  'the link to a rule opens its document': async () => {
    const { ruleId } = await ruleToDiagnose();
    await vscode.commands.executeCommand('acrCache.copyRuleLink', { ruleId });
    const link = vscode.Uri.parse(await vscode.env.clipboard.readText());
    assert.equal(link.authority, extensionId);
    assert.equal(new URLSearchParams(link.query).get('id'), ruleId);
  },

  'a diagnosis is in the tree with icon and words, and in a document': async () => {
    const { services, ruleId, downstream } = await ruleToDiagnose();
    await vscode.commands.executeCommand('acrCache.diagnoseRule', { ruleId });
    const known = services.inventory.knowledge(ruleId);
    assert.ok(known.checkup, 'the tree knows of no diagnosis');
    const verdict = verdictLine(judgeRule(known));
    const exported = await connected();
    const node = exported.model.node(downstream.id);
    assert.ok(node);
    const { item } = await row(exported, 'diagnosed/go', node);
    assert.ok(item.accessibilityInformation?.label.includes(verdict));
    assert.ok(item.iconPath instanceof vscode.ThemeIcon && item.iconPath.id !== 'cloud-download');
    const uri = reportUri('diagnosis', ruleId);
    const text = services.documents.textOf(uri) ?? '';
    assert.ok(text.includes(ruleName), text);
    services.documents.update(uri, 'stale');
    await vscode.commands.executeCommand('acrCache.showDiagnosis', { ruleId });
    assert.equal(services.documents.textOf(uri), text);
    await vscode.commands.executeCommand('notifications.clearAll');
  },

  'a finding is repaired by plan, review and apply, and the rule is checked again': async () => {
    const { services, azure, ruleId, downstream } = await ruleToDiagnose();
    await azure.registries.changeSettings(downstream.id, { softDelete: true });
    const healthNow = () => {
      const known = services.inventory.knowledge(ruleId);
      return { health: judgeRule(known).health, checkedAt: known.checkup?.checkedAt };
    };
    await vscode.commands.executeCommand('acrCache.diagnoseRule', { ruleId });
    assert.equal(healthNow().health, 'problems');
    const before = healthNow().checkedAt;
    await withInputs(async (inputs) => {
      const repairing = vscode.commands.executeCommand('acrCache.repairRule', { ruleId, check: 'softDelete' });
      await inputs.page(`Repair ${ruleName}: Review`);
      await inputs.choose('Repair');
      await repairing;
    });
    await until('the rule was checked again', () => healthNow().checkedAt !== before, 60_000);
    assert.notEqual(healthNow().health, 'problems', services.documents.textOf(reportUri('diagnosis', ruleId)));
    assert.equal((await azure.registries.get(downstream.id)).softDelete, false);
    await vscode.commands.executeCommand('notifications.clearAll');
  },

  'a registry is diagnosed with all its rules': async () => {
    const { services, downstream, ruleId } = await ruleToDiagnose();
    await vscode.commands.executeCommand('acrCache.diagnoseRegistry', { registryId: downstream.id });
    const { rules = [] } = services.inventory.entry(downstream.id) ?? {};
    assert.ok(rules.some(({ id }) => id.toLowerCase() === ruleId.toLowerCase()));
    for (const { id } of rules) assert.ok(services.inventory.knowledge(id).checkup?.isWhole, id);
    const text = services.documents.textOf(reportUri('diagnosis', downstream.id)) ?? '';
    for (const { name } of rules) assert.ok(text.includes(name), `no ${name} in:\n${text}`);
    await vscode.commands.executeCommand('notifications.clearAll');
  },

  'what several rules suffer from is repaired at once, and each is checked again': async () => {
    const { services, azure, ruleId, downstream } = await ruleToDiagnose();
    const { ruleId: otherId } = await otherRule();
    for (const id of [ruleId, otherId]) await vscode.commands.executeCommand('acrCache.diagnoseRule', { ruleId: id });
    await azure.registries.changeSettings(downstream.id, { softDelete: true });
    await vscode.commands.executeCommand('acrCache.diagnoseRule', { ruleId });
    const healthOf = (id: string) => judgeRule(services.inventory.knowledge(id)).health;
    assert.deepEqual([ruleId, otherId].map(healthOf), ['problems', 'problems'], 'the other one is not marked');
    await withInputs(async (inputs) => {
      const repairing = vscode.commands.executeCommand('acrCache.repairRule', { ruleId, all: true });
      await inputs.page('Repair ');
      await inputs.choose('Repair');
      await repairing;
    });
    await until('both were checked again', () => ![ruleId, otherId].some((id) => healthOf(id) === 'problems'), 60_000);
    assert.equal((await azure.registries.get(downstream.id)).softDelete, false);
    await vscode.commands.executeCommand('notifications.clearAll');
  },

  'a pasted pull error names cause, rule and correlation id, and leads to the diagnosis': async () => {
    const { services, ruleId, downstream } = await ruleToDiagnose();
    const correlationId = '11111111-2222-3333-4444-555555555555';
    const text = [
      `Error response from daemon: failed to resolve reference "${downstream.loginServer}/diagnosed/go:1.22": unexpected status`,
      `denied: requested access to pull from source 'upstreamregistry' for cache rule '${ruleName}' has been denied. CorrelationId: ${correlationId}`,
    ].join('\n');
    const page = vscode.Uri.from({ scheme: 'acr-cache', path: '/Pull Error.md' });
    const shows = () => services.documents.textOf(page) ?? '';
    const isWhole = () =>
      [ruleName, correlationId, 'diagnosed/go', 'acrCache.diagnoseRule'].every((part) => shows().includes(part));
    await vscode.commands.executeCommand('acrCache.explainPullError', { text });
    assert.ok(isWhole(), shows());
    // In the clipboard it is offered first; typed or pasted it is explained, on one line, too.
    await vscode.env.clipboard.writeText(text);
    await withInputs(async (inputs) => {
      services.documents.update(page, '');
      const explaining = vscode.commands.executeCommand('acrCache.explainPullError');
      await inputs.page('Explain a Pull Error');
      assert.equal(inputs.active(), 'From the Clipboard');
      await inputs.accept();
      await explaining;
      assert.ok(isWhole(), shows());
      services.documents.update(page, '');
      const pasting = vscode.commands.executeCommand('acrCache.explainPullError');
      await inputs.page('Explain a Pull Error');
      await inputs.type(text.replaceAll('\n', ' '));
      await until('there is one row', () => inputs.rows().some((each) => each.startsWith('Explain What Was Pasted')));
      await inputs.accept();
      await pasting;
      assert.ok(isWhole(), shows());
    });
    await vscode.commands.executeCommand('acrCache.diagnoseRule', { ruleId, tag: '1.22' });
    assert.ok(services.inventory.knowledge(ruleId).checkup?.isWhole);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  },

  'the selection of a terminal is explained, and the clipboard is as before': async () => {
    const { services, downstream } = await ruleToDiagnose();
    const page = vscode.Uri.from({ scheme: 'acr-cache', path: '/Pull Error.md' });
    const text = `denied: requested access to pull from source 'upstreamregistry' for cache rule '${ruleName}' has been denied. CorrelationId: 99999999-2222-3333-4444-555555555555`;
    const written = new vscode.EventEmitter<string>();
    const opened = Promise.withResolvers<undefined>();
    const terminal = vscode.window.createTerminal({
      name: 'pull',
      pty: { onDidWrite: written.event, open: () => opened.resolve(undefined), close: () => undefined },
    });
    try {
      terminal.show();
      await opened.promise;
      written.fire(`Error: ${downstream.loginServer}/diagnosed/go:1.22\r\n${text}\r\n`);
      await vscode.env.clipboard.writeText('mine');
      await until('it is explained', async () => {
        await vscode.commands.executeCommand('workbench.action.terminal.selectAll');
        let ended = false;
        void Promise.resolve(vscode.commands.executeCommand('acrCache.explainTerminalSelection')).finally(
          () => (ended = true),
        );
        // While the terminal has painted nothing, nothing is selected, and the command asks for a text.
        await until('the command has ended', async () => {
          if (!ended) await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
          return ended;
        });
        return services.documents.textOf(page)?.includes('99999999-2222') === true;
      });
      assert.equal(await vscode.env.clipboard.readText(), 'mine');
    } finally {
      terminal.dispose();
      written.dispose();
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  },
};
