import type { Sandbox } from '../../../sandbox/src/types.ts';
import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';
import { moveSteps } from './move.ts';

/**
 * Cache rules in the files of the sample workspace: lens, hover, quick fix, and the whole workspace moved. Starts with the rule
 * `MyRule` (`myapp` of upstreamregistry as `myapp` of myregistry).
 */
export function editorSteps(sandbox: Sandbox): Step[] {
  const loginServer = (name: string): string =>
    sandbox.info.registries.find((registry) => registry.name === name)?.loginServer ?? '';
  const [downstream, upstream] = [loginServer('myregistry'), loginServer('upstreamregistry')];
  return [
    {
      name: 'Editor: a lens above an image that is pulled past the cache',
      async run(driver) {
        await driver.runCommand('Notifications: Clear All Notifications');
        await driver.openFile('Dockerfile');
        await driver.page
          .locator('.codelens-decoration')
          .filter({ hasText: `Use the cache: ${downstream}/myapp` })
          .waitFor();
        await driver.page
          .locator('.codelens-decoration')
          .filter({ hasText: `Cache rule MyRule: from ${upstream}/myapp` })
          .waitFor();
      },
    },
    {
      name: 'Editor: the hover says which rule could serve it',
      async run(driver) {
        await imageIn(driver, `${upstream}/myapp`).hover();
        // The tooltip of a tab may name the rule too.
        const hover = driver.page.locator('.monaco-hover:visible').filter({ hasText: 'MyRule' });
        await hover.filter({ hasText: 'Use It' }).first().waitFor();
      },
    },
    {
      name: 'Editor: the quick fix changes the name and nothing else',
      async run(driver) {
        await driver.page.mouse.move(5, 5);
        await imageIn(driver, `${upstream}/myapp`).click();
        await driver.runCommand('Quick Fix...');
        const fixes = driver.page.locator('.action-widget .monaco-list-row');
        await fixes.filter({ hasText: 'Use cached image' }).first().waitFor();
        await driver.page.keyboard.press('Enter');
        await driver.editorHas(`FROM ${downstream}/myapp:\${VERSION} AS build`);
        await driver.runCommand('File: Save');
        await driver.page
          .locator('.codelens-decoration')
          .filter({ hasText: 'Use the cache' })
          .waitFor({ state: 'hidden' });
      },
    },
    ...moveSteps(downstream, upstream),
  ];
}

/** Where the active editor has this text. */
function imageIn(driver: Driver, text: string) {
  return driver.page.locator('.editor-group-container.active .view-line span span').filter({ hasText: text }).first();
}
