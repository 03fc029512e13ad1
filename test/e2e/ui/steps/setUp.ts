import assert from 'node:assert/strict';
import { type Health, healthWord } from '../../../../src/domain/ruleVerdict.ts';
import type { Sandbox } from '../../../sandbox/src/types.ts';
import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';

const ruleName = 'MyRule';
const identityName = 'MyACRCacheIdentity';

/** Title of the hub of the setup. */
export const review = 'Cache upstreamregistry in myregistry';

/**
 * The main job as a newcomer does it, by keys wherever that is quicker: myapp of upstreamregistry in myregistry, the upstream
 * switched to ABAC, and, so that the steps that follow know them, names of its own. Starts signed in, with nothing else open.
 * `sandbox` is asked what came to exist.
 */
export function setUpSteps(sandbox: Sandbox): Step[] {
  const loginServer = (name: string): string =>
    sandbox.info.registries.find((registry) => registry.name === name)?.loginServer ?? '';
  let before = '';
  return [
    {
      name: 'Setup: downstream registry',
      async run(driver) {
        before = sandbox.snapshot();
        await driver.runCommand('ACR Cache: Set Up Cache from Another Registry…');
        await titled(driver, 'Downstream Registry');
        await driver.row('myregistry').first().waitFor();
      },
    },
    {
      name: 'Setup: upstream registry',
      async run(driver) {
        await driver.pickLabel('myregistry');
        await titled(driver, 'Upstream Registry');
        const rows = await driver.rows();
        assert.ok(
          rows.some((row) => row.startsWith('upstreamregistry')),
          rows.join('\n'),
        );
        assert.ok(!rows.some((row) => row.startsWith('myregistry')), 'the downstream is offered as its own upstream');
      },
    },
    {
      name: 'Setup: an unknown login server is refused with its reason',
      async run(driver) {
        await driver.type('nowhere.example');
        await driver.row('Use This Registry').waitFor();
        await driver.accept();
        await driver.quickInputMessage('None of your subscriptions has a registry');
      },
    },
    {
      name: 'Setup: a registry outside Azure is explained, and what to run for it is a document',
      async run(driver) {
        await driver.type('docker.io/library/nginx');
        await driver.quickInputMessage('with a credential set');
        await driver.row('Show az Commands for Docker Hub').waitFor();
        await driver.accept();
        await driver.editorTab('docker-io.sh');
        await driver.editorHas('az acr credential-set create');
        await driver.quickInput.waitFor({ state: 'hidden' });
        await driver.runCommand('View: Close All Editors');
        await driver.runCommand('ACR Cache: Set Up Cache from Another Registry…');
        await titled(driver, 'Downstream Registry');
        await driver.pickLabel('myregistry');
        await titled(driver, 'Upstream Registry');
      },
    },
    {
      name: 'Setup: repositories',
      async run(driver) {
        await driver.pickLabel('upstreamregistry');
        await titled(driver, 'Repositories');
        await driver.type('myapp:latest');
        await driver.quickInputMessage('Leave out the tag');
        await driver.type('docker.io/library/nginx');
        await driver.quickInputMessage('docker.io is another registry than upstreamregistry');
        await driver.type('nosuchrepo');
        await driver.row('not found in upstreamregistry').first().waitFor();
        await driver.type('');
        await driver.row('myapp').first().waitFor();
      },
    },
    {
      name: 'Review: everything has a default, but how the upstream is read',
      async run(driver) {
        await driver.typeKeys('myapp', 40, true);
        await titled(driver, review);
        await driver.row('Decide How upstreamregistry Is Read').first().waitFor();
        await driver.row('id-myregistry-from-upstreamregistry').first().waitFor();
        await driver.row('rule upstreamregistry-myapp').first().waitFor();
      },
    },
    {
      name: 'Review: going back keeps what was chosen',
      async run(driver) {
        await driver.back();
        await titled(driver, 'Repositories');
        await driver.tickedRows.filter({ hasText: 'myapp' }).waitFor();
        await driver.accept();
        await titled(driver, review);
      },
    },
    {
      name: 'Review: target name with its preview',
      async run(driver) {
        await driver.pickLabel('myapp');
        await titled(driver, 'Target Name for myapp');
        await driver.type('MyApp');
        await driver.quickInputMessage('uppercase');
        await driver.type('myapp');
        await driver.quickInputMessage(
          `pull ${loginServer('myregistry')}/myapp:tag ⇒ fetches ${loginServer('upstreamregistry')}/myapp:tag`,
        );
        await driver.accept();
        await titled(driver, review);
      },
    },
    {
      name: 'Review: rule name',
      async run(driver) {
        await driver.rowButton('rule upstreamregistry-myapp', 'Change the rule name');
        await titled(driver, 'Name of the Cache Rule');
        await driver.type('no');
        await driver.quickInputMessage('5 to 50 characters');
        await driver.type(ruleName);
        await driver.accept();
        await driver.row(`rule ${ruleName}`).first().waitFor();
      },
    },
    {
      name: 'Review: name of the new identity',
      async run(driver) {
        await driver.pickLabel('id-myregistry-from-upstreamregistry');
        await titled(driver, 'Managed Identity');
        await driver.pick('Create a New Managed Identity');
        await titled(driver, 'Name of the New Identity');
        await driver.type(identityName);
        await driver.accept();
        await titled(driver, review);
        await driver.row(identityName).first().waitFor();
      },
    },
    {
      name: 'Review: Escape keeps the draft, which is offered first',
      async run(driver) {
        await driver.page.keyboard.press('Escape');
        await driver.runCommand('ACR Cache: Set Up Cache from Another Registry…');
        await titled(driver, 'Downstream Registry');
        await driver.page.keyboard.press('Enter');
        await titled(driver, review);
        await driver.row(`rule ${ruleName}`).first().waitFor();
      },
    },
    {
      name: 'Decision: neither answer is one that Enter takes by itself',
      async run(driver) {
        await driver.pickLabel('Decide How upstreamregistry Is Read…');
        await titled(driver, 'How upstreamregistry Is Read');
        assert.equal(await driver.page.locator('.quick-input-list .monaco-list-row.focused').count(), 0);
        await driver.page.keyboard.press('Enter');
        await titled(driver, 'How upstreamregistry Is Read');
      },
    },
    {
      name: 'Decision: the switch has to be confirmed',
      async run(driver) {
        await driver.pick('Switch to ABAC, and first give');
        await titled(driver, 'Confirm the Switch');
        await driver.type('yes');
        await driver.accept();
        await driver.quickInputMessage('to confirm, or go back');
        await driver.type('upstreamregistry');
        await driver.accept();
        await titled(driver, review);
        await driver.row('Switch upstreamregistry to ABAC').first().waitFor();
        await driver.row('Can read only myapp').first().waitFor();
      },
    },
    {
      name: 'Review: nothing is changed yet',
      async run(driver) {
        await driver.row('8 steps').first().waitFor();
        assert.equal(sandbox.snapshot(), before, 'the review wrote something');
      },
    },
    {
      name: 'Review: the plan as a document',
      async run(driver) {
        await driver.quickInputButton('Open the plan');
        await driver.editorTab('Plan');
        await driver.preview().getByText('Nothing is changed before').first().waitFor();
      },
    },
    {
      name: 'Create',
      async run(driver) {
        await driver.editorAction('Back to Review');
        await planned(driver, 8);
        await driver.page.keyboard.press('Enter');
        await driver.notification('myregistry now caches myapp.', 120_000);
        const made = [...sandbox.state.resources.values()].map(({ name }) => name);
        for (const name of [ruleName, identityName]) assert.ok(made.includes(name), `${name} was not made`);
      },
    },
    {
      name: 'Tree: the new rule is created, and not called working',
      async run(driver) {
        // It is revealed by itself.
        await driver.treeItem('myapp').waitFor();
        await verdictInTree(driver, 'unproven');
      },
    },
  ];
}

