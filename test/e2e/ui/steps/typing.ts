import assert from 'node:assert/strict';
import type { Sandbox } from '../../../sandbox/src/types.ts';
import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';
import { review, titled } from './setUp.ts';

/** What is typed on the page for repositories, and by which rhythm of keys in milliseconds; `paste` at once. */
const typed: readonly (readonly [text: string, rhythm: number | 'paste'])[] = [
  ['nosuchrepo', 40],
  ['nosuchrepo', 120],
  ['nosuchrepo', 'paste'],
  ['team/nothere', 40],
  ['myapp', 0],
  ['myapp', 120],
  ['myapp', 'paste'],
  ['my', 40],
];

/** The page for repositories, used with keys as a person uses them. Starts signed in; nothing is set up, and nothing is changed. */
export function typingSteps(sandbox: Sandbox): Step[] {
  return [
    ...typed.map(([text, rhythm]): Step => ({
      name: `Repositories: ${text} by keys (${String(rhythm)}) is what is taken`,
      async run(driver) {
        await openRepositories(driver);
        await driver.row('base/node').first().waitFor();
        if (rhythm === 'paste') {
          await driver.paste(text);
          await driver.page.keyboard.press('Enter');
        } else {
          await driver.typeKeys(text, rhythm, true);
        }
        await reviewed(driver, text);
        await driver.page.keyboard.press('Escape');
      },
    })),
    {
      name: 'Repositories: a row is taken that was highlighted, and one that was ticked, after the text',
      async run(driver) {
        await openRepositories(driver);
        await driver.row('base/node').first().waitFor();
        await driver.typeKeys('team/logis', 40);
        await driver.row('team/logis').nth(1).waitFor();
        // The row of the text is replaced with each key, which takes the highlight away.
        await driver.rowsAtRest();
        await driver.page.keyboard.press('ArrowDown');
        const highlighted = driver.quickInput.locator('.monaco-list-row.focused');
        while (!(await highlighted.innerText()).includes('team/logistics'))
          await driver.page.keyboard.press('ArrowDown');
        const [name = ''] = await driver.namesOf(highlighted);
        await driver.page.keyboard.press('Enter');
        await reviewed(driver, name);
        await driver.back();
        await titled(driver, 'Repositories');
        await tickedOnTop(driver, name);
        await driver.typeKeys('base/', 40);
        await driver.tick('base/node');
        await driver.page.keyboard.press('Enter');
        await reviewed(driver, name, 'base/node');
        await driver.page.keyboard.press('Escape');
      },
    },
    {
      name: 'Repositories: a hidden tick never beats the text',
      async run(driver) {
        await openRepositories(driver);
        await driver.row('base/node').first().waitFor();
        await driver.typeKeys('myapp', 40, true);
        await reviewed(driver, 'myapp');
        await driver.back();
        await titled(driver, 'Repositories');
        await tickedOnTop(driver, 'myapp');
        await driver.typeKeys('team/**', 40, true);
        await driver.quickInputMessage('team/**');
        await titled(driver, 'Repositories');
        await driver.type('');
        await driver.typeKeys('nosuchrepo', 40, true);
        await tickedOnTop(driver, 'myapp', 'nosuchrepo');
        assert.equal(await driver.quickInputBox.inputValue(), '');
        await driver.page.keyboard.press('Enter');
        await reviewed(driver, 'myapp', 'nosuchrepo');
        await driver.row('not found in upstreamregistry').first().waitFor();
        await driver.page.keyboard.press('Escape');
      },
    },
    {
      name: 'Repositories: the only tick is taken away right after typing, and stays away',
      async run(driver) {
        await openRepositories(driver);
        await driver.row('base/node').first().waitFor();
        await driver.typeKeys('myapp', 40, true);
        await reviewed(driver, 'myapp');
        await driver.back();
        await titled(driver, 'Repositories');
        await tickedOnTop(driver, 'myapp');
        await driver.typeKeys('my', 40);
        await driver.tickRow('myapp');
        await driver.rowsAtRest();
        assert.equal(await driver.tickedRows.count(), 0);
        await driver.type('');
        await driver.page.keyboard.press('Enter');
        await driver.quickInputMessage('Choose at least one.');
        await driver.page.keyboard.press('Escape');
      },
    },
    {
      name: 'Repositories: why they cannot be listed is no row to tick',
      async run(driver) {
        sandbox.setFaults([{ match: '_catalog', status: 403, code: 'DENIED', message: 'No list for you.' }]);
        try {
          await openRepositories(driver);
          await driver.quickInputMessage('could not be listed: type their names');
          await driver.quickInput.locator('.quick-input-header .monaco-checkbox').first().click();
          await driver.quickInputButton('Show Why');
          await driver.notification('No list for you.');
          assert.equal(await driver.quickInput.locator('.monaco-list-row').count(), 0);
          await driver.closeNotification('No list for you.');
          await driver.quickInputBox.click();
          await driver.typeKeys('charts/shop', 40, true);
          await reviewed(driver, 'charts/shop');
          await driver.page.keyboard.press('Escape');
        } finally {
          sandbox.setFaults([]);
        }
      },
    },
  ];
}

async function openRepositories(driver: Driver): Promise<void> {
  await driver.inlineAction('myregistry', 'Set Up Cache');
  await titled(driver, 'Upstream Registry');
  await driver.pickLabel('upstreamregistry');
  await titled(driver, 'Repositories');
}

/** Waits for the review of a setup of just these repositories. */
async function reviewed(driver: Driver, ...names: string[]): Promise<void> {
  await titled(driver, review);
  await driver.rowsAtRest();
  const rows = driver.quickInput
    .locator('.quick-input-list .monaco-list-row')
    .filter({ hasText: /rule upstreamregistry-|not found in upstreamregistry/ });
  assert.deepEqual((await driver.namesOf(rows)).toSorted(), names.toSorted());
}

/** Waits until exactly these rows are ticked, and the first ones. */
async function tickedOnTop(driver: Driver, ...names: string[]): Promise<void> {
  await driver.tickedRows.nth(names.length - 1).waitFor();
  const rows = driver.quickInput.locator('.quick-input-list .monaco-list-row');
  assert.deepEqual(await driver.namesOf(driver.tickedRows), names);
  assert.deepEqual((await driver.namesOf(rows)).slice(0, names.length), names);
}
