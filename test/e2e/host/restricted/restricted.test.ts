import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { connected, row } from '../support/extensionUnderTest.ts';
import { folderSettingsTests } from '../support/folderSettings.ts';
import type { HostTests } from '../support/hostTest.ts';
import { lastPull } from '../../../../src/ui/reports/pulls.ts';
import { editingTests, sampleRule } from '../support/sampleEditing.ts';
import { verify } from '../support/verifying.ts';

/** In a folder that is not trusted. */
export const tests: HostTests = {
  'the folder is not trusted, and the tree shows the registries': async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const exported = await connected();
    const subscription = await row(exported, 'Sandbox Subscription');
    await row(exported, 'myregistry', subscription.node);
  },

  ...editingTests,

  'a rule is verified without a terminal, and how to have one is in its document': async () => {
    const { services, ruleId } = await sampleRule();
    const { proof, message, started } = await verify(ruleId);
    assert.equal(proof?.verdict, 'cached', message);
    assert.deepEqual(started, []);
    assert.equal(services.inventory.knowledge(ruleId).proof?.by, 'api');
    assert.ok(lastPull(ruleId)?.apiBecause?.includes('Restricted Mode'));
  },

  ...folderSettingsTests,
};
