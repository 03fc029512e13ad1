import assert from 'node:assert/strict';
import type { Sandbox } from '../sandbox/types.ts';
import type { Step } from './step.ts';
import { azureTreesSteps } from './steps/azureTrees.ts';
import { cleanUpSteps } from './steps/cleanUp.ts';
import { diagnoseSteps } from './steps/diagnose.ts';
import { editorSteps } from './steps/editor.ts';
import { exportSteps } from './steps/export.ts';
import { setUpSteps, verifySteps } from './steps/setUp.ts';
import { setUpMoreSteps } from './steps/setUpMore.ts';
import { treeSteps } from './steps/tree.ts';

/**
 * The product's main job as a newcomer does it, from sign-in to the proof. `sandbox` is asked what really came to exist.
 * `azureTrees`: the fixture that stands in for other Azure extensions is installed.
 */
export function mainFlow(sandbox: Sandbox, options: { readonly azureTrees?: boolean } = {}): Step[] {
  const registries = sandbox.info.registries.map((registry) => registry.name);
  return [
    {
      name: 'VS Code is ready',
      run: (driver) => driver.ready(),
    },
    {
      name: 'The view offers to sign in',
      async run(driver) {
        await driver.openView('ACR Cache');
        await driver.welcomeButton('Sign In to Azure').waitFor();
      },
    },
    {
      name: 'Sign in, with consent',
      async run(driver) {
        await driver.welcomeButton('Sign In to Azure').click();
        const question = await driver.allowSignIn();
        assert.match(question, /ACR Artifact Cache/);
      },
    },
    {
      name: 'The tree shows the registries',
      async run(driver) {
        for (const name of registries) await driver.treeItem(name).waitFor();
      },
    },
    ...setUpSteps(sandbox),
    ...verifySteps(sandbox),
    ...diagnoseSteps(sandbox),
    ...exportSteps(),
    ...editorSteps(sandbox),
    ...(options.azureTrees ? azureTreesSteps('myregistry') : []),
    ...treeSteps(sandbox),
    ...setUpMoreSteps(sandbox),
    ...cleanUpSteps(sandbox),
  ];
}
