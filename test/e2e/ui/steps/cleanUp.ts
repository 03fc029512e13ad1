import assert from 'node:assert/strict';
import type { Sandbox } from '../../../sandbox/src/types.ts';
import type { Step } from '../step.ts';

const downstream = 'myregistry';
const repository = 'cache/team/payments/web';
const ruleName = 'upstreamregistry-team-payments-all';
const target = 'cache/team/payments/*';

/**
 * A rule cleaned up while another one uses its identity, with a reload of the window on the way. Starts with the two
 * rules of the second set-up (`setUpMoreSteps`), one of which has cached an image.
 */
export function cleanUpSteps(sandbox: Sandbox): Step[] {
  return [
    {
      name: 'Delete: the dry run tells what would go, and who still uses the rest',
      async run(driver) {
        await driver.openView('ACR Cache');
        await driver.expand(downstream);
        await driver.contextMenu(target, 'Delete Cache Rule…');
        await driver.quickInputTitled(`Delete Cache Rule ${ruleName}`, 60_000);
        await driver.row(`Delete: Cache rule ${ruleName}`).first().waitFor();
        await driver.row(`Keep: Repository ${repository}`).first().waitFor();
        await driver.row('In use: Identity MyACRCacheIdentity').first().waitFor();
        const rows = (await driver.rows()).join('\n');
        assert.match(rows, /\d (kB|MB) /, 'the repository is without its size');
        assert.match(rows, /Cache rule \S+ in myregistry/, 'nobody says who uses the identity');
      },
    },
    {
      name: 'Delete: the cached repository too, by choice',
      async run(driver) {
        await driver.pick(`Keep: Repository ${repository}`);
        await driver.row(`Delete: Repository ${repository}`).first().waitFor();
        // What is in use is not chosen, but opens the plan.
        await driver.pick('In use: Identity');
        await driver.editorTab(`Deletion of ${ruleName}`);
        await driver.preview().getByRole('heading', { name: 'Kept, in use' }).waitFor();
        await driver.preview().getByRole('link', { name: 'Back to Review' }).click();
        await driver.row(`Delete: Repository ${repository}`).first().waitFor();
      },
    },
    {
      name: 'Delete: the question says exactly what will be deleted',
      async run(driver) {
        await driver.pick('Items…');
        const words = await driver.dialog(`Delete cache rule ${ruleName}?`);
        assert.match(words, new RegExp(`Delete repository ${repository}`));
        assert.match(words, /Kept:[^]*MyACRCacheIdentity/);
        // No leads back to what was chosen.
        await driver.dialogButton('Cancel');
        await driver.row(`Delete: Repository ${repository}`).first().waitFor();
        await driver.pick('Items…');
        await driver.dialog(`Delete cache rule ${ruleName}?`);
      },
    },
    {
      name: 'Delete: cancelled while it runs',
      async run(driver) {
        // What is begun is ended: time to cancel while the first item goes.
        sandbox.setFaults([{ match: '^DELETE ', times: 1, delayMs: 2500 }]);
        await driver.dialogButton('Delete');
        await driver.notificationButton(`Deleting cache rule ${ruleName}`, 'Cancel');
        await driver.notification('Cancelling');
        const words = await driver.notification(`Deleting cache rule ${ruleName} was cancelled`);
        assert.match(words, /1 of \d deleted/);
      },
    },
    {
      name: 'Delete: a new window offers to go on',
      async run(driver) {
        await driver.page.reload();
        await driver.ready();
        const offer = `Deleting cache rule ${ruleName} in ${downstream} is not complete`;
        await driver.notification(offer, 60_000);
        await driver.notificationButton(offer, 'Continue');
        await driver.quickInputTitled(`Delete Cache Rule ${ruleName}`, 60_000);
        // As it was chosen before the reload, and it says so.
        await driver.row(`Delete: Repository ${repository}`).first().waitFor();
        assert.match((await driver.rows()).join('\n'), /earlier choice/);
        await driver.pick('Item');
        await driver.dialog(`Delete cache rule ${ruleName}?`);
      },
    },
    {
      name: 'Delete: what is gone, and what stays',
      async run(driver) {
        await driver.dialogButton('Delete');
        const words = await driver.notification(' deleted, ', 60_000);
        assert.match(words, /\d deleted, \d kept/);
        await driver.treeItem(target).waitFor({ state: 'hidden' });
        const left = [...sandbox.state.resources.values()].map(({ name }) => name);
        assert.ok(!left.includes(ruleName), 'the rule is still there');
        assert.ok(left.includes('MyACRCacheIdentity'), 'the identity of another rule is gone');
      },
    },
    {
      name: 'Delete: details in a document',
      async run(driver) {
        await driver.notificationButton(' deleted, ', 'Show Details');
        await driver.editorTab(`Deletion of ${ruleName}`);
        for (const name of ['Deleted', 'Kept']) await driver.preview().getByRole('heading', { name }).waitFor();
      },
    },
  ];
}
