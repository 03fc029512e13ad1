import assert from 'node:assert/strict';
import type { Sandbox } from '../../../sandbox/src/types.ts';
import type { Step } from '../step.ts';
import { choose, titled } from './setUp.ts';

/**
 * A second set-up after the first (`setUpSteps`), when the upstream is in ABAC mode and does not list its repositories to the
 * user any more: typed names, a wildcard, a common prefix, the existing identity, a failure and the rest after it, and the
 * wildcard verified.
 */
export function setUpMoreSteps(sandbox: Sandbox): Step[] {
  return [
    {
      name: 'Second set-up: from a registry’s context menu, without asking for it again',
      async run(driver) {
        await driver.contextMenu('myregistry', 'Set Up Cache from Another Registry');
        await titled(driver, 'Upstream Registry');
      },
    },
    {
      name: 'Second set-up: repositories that cannot be listed are typed',
      async run(driver) {
        await choose(driver, 'upstreamregistry');
        await titled(driver, 'Repositories');
        await driver.quickInputMessage('could not be listed');
        for (const typed of ['charts/shop', 'team/payments/*']) {
          await driver.type(typed);
          await driver.row(typed).first().waitFor();
          await driver.tick(typed);
        }
      },
    },
    {
      name: 'Second set-up: a common prefix for all',
      async run(driver) {
        await driver.accept();
        await titled(driver, 'Target Names');
        await choose(driver, 'Put All Below a Common Prefix');
        await titled(driver, 'Common Prefix of the Target Names');
        await driver.type('Cache');
        await driver.quickInputMessage('uppercase');
        await driver.type('cache');
        await driver.quickInputMessage('/cache/charts/shop:tag');
        await driver.accept();
        await titled(driver, 'Target Names');
        await driver.row('/cache/team/payments/<name>:tag').waitFor();
      },
    },
    {
      name: 'Second set-up: one name by hand, which may not overlap',
      async run(driver) {
        await choose(driver, '/cache/charts/shop:tag');
        await titled(driver, 'Target Name for charts/shop');
        await driver.type('myapp');
        await driver.quickInputMessage('already');
        await driver.type('charts');
        await driver.quickInputMessage('/charts:tag');
        await driver.accept();
        await titled(driver, 'Target Names');
      },
    },
    {
      name: 'Second set-up: the existing identity, by condition',
      async run(driver) {
        await choose(driver, 'Use These Names');
        await titled(driver, 'Managed Identity');
        await choose(driver, 'MyACRCacheIdentity');
        await titled(driver, 'Access');
        await choose(driver, 'Only the Chosen Repositories');
        await titled(driver, 'Rule Names');
        await driver.row('upstreamregistry-team-payments-all').waitFor();
      },
    },
    {
      name: 'Second set-up: going all the way back keeps every value',
      async run(driver) {
        for (const title of ['Access', 'Managed Identity', 'Target Names', 'Repositories']) {
          await driver.back();
          await titled(driver, title);
        }
        // Ticks are painted a moment after their rows.
        await driver.tickedRows.nth(1).waitFor();
        for (const title of ['Target Names', 'Managed Identity', 'Access', 'Rule Names']) {
          await driver.accept();
          await titled(driver, title);
          if (title === 'Target Names') await driver.row('/charts:tag').first().waitFor();
        }
      },
    },
    {
      name: 'Second set-up: a refused step fails, the others stay',
      async run(driver) {
        await driver.accept();
        await titled(driver, 'Review');
        await driver.row('Done: Managed identity').waitFor();
        sandbox.setFaults([
          {
            match: 'PUT .*/cacheRules/upstreamregistry-charts-shop',
            times: 1,
            status: 403,
            code: 'AuthorizationFailed',
            message: 'The client does not have authorization.',
          },
        ]);
        // "Create" alone is also in what is to be done.
        await choose(driver, 'steps to do');
        const message = await driver.notification('The set-up failed', 60_000);
        assert.match(message, /Done and kept:.*team\/payments/);
        assert.match(message, /Left to do:.*charts\/shop/);
      },
    },
    {
      name: 'Second set-up: trying again does only the rest',
      async run(driver) {
        sandbox.setFaults([]);
        const before = sandbox.log.length;
        await driver.notificationButton('The set-up failed', 'Try Again');
        await driver.notification('2 cache rules are set up', 60_000);
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
        await driver.notificationButton('2 cache rules are set up', 'Verify');
        await choose(driver, 'upstreamregistry-team-payments-all');
        await driver.quickInputTitled('Verify by Pulling: Repository');
        await driver.type('somewhere/else');
        await driver.row('The rule serves only cache/team/payments/*').waitFor();
        await driver.type('cache/team/payments/web');
        await choose(driver, 'cache/team/payments/web');
        await driver.quickInputTitled('Verify by Pulling: Tag');
        await driver.row('cannot be read: type one').waitFor();
      },
    },
    {
      name: 'Verify a wildcard: pull and proof',
      async run(driver) {
        await driver.type('latest');
        await choose(driver, 'latest');
        await driver.notification('serves cache/team/payments/web:latest', 120_000);
      },
    },
  ];
}
