import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { findContainerClient } from '../../../../src/ui/verify/containerClient.ts';
import { until } from '../support/extensionUnderTest.ts';
import type { HostTests } from '../support/hostTest.ts';
import { editingTests, fileOf, sampleRule } from '../support/sampleEditing.ts';
import { verify } from '../support/verifying.ts';

/** In a workspace whose files are in memory alone. */
export const tests: HostTests = {
  'the folder is not on a disk': () => {
    assert.equal(vscode.workspace.workspaceFolders?.[0]?.uri.scheme, 'memfs');
  },

  ...editingTests,

  'the cached name is used in the whole workspace': async () => {
    const { downstream, upstream, ruleId } = await sampleRule();
    const uri = fileOf('more/Dockerfile');
    await vscode.workspace.fs.writeFile(uri, Buffer.from(`FROM ${upstream.loginServer}/myapp:1\n`));
    const running = vscode.commands.executeCommand('acrCache.useCachedInWorkspace', { ruleId });
    const textNow = async () => (await vscode.workspace.openTextDocument(uri)).getText();
    await until('the preview is applied', async () => {
      await vscode.commands.executeCommand('refactorPreview.apply').then(undefined, () => undefined);
      return (await textNow()) === `FROM ${downstream.loginServer}/myapp:1\n`;
    });
    await running;
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  },

  'a rule is verified by a container client in the terminal': async ({ skip }) => {
    const search = await findContainerClient('auto');
    if (!('client' in search)) skip(search.reason);
    const { ruleId } = await sampleRule();
    const { proof, message, started } = await verify(ruleId);
    assert.equal(proof?.verdict, 'cached', message);
    assert.equal(started.length, 1, message);
  },
};
