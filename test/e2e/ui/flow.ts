import assert from 'node:assert/strict';
import type { Sandbox } from '../../sandbox/src/types.ts';
import type { Step } from './step.ts';
import { abacSteps } from './steps/abac.ts';
import { azureTreesSteps } from './steps/azureTrees.ts';
import { cleanUpSteps } from './steps/cleanUp.ts';
import { diagnoseSteps } from './steps/diagnose.ts';
import { editorSteps } from './steps/editor.ts';
import { exportSteps } from './steps/export.ts';
import { setUpSteps, verifySteps } from './steps/setUp.ts';
import { setUpMoreSteps } from './steps/setUpMore.ts';
import { surfaceSteps } from './steps/surface.ts';
import { themeSteps } from './steps/themes.ts';
import { treeSteps } from './steps/tree.ts';
import { typingSteps } from './steps/typing.ts';
import { walkthroughDone, walkthroughOpens } from './steps/walkthrough.ts';

export interface FlowOptions {
  /** The fixture that stands in for other Azure extensions is installed. */
  readonly azureTrees?: boolean;
  /** Only these parts, after the sign-in. */
  readonly parts?: readonly string[];
}

/** The product's main job as a newcomer does it, from sign-in to the proof. `sandbox` is asked what really came to exist. */
export function mainFlow(sandbox: Sandbox, options: FlowOptions = {}): Step[] {
  const parts: Readonly<Record<string, Step[]>> = {
    typing: typingSteps(sandbox),
    setUp: setUpSteps(sandbox),
    verify: [...verifySteps(sandbox), walkthroughDone],
    diagnose: diagnoseSteps(sandbox),
    export: exportSteps(),
    editor: editorSteps(sandbox),
    azureTrees: options.azureTrees ? azureTreesSteps('myregistry') : [],
    surface: surfaceSteps(sandbox),
    tree: treeSteps(sandbox),
    setUpMore: setUpMoreSteps(sandbox),
    themes: themeSteps(),
    cleanUp: cleanUpSteps(sandbox),
    abac: abacSteps(sandbox),
  };
  const chosen = Object.entries(parts).filter(([name]) => options.parts?.includes(name) ?? true);
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
    walkthroughOpens,
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
    ...chosen.flatMap(([, steps]) => steps),
  ];
}