/** From the result message on: tag, pull in the terminal, proof. */
export function verifySteps(sandbox: Sandbox): Step[] {
  return [
    {
      name: 'Verify: choose the tag, the newest first',
      async run(driver) {
        await driver.notificationButton('myregistry now caches myapp.', 'Verify');
        await driver.quickInputTitled('Verify by Pulling: Tag');
        await driver.row('latest').first().waitFor();
      },
    },
    {
      name: 'Verify: a tag that does not exist',
      async run(driver) {
        await driver.type('nonesuch');
        await driver.pick('nonesuch');
        await driver.quickInputMessage('has no tag "nonesuch"');
        await driver.type('');
      },
    },
    {
      name: 'Verify: pull and proof',
      async run(driver) {
        await driver.pick('latest');
        await driver.terminalShows(/pull myregistry\.azurecr\.sandbox\/myapp:latest/, 60_000);
        await driver.notification('serves myapp:latest from its cache', 180_000);
        await driver.notificationButton('serves myapp:latest', 'Open Rule');
        await driver.preview().getByRole('heading', { name: 'Proof' }).waitFor();
        await driver.documentIsRead();
        const downstream = [...sandbox.state.content.values()].find(({ registryId }) =>
          registryId.endsWith('/myregistry'),
        );
        assert.ok(downstream?.repositories.get('myapp')?.tags.has('latest'), 'nothing was cached');
        await verdictInTree(driver, 'works');
      },
    },
    {
      name: 'Diagnose: a perfect setup works, and nothing is skipped',
      async run(driver) {
        await driver.contextMenu('myapp', 'Diagnose Rule…');
        const words = await driver.notification(`${ruleName}: ${healthWord('works')}`, 60_000);
        assert.equal(words, `${ruleName}: ${healthWord('works')}.`);
        await driver.editorTab(`Diagnosis of ${ruleName}`);
        await verdictInTree(driver, 'works');
      },
    },
  ];
}

/** Waits until the row of the rule has the verdict. */
async function verdictInTree(driver: Driver, health: Health): Promise<void> {
  const wanted = `verdict: ${healthWord(health)}`;
  const started = Date.now();
  for (;;) {
    const labels = await driver.treeLabels();
    if (labels.some((label) => label.includes(`Cache rule ${ruleName}`) && label.includes(wanted))) return;
    assert.ok(Date.now() - started < 60_000, labels.join('\n'));
    await driver.page.waitForTimeout(100);
  }
}

/** Waits for the review, and until it says how many steps Create has: before that Create is refused. */
export async function planned(driver: Driver, steps: number): Promise<void> {
  await titled(driver, review);
  await driver
    .row(new RegExp(`Create\\s*${String(steps)} steps?`))
    .first()
    .waitFor();
  await driver.rowsAtRest();
}

/** Waits for a page of the setup; of the review, until nothing of it is being read. */
export async function titled(driver: Driver, name: string): Promise<void> {
  await driver.quickInputTitled(name);
  if (name !== review) return;
  await driver
    .row(/^(Create|Finish|Cannot|Decide|Change the)/)
    .first()
    .waitFor();
  await driver.row('checking what is in place').waitFor({ state: 'hidden' });
  await driver.rowsAtRest();
}
