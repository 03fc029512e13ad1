import assert from 'node:assert/strict';
import type { Sandbox } from '../../../sandbox/src/types.ts';
import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';
import { planned, review, titled } from './setUp.ts';

/** The rule of the main job, which is changed at the end. */
const changed = 'base/node';
const changedRule = 'upstreamregistry-base-node';

/** Of the main job, besides the letters of names: pages that are met and keys that are pressed. */
const most = { pages: 4, keys: 12 };

/**
 * More setups after the first (`setUpSteps`), when the upstream is in ABAC mode: the main job counted, then typed names, a wildcard,
 * a common prefix, a failure and the rest after it, and the wildcard verified.
 */
export function setUpMoreSteps(sandbox: Sandbox): Step[] {
  return [
    {
      name: 'Main job: two choices and Create, with the identity that is there',
      async run(driver) {
        const pages = ['Downstream Registry', 'Upstream Registry', 'Repositories', review];
        await driver.runCommand('ACR Cache: Set Up Cache from Another Registry…');
        let keys = 0;
        const press = async (key: string): Promise<void> => {
          keys++;
          await driver.page.keyboard.press(key);
        };
        await titled(driver, pages[0] ?? '');
        // The first row continues the last setup, unless it was completed.
        await reach(driver, 'myregistry', press);
        await press('Enter');
        await titled(driver, pages[1] ?? '');
        await reach(driver, 'upstreamregistry', press);
        await press('Enter');
        await titled(driver, pages[2] ?? '');
        await driver.typeKeys('base/node', 40);
        await press('Enter');
        await planned(driver, 2);
        await driver.row('MyACRCacheIdentity').first().waitFor();
        await press('Enter');
        await driver.notification('myregistry now caches base/node.', 60_000);
        assert.ok(
          pages.length <= most.pages && keys <= most.keys,
          `${String(pages.length)} pages, ${String(keys)} keys`,
        );
      },
    },
    {
      name: 'Another setup: from a registry’s context menu, without asking for it again',
      async run(driver) {
        await driver.contextMenu('myregistry', 'Set Up Cache from Another Registry');
        await titled(driver, 'Upstream Registry');
      },
    },
    {
      name: 'Another setup: a repository and a wildcard',
      async run(driver) {
        await driver.pickLabel('upstreamregistry');
        await titled(driver, 'Repositories');
        for (const typed of ['charts/shop', 'team/payments/*']) {
          await driver.type(typed);
          await driver.row(typed).first().waitFor();
          await driver.tick(typed);
        }
      },
    },
    {
      name: 'Another setup: a common prefix for all',
      async run(driver) {
        await driver.accept();
        await titled(driver, review);
        await driver.pick('Put All Below a Prefix');
        await titled(driver, 'Common Prefix of the Target Names');
        await driver.type('Cache');
        await driver.quickInputMessage('uppercase');
        await driver.type('cache');
        await driver.quickInputMessage('/cache/charts/shop:tag');
        await driver.accept();
        await titled(driver, review);
        await driver.row('cache/team/payments/*').first().waitFor();
      },
    },
    {
      name: 'Another setup: one name by hand, which may not overlap',
      async run(driver) {
        await driver.pickLabel('cache/charts/shop');
        await titled(driver, 'Target Name for charts/shop');
        await driver.type('myapp');
        await driver.quickInputMessage('already');
        await driver.type('charts');
        await driver.quickInputMessage('/charts:tag');
        await driver.accept();
        await titled(driver, review);
      },
    },
    {
      name: 'Another setup: going back keeps every value',
      async run(driver) {
        await driver.back();
        await titled(driver, 'Repositories');
        // Ticks are painted a moment after their rows.
        await driver.tickedRows.nth(1).waitFor();
        await driver.accept();
        await titled(driver, review);
        await driver.row('← charts/shop').first().waitFor();
        await driver.row('rule upstreamregistry-team-payments-all').first().waitFor();
      },
    },
    {
      name: 'Another setup: what the identity may read is one row',
      async run(driver) {
        await driver.pick('Can read only the 2 repositories');
        await titled(driver, 'Access');
        await driver.row('Can read the whole registry').first().waitFor();
        await driver.page.keyboard.press('Enter');
        await titled(driver, review);
      },
    },
    {
      name: 'Another setup: the plan cannot be opened before it is read, which is said at once',
      async run(driver) {
        await planned(driver, 3);
        sandbox.setFaults([{ match: 'userAssignedIdentities', hold: true }]);
        await driver.quickInputButton('Check again');
        await driver.quickInputButton('Open the plan');
        await driver.quickInputMessage('still being read');
        sandbox.setFaults([]);
        await planned(driver, 3);
        await driver.quickInputButton('Open the plan');
        await driver.editorTab('Plan');
        await driver.editorAction('Back to Review');
      },
    },
    {
      name: 'Another setup: a refused step fails, the others stay',
      async run(driver) {
        sandbox.setFaults([
          {
            match: 'PUT .*/cacheRules/upstreamregistry-charts-shop',
            times: 1,
            status: 403,
            code: 'AuthorizationFailed',
            message: 'The client does not have authorization.',
          },
        ]);
        await planned(driver, 3);
        await driver.pickLabel('Create');
        await driver.notification('The setup failed', 60_000);
        await driver.notificationButton('The setup failed', 'Show Details');
        await driver.editorTab('Outcome');
        const document = driver.preview();
        await document.getByText('upstreamregistry-charts-shop').first().waitFor();
        await document.getByText('upstreamregistry-team-payments-all').first().waitFor();
      },
    },
    {
      name: 'Another setup: resuming does only the rest',
      async run(driver) {
        sandbox.setFaults([]);
        const before = sandbox.log.length;
        await driver.inlineAction('setup incomplete', 'Resume');
        await planned(driver, 1);
        await driver.pickLabel('Create');
        await driver.notification('myregistry now caches 2 repositories.', 60_000);
        const writes = sandbox.log.slice(before).filter(({ method }) => method === 'PUT');
        assert.deepEqual(
          writes.map(({ url }) => /\/([^/?]+)\?/.exec(url)?.[1]),
          ['upstreamregistry-charts-shop'],
        );
      },
    },
    {
      name: 'Verify a wildcard: asks which repository',
      async run(driver) {
        await driver.notificationButton('myregistry now caches 2 repositories.', 'Verify');
        await driver.pick('upstreamregistry-team-payments-all');
        await driver.quickInputTitled('Verify by Pulling: Repository');
        await driver.type('somewhere/else');
        await driver.quickInputMessage('cache/team/payments/*');
        await driver.type('cache/team/payments/web');
        await driver.pick('cache/team/payments/web');
        await driver.quickInputTitled('Verify by Pulling: Tag');
        await driver.row('latest').first().waitFor();
      },
    },
    {
      name: 'Verify a wildcard: pull and proof',
      async run(driver) {
        await driver.type('latest');
        await driver.pick('latest');
        await driver.notification('serves cache/team/payments/web:latest', 120_000);
      },
    },
    {
      name: 'Change Identity: opens on its review, with another identity than the present one',
      async run(driver) {
        await driver.openView('ACR Cache');
        await driver.expand('myregistry');
        await driver.contextMenu(changed, 'Change', 'Change Identity…');
        await titled(driver, `Change Identity of ${changedRule}`);
        await driver.row('id-myregistry-from-upstreamregistry').first().waitFor();
        await driver.row('Can read only').first().waitFor();
        await driver.row('Set the identity').first().waitFor();
      },
    },
    {
      name: 'Change Identity: the identity is a row, and Back leads from its pages to the review',
      async run(driver) {
        await driver.pickLabel('id-myregistry-from-upstreamregistry');
        await titled(driver, `Change Identity of ${changedRule}: Managed Identity`);
        assert.equal(await driver.row('MyACRCacheIdentity').count(), 0, 'the present identity is offered');
        await driver.back();
        await titled(driver, `Change Identity of ${changedRule}`);
        await driver
          .row(/Change Identity\s*3 steps/)
          .first()
          .waitFor();
      },
    },
    {
      name: 'Change Identity: done',
      async run(driver) {
        await driver.pickLabel('Change Identity');
        await driver.notification('has a new identity', 60_000);
      },
    },
    {
      name: 'Replace: opens on the rule as it is, with nothing to apply',
      async run(driver) {
        await driver.contextMenu(changed, 'Change', 'Replace Cache Rule…');
        await titled(driver, `Replace ${changedRule}`);
        await driver.row('Fetch Another Repository').first().waitFor();
        assert.equal(await driver.row(/^Replace/).count(), 0, 'what is so already could be applied');
        await driver.quickInputButton('Open the plan');
        await driver.quickInputMessage('Start with the first row');
      },
    },
    {
      name: 'Replace: another source keeps the target; its name can be typed where the repositories cannot be listed',
      async run(driver) {
        sandbox.setFaults([{ match: '_catalog', status: 403, code: 'DENIED', message: 'Not today.' }]);
        await driver.quickInputButton('Check again');
        await driver.pick('Fetch Another Repository');
        await titled(driver, 'Source Repository');
        await driver.row('Try Again').first().waitFor();
        await driver.type('base/go:1');
        await driver.quickInputMessage('tag');
        await driver.type('base/alpine');
        await driver.row('base/alpine').first().waitFor();
        await driver.accept();
        sandbox.setFaults([]);
        await titled(driver, `Replace ${changedRule}`);
        await driver.row('← base/alpine').first().waitFor();
      },
    },
    {
      name: 'Replace: another target, under a name of its own',
      async run(driver) {
        await driver.pick('← base/alpine');
        await titled(driver, 'Target Name for base/alpine');
        await driver.type('alpine');
        await driver.quickInputMessage('/alpine:tag');
        await driver.accept();
        await titled(driver, `Replace ${changedRule}`);
        await driver.row('rule upstreamregistry-base-alpine').first().waitFor();
        await driver.row('Create cache rule upstreamregistry-base-alpine').first().waitFor();
      },
    },
    {
      name: 'Replace: done',
      async run(driver) {
        await driver.pickLabel('Replace');
        await driver.notification('was replaced', 60_000);
        await driver.treeItem('alpine').waitFor();
      },
    },
  ];
}

/** Moves the highlight to the row of this label. */
async function reach(driver: Driver, label: string, press: (key: string) => Promise<void>): Promise<void> {
  await driver.rowsAtRest();
  const highlighted = driver.quickInput.locator('.monaco-list-row.focused');
  while ((await driver.namesOf(highlighted))[0] !== label) await press('ArrowDown');
}
