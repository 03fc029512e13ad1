import assert from 'node:assert/strict';
import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';

/**
 * The sample workspace moved to the cache, given the login servers. Starts with the rule `MyRule` for `myapp`, which two manifests
 * pull past the cache; one of them keeps doing so.
 */
export function moveSteps(downstream: string, upstream: string): Step[] {
  return [
    {
      name: 'Move workspace: everything that is pulled, by registry, with what can be done about it',
      async run(driver) {
        await begin(driver);
        const rows = (await driver.rows()).join('\n');
        assert.match(rows, new RegExp(`Move: ${upstream}/myapp`));
        assert.match(rows, /through rule MyRule/);
        assert.match(rows, /through a new rule in myregistry/);
      },
    },
    {
      name: 'Move workspace: the set-up of a missing rule, and back to what was chosen',
      async run(driver) {
        await driver.pick(`Move: ${upstream}/team/worker`);
        await driver.row(`Leave: ${upstream}/team/worker`).first().waitFor();
        await driver.pick('Move 2 Repositories to myregistry');
        await driver.quickInputTitled('Cache upstreamregistry in myregistry');
        await driver.back();
        await driver.quickInputTitled('Use Cached Images in Workspace: Repositories');
        await driver.row(`Leave: ${upstream}/team/worker`).first().waitFor();
        await driver.row(`Move: ${upstream}/base/node`).first().waitFor();
      },
    },
    {
      name: 'Move workspace: what is not chosen is left',
      async run(driver) {
        await driver.pick(`Move: ${upstream}/base/node`);
        await driver.row(`Leave: ${upstream}/base/node`).first().waitFor();
        await driver.row('Move 1 Repository to myregistry').first().waitFor();
      },
    },
    {
      name: 'Move workspace: the preview of the changes',
      async run(driver) {
        await driver.pick('Move 1 Repository to myregistry');
        for (const file of ['nightly.yaml', 'web.yaml']) await previewed(driver, file).waitFor();
      },
    },
    {
      name: 'Move workspace: discarded, and nothing is changed',
      async run(driver) {
        await previewButton(driver, 'Discard');
        const text = await report(driver, 'No images moved to myregistry', 'Nothing was changed.');
        assert.match(text, /not confirmed in the preview[^]*deploy\/nightly\.yaml:14[^]*deploy\/web\.yaml:14/);
        await driver.runCommand('View: Close All Editors');
      },
    },
    {
      name: 'Move workspace: applied to several files, which are saved',
      async run(driver) {
        await moveMyApp(driver, upstream);
        await previewButton(driver, 'Apply');
        const text = await report(driver, 'Images moved to myregistry', 'Changed: 2 references in 2 files.');
        assert.match(text, /All files are saved\./);
      },
    },
    {
      name: 'Move workspace: one "Undo" for all files, open or not',
      async run(driver) {
        await driver.runCommand('View: Close All Editors');
        await driver.openFile('web.yaml');
        await driver.editorHas(`${downstream}/myapp:1.0`);
        await driver.page.keyboard.press('Control+z');
        await driver.editorHas(`image: '${upstream}/myapp:1.0' # runs once`);
        await driver.openFile('nightly.yaml');
        await driver.editorHas(`image: ${upstream}/myapp:1.1`);
        await driver.runCommand('File: Save All');
        await driver.runCommand('View: Close All Editors');
      },
    },
    {
      name: 'Move workspace: a change is left out in the preview',
      async run(driver) {
        await moveMyApp(driver, upstream);
        const box = previewed(driver, 'nightly.yaml').locator('input[type=checkbox], .monaco-checkbox').first();
        await box.click();
        await previewed(driver, 'nightly.yaml').locator('.checked').first().waitFor({ state: 'hidden' });
      },
    },
    {
      name: 'Move workspace: applied, and reported',
      async run(driver) {
        await previewButton(driver, 'Apply');
        const text = await report(driver, 'Images moved to myregistry', 'Changed: 1 reference.');
        assert.match(text, /Changed\n+deploy\/web\.yaml:14/);
        assert.match(text, /Skipped: not confirmed in the preview\n+deploy\/nightly\.yaml:14/);
        assert.match(text, /Not chosen/);
        assert.match(text, /quay\.io\/shop\/proxy:1\.29/);
        // VS Code saves what a refactoring changed in several files, not in one.
        await driver.runCommand('File: Save All');
      },
    },
    {
      name: 'Move workspace: the file has another name and its quotes, tag and comment',
      async run(driver) {
        await driver.runCommand('View: Close All Editors');
        await driver.openFile('nightly.yaml');
        await driver.editorHas(`image: ${upstream}/myapp:1.1`);
        await driver.openFile('web.yaml');
        await driver.editorHas(`image: '${downstream}/myapp:1.0' # runs once`);
        await driver.runCommand('View: Close All Editors');
      },
    },
  ];
}

/** From the command to the repositories. */
async function begin(driver: Driver): Promise<void> {
  await driver.runCommand('ACR Cache: Use Cached Images in Workspace…');
  await driver.quickInputTitled('Use Cached Images in Workspace: Downstream Registry');
  await driver.pick('myregistry');
  await driver.quickInputTitled('Use Cached Images in Workspace: Repositories');
}

/** From the command to the preview, for `myapp` alone. */
async function moveMyApp(driver: Driver, upstream: string): Promise<void> {
  await begin(driver);
  for (const repository of ['base/node', 'team/worker']) {
    await driver.pick(`Move: ${upstream}/${repository}`);
    await driver.row(`Leave: ${upstream}/${repository}`).first().waitFor();
  }
  await driver.pick('Move 1 Repository to myregistry');
  await previewed(driver, 'web.yaml').waitFor();
}

/** The preview's row of a file. */
function previewed(driver: Driver, file: string) {
  return driver.page.locator('.part.panel .monaco-list-row').filter({ hasText: file }).first();
}

async function previewButton(driver: Driver, name: string): Promise<void> {
  await driver.page.locator('.part.panel .monaco-button').filter({ hasText: name }).first().click();
}

/** The rendered report, once it says `summary`: an earlier one of the same name may be seen before. */
async function report(driver: Driver, title: string, summary: string): Promise<string> {
  const body = driver.preview().locator('body');
  await body.getByRole('heading', { name: title }).first().waitFor();
  await body.getByText(summary).first().waitFor();
  return driver.ofDocument((document) => document.locator('body').innerText());
}
