import assert from 'node:assert/strict';
import { healthWord } from '../../../../src/domain/ruleVerdict.ts';
import { untilAsked } from '../asked.ts';
import type { Sandbox } from '../../../sandbox/src/types.ts';
import type { Step } from '../step.ts';

const upstream = 'upstreamregistry';
const downstream = 'myregistry';
const target = 'myapp';
const ruleName = 'MyRule';
const isIll = (label: string): boolean => label.includes(`verdict: ${healthWord('problems')}`);

/** A rule looked at, found broken, repaired, and a pasted error explained. Starts signed in, with the rule `MyRule` for `myapp`, once pulled. */
export function diagnoseSteps(sandbox: Sandbox): Step[] {
  return [
    {
      name: 'Inspect: one document tells everything about a rule',
      async run(driver) {
        await driver.openView('ACR Cache');
        await driver.expand(downstream);
        await driver.treeItem(target).click();
        await driver.editorTab(`${ruleName}.md`);
        const document = driver.preview();
        await document.getByRole('heading', { name: 'Mapping' }).waitFor();
        // The last part to arrive: what is cached, each tag beside the upstream's.
        await document.getByText('latest').first().waitFor();
        await document.getByText('MyACRCacheIdentity').first().waitFor();
        await document.getByRole('link', { name: 'Verify' }).click();
        await driver.quickInputTitled('Verify by Pulling: Tag');
        await driver.page.keyboard.press('Escape');
      },
    },
    {
      name: 'Inspect: the document refreshes in place',
      async run(driver) {
        const before = sandbox.log.length;
        await driver.preview().getByRole('link', { name: 'Refresh' }).click();
        await untilAsked(sandbox, before, new RegExp(`/cacheRules/${ruleName}`));
        // What was read before stays while it is read again.
        assert.equal(await driver.ofDocument((document) => document.getByText('Reading…').count()), 0);
        await driver.preview().getByRole('heading', { name: 'Mapping' }).waitFor();
      },
    },
    {
      name: 'Diagnose: a rule whose role assignment is gone',
      async run(driver) {
        const before = sandbox.state.roleAssignments.size;
        const ofIdentity = [...sandbox.state.principals.values()].find(({ name }) => name === 'MyACRCacheIdentity');
        for (const [id, { scope, principalId }] of sandbox.state.roleAssignments) {
          if (principalId === ofIdentity?.objectId && scope.toLowerCase().endsWith(`/registries/${upstream}`)) {
            sandbox.state.roleAssignments.delete(id);
          }
        }
        assert.equal(sandbox.state.roleAssignments.size, before - 1, 'not just the one of the set-up was there');
        await driver.contextMenu(target, 'Diagnose Rule…');
        const words = await driver.notification(healthWord('problems'), 60_000);
        assert.match(words, new RegExp(`^${ruleName}: ${healthWord('problems')}`));
        await driver.editorTab(`Diagnosis of ${ruleName}`);
        await driver.preview().getByRole('heading', { name: 'Problems', exact: true }).waitFor();
        const labels = await driver.treeLabels();
        assert.ok(
          labels.some((label) => label.includes(`Cache rule ${ruleName}`) && isIll(label)),
          labels.join('\n'),
        );
      },
    },
    {
      name: 'Diagnose: a reload keeps what was found, with its repairs',
      async run(driver) {
        await driver.closeNotification(healthWord('problems'));
        await driver.reloadWithEditor('acr-cache-diagnosis');
        await driver.showTab(`Diagnosis of ${ruleName}`);
        await driver.preview().getByRole('heading', { name: 'Problems', exact: true }).waitFor();
        await driver.preview().getByRole('link', { name: 'Repair…' }).first().waitFor();
        await driver.openView('ACR Cache');
        await driver.expand(downstream);
      },
    },
    {
      name: 'Repair: reviewed before anything is changed',
      async run(driver) {
        // This session has no diagnosis: it is made first.
        await driver.preview().getByRole('link', { name: 'Repair…' }).first().click();
        await driver.quickInputTitled(`Repair ${ruleName}: Review`);
        await driver.row('1 step').first().waitFor();
      },
    },
    {
      name: 'Repair: applied, and the rule is checked again by itself',
      async run(driver) {
        await driver.row('Repair').first().click();
        await driver.notification('Repaired ', 60_000);
        const started = Date.now();
        const isStill = async () => (await driver.treeLabels()).some(isIll);
        while (await isStill()) {
          assert.ok(Date.now() - started < 120_000, (await driver.treeLabels()).join('\n'));
          await driver.page.waitForTimeout(250);
        }
        await driver.preview().getByRole('heading', { name: 'Problems', exact: true }).waitFor({ state: 'hidden' });
        await driver.preview().getByRole('heading', { name: 'Passed' }).waitFor();
        const labels = await driver.treeLabels();
        assert.ok(
          labels.some((label) => label.includes(`verdict: ${healthWord('works')}`)),
          labels.join('\n'),
        );
      },
    },
    {
      name: 'Explain a pull error from an editor',
      async run(driver) {
        const loginServer = sandbox.info.registries.find(({ name }) => name === downstream)?.loginServer ?? '';
        await driver.runCommand('ACR Cache: Explain a Pull Error…');
        await driver.pick('Type or Paste Into a New Editor');
        const hint = 'Paste the output of the failed pull';
        await driver.notification(hint);
        await driver.page.keyboard.insertText(
          [
            `Error response from daemon: Head "https://${loginServer}/v2/${target}/manifests/latest": denied:`,
            `requested access to pull from source '${upstream}/myapp' for cache rule '${ruleName}' has been denied.`,
            'CorrelationId: 11111111-2222-3333-4444-555555555555',
          ].join(' '),
        );
        await driver.notificationButton(hint, 'Explain');
        await driver.editorTab('Pull Error');
        const document = driver.preview();
        await document.getByRole('link', { name: `Diagnose and Repair ${ruleName}` }).waitFor();
        await document.getByText('11111111-2222-3333-4444-555555555555').first().waitFor();
      },
    },
    {
      name: 'Explain a pull error that is selected in the terminal, where the menu offers it only then',
      async run(driver) {
        await driver.runCommand('View: Close All Editors');
        await driver.dialogButton("Don't Save");
        await driver.runCommand('Terminal: Create New Terminal');
        await driver.terminalShows(/\$|#/);
        const text = 'Error: manifest unknown';
        await driver.page.keyboard.type(`echo '${text}'\n`);
        const line = driver.page.locator('.terminal-wrapper.active .xterm-rows > div').filter({ hasText: /^Error/ });
        const { x = 0, y = 0 } = (await line.first().boundingBox()) ?? {};
        const entries = driver.page.locator('.monaco-menu .action-item');
        const open = async (): Promise<boolean> => {
          await driver.page.mouse.click(x + 20, y + 8, { button: 'right' });
          await entries.filter({ hasText: 'Copy' }).first().waitFor();
          return (await entries.filter({ hasText: 'Explain a Pull Error' }).count()) > 0;
        };
        assert.ok(!(await open()), 'offered where nothing is selected');
        await driver.page.keyboard.press('Escape');
        await driver.page.evaluate("navigator.clipboard.writeText('kept')");
        await driver.page.mouse.click(x + 20, y + 8, { clickCount: 3 });
        // VS Code notes a selection a moment after the mouse is released.
        const end = Date.now() + 30_000;
        while (!(await open())) {
          assert.ok(Date.now() < end, 'not offered where something is selected');
          await driver.page.keyboard.press('Escape');
        }
        await driver.menuEntry('Explain a Pull Error');
        await driver.editorTab('Pull Error');
        await driver.preview().getByText('The tag or digest does not exist').first().waitFor();
        assert.equal(await driver.page.evaluate('navigator.clipboard.readText()'), 'kept');
        await driver.runCommand('Terminal: Kill All Terminals');
      },
    },
    {
      name: 'Diagnose a registry with all its rules',
      async run(driver) {
        await driver.inlineAction(downstream, 'Diagnose Registry');
        await driver.notification('cache rules', 60_000);
        await driver.editorTab(`Diagnosis of ${downstream}`);
        await driver
          .preview()
          .getByRole('heading', { name: `Diagnosis of registry ${downstream}` })
          .waitFor();
        await driver.runCommand('View: Close All Editors');
      },
    },
  ];
}
