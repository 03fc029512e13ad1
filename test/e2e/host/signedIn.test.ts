import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { hook, until } from './support/extensionUnderTest.ts';
import type { HostTests } from './support/hostTest.ts';

const provider = 'microsoft-sovereign-cloud';

export const tests: HostTests = {
  'the sandbox account hands out tokens for ARM and for registries': async () => {
    const environment = vscode.workspace.getConfiguration(provider).get<Record<string, string>>('customEnvironment');
    assert.ok(environment, 'the sandbox is not the custom cloud');
    for (const audience of [environment['managementEndpointUrl'], 'https://containerregistry.azure.net/']) {
      const session = await vscode.authentication.getSession(provider, [`${audience}.default`], { silent: true });
      assert.ok(session, `no session for ${audience}`);
      assert.match(session.account.label, /^dev/);
      assert.equal(session.accessToken.split('.').length, 3);
    }
  },

  'showing the view finds the registries by the silent session, and keeps them on disk': async ({ measure }) => {
    const { services } = await hook();
    const snapshot = services.storage.snapshot.fsPath;
    const started = performance.now();
    await vscode.commands.executeCommand('acrCache.registries.focus');
    await until('the snapshot names the registries', () => {
      if (!existsSync(snapshot)) return false;
      const text = readFileSync(snapshot, 'utf8');
      return text.includes('myregistry') && text.includes('upstreamregistry');
    });
    measure('view shown to registries on disk, ms', performance.now() - started);
    assert.doesNotMatch(readFileSync(snapshot, 'utf8'), /eyJ/, 'a token was written to disk');
  },
};
