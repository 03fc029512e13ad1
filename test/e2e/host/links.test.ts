import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { openLink } from '../../../src/ui/reports/openLink.lazy.ts';
import { reportUri } from '../../../src/ui/shared/reports.ts';
import { connected, registryNamed, until } from './support/extensionUnderTest.ts';
import { extensionId, type HostTests } from './support/hostTest.ts';
import { withMessages } from './support/messages.ts';

export const tests: HostTests = {
  'a link to a rule signs nobody in, and offers it': async () => {
    const { services, model } = await connected();
    const ruleId = `${registryNamed(services, 'myregistry').id}/cacheRules/NoSuchRule`;
    const link = vscode.Uri.parse(`vscode://${extensionId}/rule?id=${encodeURIComponent(ruleId)}`);
    const accounts = () => vscode.authentication.getAccounts('microsoft-sovereign-cloud');
    await vscode.commands.executeCommand('sandboxAccount.signOut');
    try {
      await until('nobody is signed in', () => model.viewState === 'signedOut');
      await withMessages(async (told) => {
        await openLink(services, link);
        assert.equal(told.length, 1, JSON.stringify(told));
        assert.equal(told[0]?.buttons.length, 1);
      });
      assert.deepEqual(await accounts(), []);
      assert.equal(services.documents.textOf(reportUri('rule', ruleId)), undefined);
    } finally {
      await vscode.commands.executeCommand('sandboxAccount.signIn');
    }
    await until('the registries are back', () => model.viewState === 'ready');
  },
};
