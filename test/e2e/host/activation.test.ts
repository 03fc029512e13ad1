import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId, type HostTests } from './support/hostTest.ts';

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension(extensionId);
  assert.ok(found, `${extensionId} is not installed`);
  return found;
}

export const tests: HostTests = {
  'the extension activates': async ({ measure }) => {
    const started = performance.now();
    const early = extension().isActive;
    await extension().activate();
    if (!early) measure('activation, ms', performance.now() - started);
    assert.equal(extension().isActive, true);
  },

  'no string of its manifest is untranslated': () => {
    const unresolved = JSON.stringify(extension().packageJSON).match(/"%[\w.]+%"/g) ?? [];
    assert.deepEqual(unresolved, []);
  },
};
