import assert from 'node:assert/strict';
import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';
import { planned, titled } from './setUp.ts';

/** How the product is looked at: window and theme. */
const looks = [
  { width: 1280, height: 800, theme: 'Dark Modern' },
  { width: 1000, height: 700, theme: 'Light Modern' },
  { width: 1000, height: 700, theme: 'Dark High Contrast' },
  { width: 1280, height: 800, theme: 'Light High Contrast' },
] as const;

/** After the main job: the tree, the review and the rule's document in other windows and themes. Changes nothing. */
export function themeSteps(): Step[] {
  return [
    ...looks.map(({ width, height, theme }): Step => ({
      name: `Look: ${theme}, ${String(width)}x${String(height)}`,
      async run(driver) {
        await driver.page.setViewportSize({ width, height });
        await chooseTheme(driver, theme);
        await driver.openView('ACR Cache');
        await driver.expand('myregistry');
        await driver.treeItem('myapp').click();
        await driver.preview().locator('h1').first().waitFor();
        await fitsItsPane(driver);
        await driver.inlineAction('myregistry', 'Set Up Cache');
        await titled(driver, 'Upstream Registry');
        await driver.pickLabel('upstreamregistry');
        await titled(driver, 'Repositories');
        await driver.typeKeys('base/go', 40, true);
        await planned(driver, 2);
      },
    })),
    {
      name: 'Look: back to the light theme',
      async run(driver) {
        await driver.page.setViewportSize({ width: 1280, height: 800 });
        await chooseTheme(driver, 'Light Modern');
      },
    },
  ];
}

async function chooseTheme(driver: Driver, theme: string): Promise<void> {
  await driver.page.keyboard.press('Escape');
  await driver.quickInput.waitFor({ state: 'hidden' });
  await driver.runCommand('Preferences: Color Theme');
  await driver.type(theme);
  await driver.pickLabel(theme);
  await driver.quickInput.waitFor({ state: 'hidden' });
}

/** Nothing of the document is beyond the right edge. */
async function fitsItsPane(driver: Driver): Promise<void> {
  await driver.documentIsRead();
  const beyond = await driver.ofDocument((document) =>
    document
      .locator('html')
      .evaluate((root: { scrollWidth: number; clientWidth: number }) => root.scrollWidth - root.clientWidth),
  );
  assert.ok(beyond <= 1, `the document is ${String(beyond)} pixels wider than its pane`);
}
