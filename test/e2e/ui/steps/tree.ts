import assert from 'node:assert/strict';
import { untilAsked } from '../asked.ts';
import type { Sandbox } from '../../../sandbox/src/types.ts';
import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';

const upstream = 'upstreamregistry';
const downstream = 'myregistry';
const target = 'myapp';
const ruleName = 'MyRule';

/** The view with one cache rule: details, filter, trouble, deletion. Starts signed in, with the rule `MyRule` for `myapp`. */
export function treeSteps(sandbox: Sandbox): Step[] {
  return [
    {
      name: 'Tree: a rule with its details',
      async run(driver) {
        await driver.openView('ACR Cache');
        await driver.expand(downstream);
        await driver.expand(target);
        const labels = await labelsOnce(driver, (label) => label.startsWith('Pull command: '));
        for (const line of [
          'Source: ',
          'Target: ',
          'Identity: ',
          'Credential set: ',
          'Provisioning state: Succeeded',
          'Verdict: ',
        ])
          assert.ok(
            labels.some((label) => label.startsWith(line)),
            `no line "${line}" in:\n${labels.join('\n')}`,
          );
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
        await driver.page.keyboard.press('Escape');
        await driver.expand(downstream);
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
        await driver.notification('has ended');
        sandbox.setFaults([]);
        await driver.notificationButton('has ended', 'Sign In');
        await driver.notificationToast('has ended').waitFor({ state: 'hidden' });
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
        await driver.contextMenu(target, 'View JSON');
        await driver.editorTab(`${downstream} ${ruleName}.json`);
        assert.match(await driver.editorText(), /userAssignedIdentities/);
      },
    },
    {
      name: 'Tree: deleting a rule says what stays behind',
      async run(driver) {
        await driver.contextMenu(target, 'Delete Cache Rule…');
        const words = await driver.dialog(`Delete the cache rule ${ruleName}`);
        assert.match(words, /managed identity MyACRCacheIdentity/);
        assert.match(words, /role assignments/);
        await driver.dialogButton('Delete');
        await driver.notification(`cache rule ${ruleName} was deleted`);
        await driver.treeItem(target).waitFor({ state: 'hidden' });
        const left = [...sandbox.state.resources.values()].map(({ name }) => name);
        assert.ok(!left.includes(ruleName), 'the rule is still there');
        assert.ok(left.includes('MyACRCacheIdentity'), 'the identity is gone');
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
