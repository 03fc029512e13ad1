import assert from 'node:assert/strict';
import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';

/** Views of the fixture extension test/e2e/host/fixtures/azure-trees, by their titles. */
const views = ['Resources', 'Focus', 'Container Registries'];

const entries = ['Set Up Cache from Another Registry…', 'Show Cache Rules', 'Diagnose Registry…'];

/** Right-clicks in the trees of other Azure extensions, whose views and rows a fixture stands in for. */
export function azureTreesSteps(registry: string): Step[] {
  return [
    {
      name: 'Azure trees: a registry offers set-up, rules and diagnosis; its group does not',
      async run(driver) {
        await driver.openView('Azure Trees');
        for (const view of views) {
          const menu = await menuOf(driver, view, registry);
          for (const entry of entries) assert.ok(menu.includes(entry), `no "${entry}" in ${view}: ${menu.join(', ')}`);
        }
        const none = async (menu: Promise<string[]>) =>
          assert.deepEqual(
            (await menu).filter((entry) => entries.includes(entry)),
            [],
          );
        await none(menuOf(driver, 'Resources', 'Container registries'));
        // Several rows: an entry that acts on one would leave the others out without a word.
        await row(driver, 'Resources', 'Container registries').click();
        await row(driver, 'Resources', registry).click({ modifiers: ['ControlOrMeta'] });
        await none(menuOf(driver, 'Resources', registry));
        await row(driver, 'Resources', registry).click();
      },
    },
    {
      name: 'Azure trees: a subscription offers set-up; a repository and a tag offer set-up, rule and verification',
      async run(driver) {
        const subscription = await menuOf(driver, 'Resources', 'Subscription');
        assert.ok(subscription.includes('Set Up Cache from Another Registry…'), subscription.join(', '));
        for (const name of ['myapp', 'latest']) {
          const menu = await menuOf(driver, 'Container Registries', name);
          for (const entry of ['Set Up Cache for This Repository…', 'Open Cache Rule', 'Verify by Pulling…'])
            assert.ok(menu.includes(entry), `no "${entry}" on ${name}: ${menu.join(', ')}`);
        }
      },
    },
    {
      name: 'Azure trees: "Show Cache Rules" selects the registry in our tree',
      async run(driver) {
        await row(driver, 'Container Registries', registry).click({ button: 'right' });
        await driver.menuEntry('Show Cache Rules');
        await driver.page.locator('.part.sidebar .composite.title').filter({ hasText: 'ACR Cache' }).waitFor();
        const selected = driver.page.locator('.part.sidebar .monaco-list-row.selected').filter({ hasText: registry });
        await selected.first().waitFor();
      },
    },
  ];
}

function row(driver: Driver, view: string, text: string) {
  const pane = driver.page
    .locator('.part.sidebar .pane')
    .filter({ has: driver.page.locator(`.pane-header[aria-label^="${view}"]`) });
  return pane.locator('.monaco-list-row[role="treeitem"]').filter({ hasText: text }).first();
}

/** Opens a row's context menu, reads it and closes it. */
async function menuOf(driver: Driver, view: string, text: string): Promise<string[]> {
  await row(driver, view, text).click({ button: 'right' });
  // The fixture's own entry is in every menu: a row without any would open none.
  await driver.page.locator('.monaco-menu .action-item').filter({ hasText: 'Own Entry' }).waitFor();
  const labels = await driver.page.locator('.monaco-menu .action-item .action-label').allInnerTexts();
  await driver.page.keyboard.press('Escape');
  await driver.page.locator('.monaco-menu').waitFor({ state: 'hidden' });
  return labels.map((label) => label.trim());
}
