import assert from 'node:assert/strict';
import { untilAsked } from '../asked.ts';
import type { Sandbox } from '../../../sandbox/src/types.ts';
import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';

const upstream = 'upstreamregistry';
const downstream = 'myregistry';
const target = 'myapp';
const ruleName = 'MyRule';

/** The view with one cache rule: details, filter, trouble. Starts signed in, with the rule `MyRule` for `myapp`. */
export function treeSteps(sandbox: Sandbox): Step[] {
  return [
    {
      name: 'Tree: a rule with its details',
      async run(driver) {
        await driver.openView('ACR Cache');
        await driver.expand(downstream);
        await labelsOnce(driver, (label) => label.startsWith(`Cache rule ${ruleName}: ${target} is fetched from `));
        assert.ok((await driver.treeItem(target).innerText()).trim().endsWith('← upstreamregistry'));
        await driver.expand(target);
        await labelsOnce(driver, (label) => label.startsWith('Cached tag ') || label.startsWith('Nothing cached yet'));
        await labelsOnce(driver, (label) => /upstream of \d+ rule/.test(label));
        await driver.treeItem(target).click();
        await driver.editorTab(ruleName);
        await driver.documentIsRead();
      },
    },
    {
      name: 'Tree: the upstream registry shows who reads from it, and leads there',
      async run(driver) {
        await driver.runCommand('View: Close All Editors');
        await driver.expandRegistry(upstream);
        const reader = driver.treeItem(`→ ${downstream}`);
        await reader.waitFor();
        await reader.click();
        await driver.editorTab(ruleName);
        // The document takes the focus: a palette opened before that would close again.
        await driver.preview().getByRole('heading').first().waitFor();
        const selected = driver.page.locator('.part.sidebar .monaco-list-row.selected');
        await selected.filter({ hasText: '← upstreamregistry' }).waitFor();
      },
    },
    {
      name: 'Tree: filter while typing, Escape brings back all',
      async run(driver) {
        await driver.runCommand('ACR Cache: Filter Registries…');
        await driver.quickInputTitled('Filter Registries');
        await driver.type(downstream);
        await driver.registryItem(upstream).waitFor({ state: 'hidden' });
        await driver.treeItem(downstream).waitFor();
        await driver.type('no registry is called so');
        await driver.welcomeButton('Clear Filter').waitFor();
        await driver.type(target);
        // What matches stands below a registry, which opens.
        await driver.treeItem(target).waitFor();
        await driver.page.keyboard.press('Escape');
        await driver.registryItem(upstream).waitFor();
        await driver.treeItem(target).waitFor();
      },
    },
    {
      name: 'Tree: a session that ended is asked for once, and work goes on',
      async run(driver) {
        await driver.runCommand('Sandbox: Forget Tokens');
        sandbox.setFaults([
          { match: 'sandbox/signin', status: 401 },
          { match: 'cacheRules', status: 401, times: 1 },
        ]);
        await driver.inlineAction(downstream, 'Refresh');
        await driver.notification('has expired');
        sandbox.setFaults([]);
        await driver.notificationButton('has expired', 'Sign In');
        await driver.notificationToast('has expired').waitFor({ state: 'hidden' });
        await driver.treeItem(target).waitFor();
        assert.ok(!(await driver.treeLabels()).some((label) => label.startsWith('Error')), 'an error is left');
      },
    },
    {
      name: 'Tree: what is known stays when Azure refuses, with the reason',
      async run(driver) {
        sandbox.setFaults([
          { match: 'ResourceGraph|/registries\\?', status: 403, code: 'AuthorizationFailed', message: 'Not today.' },
        ]);
        await driver.runCommand('ACR Cache: Refresh');
        await labelsOnce(driver, (label) => label.startsWith('Error') && label.includes('Not today.'));
        await driver.treeItem(downstream).waitFor();
        sandbox.setFaults([]);
        const before = sandbox.log.length;
        await driver.runCommand('ACR Cache: Refresh');
        await driver.treeItem('Not today.').waitFor({ state: 'hidden' });
        // The rules are read again after the registries, and painted: a context menu opened meanwhile has no row to act on.
        await untilAsked(sandbox, before, /\/cacheRules\?/);
        await driver.treeItem(target).waitFor();
        await driver.treeAtRest();
      },
    },
    {
      name: 'Tree: the rule as JSON',
      async run(driver) {
        await driver.contextMenu(target, 'Show', 'View JSON');
        await driver.editorTab(`${downstream} ${ruleName}.json`);
        assert.match(await driver.editorText(), /userAssignedIdentities/);
      },
    },
  ];
}

/** The rows' accessible labels, once one of them is as wanted. */
export async function labelsOnce(driver: Driver, wanted: (label: string) => boolean): Promise<string[]> {
  const started = Date.now();
  for (;;) {
    const labels = await driver.treeLabels();
    if (labels.some(wanted)) return labels;
    if (Date.now() - started > 60_000) throw new Error(`Not among the rows:\n${labels.join('\n')}`);
    await driver.page.waitForTimeout(100);
  }
}
