import assert from 'node:assert/strict';
import { untilAnswered, untilAsked } from '../asked.ts';
import type { Sandbox } from '../../../sandbox/src/types.ts';
import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';
import { labelsOnce } from './tree.ts';

const downstream = 'myregistry';
const upstream = 'upstreamregistry';
const target = 'myapp';
const ruleName = 'MyRule';

/** Azure answers nothing until the rules are set anew. */
const slow = [{ match: '.', hold: true as const }];

/** Everything that asks Azure before it can show its first page, by the rule's context menu, and what it shows at once. */
const flows: readonly (readonly [entry: string, shows: string, submenu?: string])[] = [
  ['Verify by Pulling', 'Verify by Pulling'],
  ['Replace Cache Rule', `Replace ${ruleName}`, 'Change'],
  ['Change Identity', `Change Identity of ${ruleName}`, 'Change'],
  ['Evict Cached Tag', 'Evict Cached Tag', 'Change'],
  ['Delete Cache Rule', `Delete Cache Rule ${ruleName}`],
];

/**
 * The view's title, an error in it, a slow Azure, and a diagnosis across reloads. Starts signed in, with the rule `MyRule` for `myapp`,
 * once pulled.
 */
export function surfaceSteps(sandbox: Sandbox): Step[] {
  return [
    {
      name: 'View title: Refresh reads everything, whatever row is selected',
      async run(driver) {
        await driver.openView('ACR Cache');
        await driver.treeAtRest();
        await driver.registryItem(upstream).click();
        const since = sandbox.log.length;
        await driver.viewAction('Refresh All');
        await untilAsked(sandbox, since, /\/subscriptions\?/, /ResourceGraph|\/registries\?/);
        await driver.treeAtRest();
      },
    },
    {
      name: 'View title: + asks for the downstream, whatever row is selected',
      async run(driver) {
        await driver.registryItem(upstream).click();
        await driver.viewAction('Set Up Cache');
        await driver.quickInputTitled('Downstream Registry');
        await driver.page.keyboard.press('Escape');
      },
    },
    ...['by a click', 'by its button'].map((way): Step => ({
      name: `An error row goes when Azure is back (${way})`,
      async run(driver) {
        sandbox.setFaults([
          { match: 'ResourceGraph|/registries\\?', status: 403, code: 'AuthorizationFailed', message: 'Not today.' },
        ]);
        await driver.viewAction('Refresh All');
        await labelsOnce(driver, (label) => label.startsWith('Error') && label.includes('Not today.'));
        sandbox.setFaults([]);
        if (way === 'by a click') await driver.treeItem('Not today.').click();
        else await driver.inlineAction('Not today.', 'Refresh');
        await driver.treeItem('Not today.').waitFor({ state: 'hidden' });
        await driver.treeItem(downstream).waitFor();
        await driver.treeAtRest();
      },
    })),
    {
      name: 'Slow Azure: + opens at once from what is known, and Escape leaves it',
      async run(driver) {
        await driver.treeAtRest();
        await whileSlow(driver, sandbox, async () => {
          await driver.inlineActionNow(downstream, 'Set Up Cache');
          await driver.row(upstream).first().waitFor();
          await driver.page.keyboard.press('Enter');
          await driver.quickInput.locator('.quick-input-progress.active').waitFor();
          await driver.page.keyboard.press('Escape');
          await driver.quickInput.waitFor({ state: 'hidden' });
        });
      },
    },
    {
      name: 'Slow Azure: two clicks on + open one page',
      async run(driver) {
        await driver.treeAtRest();
        await whileSlow(driver, sandbox, async () => {
          await driver.inlineActionNow(downstream, 'Set Up Cache', 2);
          await driver.row(upstream).first().waitFor();
          // The page of the second click takes the place of the first one's; nobody is quicker than that.
          await driver.rowsAtRest();
          await driver.page.keyboard.press('Escape');
          await driver.quickInput.waitFor({ state: 'hidden' });
        });
      },
    },
    ...flows.map(([entry, shows, submenu]): Step => ({
      name: `Slow Azure: ${entry} opens at once, and Escape leaves it`,
      async run(driver) {
        await driver.expand(downstream);
        await driver.treeAtRest();
        await whileSlow(driver, sandbox, async () => {
          await driver.contextMenu(target, ...(submenu === undefined ? [] : [submenu]), entry);
          const bar = driver.quickInput.locator('.quick-input-titlebar').filter({ hasText: shows });
          await bar.waitFor();
          await driver.page.keyboard.press('Escape');
          await driver.quickInput.waitFor({ state: 'hidden' });
        });
      },
    })),
    {
      name: 'Slow Azure: Diagnose says at once that it runs, and can be cancelled',
      async run(driver) {
        await whileSlow(driver, sandbox, async () => {
          await driver.contextMenu(target, 'Diagnose Rule…');
          await driver.notification(`Diagnosing cache rule ${ruleName}`);
          await driver.notificationButton(`Diagnosing cache rule ${ruleName}`, 'Cancel');
          await driver.notificationToast('Diagnosing').waitFor({ state: 'hidden' });
        });
      },
    },
    {
      name: 'A diagnosis in an editor',
      async run(driver) {
        await driver.contextMenu(target, 'Diagnose Rule…');
        await driver.editorTab(`Diagnosis of ${ruleName}`);
        await driver.preview().getByRole('heading', { name: ruleName }).first().waitFor();
      },
    },
    ...[1, 2].map((count): Step => ({
      name: `The diagnosis is there after a reload (${String(count)})`,
      async run(driver) {
        await driver.reloadWithEditor('acr-cache-diagnosis');
        await driver.showTab(`Diagnosis of ${ruleName}`);
        const isThere = () =>
          driver.ofDocument((document) => document.getByRole('link', { name: 'Diagnose Again' }).isVisible());
        const failed = driver.page.getByText('could not be opened');
        const end = Date.now() + 60_000;
        while (!(await isThere()) && (await failed.count()) === 0 && Date.now() < end)
          await driver.page.waitForTimeout(100);
        assert.equal(await failed.count(), 0, 'the editor could not be opened');
        await driver.preview().getByRole('link', { name: 'Diagnose Again' }).waitFor();
      },
    })),
    {
      name: 'The diagnosis is made again where it is',
      async run(driver) {
        await driver.editorAction('Refresh Document');
        // What was remembered are the findings alone.
        await driver.preview().getByRole('heading', { name: 'Passed' }).waitFor();
        assert.equal(
          await driver.page
            .locator('.tab')
            .filter({ hasText: `Diagnosis of ${ruleName}` })
            .count(),
          1,
        );
      },
    },
    {
      name: 'The document of a rule is there after a reload, and read again',
      async run(driver) {
        await driver.openView('ACR Cache');
        await driver.expand(downstream);
        await driver.treeItem(target).click();
        await driver.editorTab(`${ruleName}.md`);
        await driver.preview().getByRole('heading', { name: 'Permission' }).waitFor();
        const since = sandbox.log.length;
        await driver.reloadWithEditor('acr-cache-rule');
        await driver.page
          .locator('.tab')
          .filter({ hasText: new RegExp(`^${ruleName}`) })
          .first()
          .click();
        await driver.preview().getByRole('heading', { name: 'Permission' }).waitFor();
        await driver.preview().getByRole('heading', { name: 'Ids' }).waitFor();
        await untilAsked(sandbox, since, new RegExp(`/cacheRules/${ruleName}`));
        await driver.runCommand('View: Close All Editors');
        await driver.openView('ACR Cache');
      },
    },
  ];
}

/** Does something while Azure does not answer, and checks that none of the answers shows itself when they come. */
async function whileSlow(driver: Driver, sandbox: Sandbox, body: () => Promise<void>): Promise<void> {
  const since = sandbox.log.length;
  sandbox.setFaults(slow);
  try {
    await body();
  } finally {
    sandbox.setFaults([]);
  }
  await untilAnswered(sandbox, since);
  // A page of our own is a way to the extension and back: it comes after all that the answers have led to.
  await driver.runCommand('ACR Cache: Filter Registries…');
  await driver.quickInputTitled('Filter Registries');
  await driver.page.keyboard.press('Escape');
  await driver.quickInput.waitFor({ state: 'hidden' });
  assert.equal(await driver.quickInput.count(), 0, 'a page opened late');
  assert.equal(await driver.page.locator('.monaco-dialog-box').count(), 0, 'a dialog opened late');
}
