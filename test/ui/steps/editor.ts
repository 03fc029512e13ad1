import assert from 'node:assert/strict';
import type { Sandbox } from '../../sandbox/types.ts';
import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';

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
        await openFile(driver, 'Dockerfile');
        await driver.page
          .locator('.codelens-decoration')
          .filter({ hasText: `Not through the cache: use ${downstream}/myapp` })
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
        const hover = driver.page.locator('.monaco-hover:visible').filter({ hasText: 'MyRule' }).first();
        await hover.waitFor();
        assert.match(await hover.innerText(), /although it can come through the cache/);
      },
    },
    {
      name: 'Editor: the quick fix changes the name and nothing else',
      async run(driver) {
        await driver.page.mouse.move(5, 5);
        await imageIn(driver, `${upstream}/myapp`).click();
        await driver.runCommand('Quick Fix...');
        const fixes = driver.page.locator('.action-widget .monaco-list-row');
        await fixes.filter({ hasText: 'Use the cached reference' }).first().waitFor();
        await driver.page.keyboard.press('Enter');
        await until(driver, async () =>
          (await driver.editorText()).includes(`FROM ${downstream}/myapp:\${VERSION} AS build`),
        );
        await driver.runCommand('File: Save');
      },
    },
    {
      name: 'Move workspace: everything that is pulled, by registry, with what can be done about it',
      async run(driver) {
        await driver.runCommand('ACR Cache: Move Workspace to the Cache…');
        await driver.quickInputTitled('Move Workspace to the Cache: Downstream Registry');
        await driver.pick('myregistry');
        await driver.quickInputTitled('Move Workspace to the Cache: Repositories');
        const rows = (await driver.rows()).join('\n');
        assert.match(rows, new RegExp(`Move: ${upstream}/myapp`));
        assert.match(rows, /by the rule MyRule/);
        assert.match(rows, /by a new rule of myregistry/);
      },
    },
    {
      name: 'Move workspace: what is not chosen is left',
      async run(driver) {
        for (const repository of ['base/node', 'team/worker']) {
          await driver.pick(`Move: ${upstream}/${repository}`);
          await driver.row(`Leave: ${upstream}/${repository}`).first().waitFor();
        }
        await driver.row('Move 1 Repository to myregistry').first().waitFor();
      },
    },
    {
      name: 'Move workspace: the preview of the changes',
      async run(driver) {
        await driver.pick('Move 1 Repository to myregistry');
        await driver.page.locator('.part.panel .monaco-list-row').filter({ hasText: 'web.yaml' }).first().waitFor();
      },
    },
    {
      name: 'Move workspace: applied, and reported',
      async run(driver) {
        await driver.page.locator('.part.panel .monaco-button').filter({ hasText: 'Apply' }).first().click();
        const report = driver.preview().locator('body');
        await report.getByText('Workspace moved to myregistry').first().waitFor();
        const text = await report.innerText();
        assert.match(text, /Changed: 1 reference\./);
        assert.match(text, /deploy\/web\.yaml:14/);
        assert.match(text, /It was not chosen/);
        assert.match(text, /quay\.io\/shop\/proxy:1\.29/);
        // VS Code saves what a refactoring changed in several files, not in one.
        await driver.runCommand('File: Save All');
      },
    },
    {
      name: 'Move workspace: the file has another name and its quotes, tag and comment',
      async run(driver) {
        await driver.runCommand('View: Close All Editors');
        await openFile(driver, 'web.yaml');
        await until(driver, async () =>
          (await driver.editorText()).includes(`image: '${downstream}/myapp:1.0' # runs once`),
        );
        await driver.runCommand('View: Close All Editors');
      },
    },
  ];
}

/** Opens a file of the workspace by its name. */
async function openFile(driver: Driver, name: string): Promise<void> {
  await driver.page.keyboard.press('F1');
  await driver.quickInput.waitFor();
  await driver.type(name);
  await driver.pick(name);
  await driver.editorTab(name);
}

/** Where the active editor has this text. */
function imageIn(driver: Driver, text: string) {
  return driver.page.locator('.editor-group-container.active .view-line span span').filter({ hasText: text }).first();
}

async function until(driver: Driver, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `it does not come: the editor has\n${await driver.editorText()}`);
    await driver.page.waitForTimeout(200);
  }
}
