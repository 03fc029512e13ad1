import assert from 'node:assert/strict';
import type { Sandbox } from '../../../sandbox/src/types.ts';
import type { Step } from '../step.ts';

const registry = 'myregistry';
const page = `Switch ${registry} to ABAC`;

/** The ABAC switch assistant, of a registry in RBAC mode. */
export function abacSteps(sandbox: Sandbox): Step[] {
  return [
    {
      name: 'ABAC assistant: two answers with their consequences, and none is chosen',
      async run(driver) {
        await driver.runCommand('ACR Cache: Switch to ABAC');
        await driver.row(registry).first().waitFor();
        await driver.pick(registry);
        await driver.quickInputTitled(page);
        await driver.row('Switch to ABAC, and first give 1 principal its new roles').first().waitFor();
        assert.equal(await driver.page.locator('.quick-input-list .monaco-list-row.focused').count(), 0);
        await driver.accept();
        await driver.quickInputTitled(page);
      },
    },
    {
      name: 'ABAC assistant: what ABAC is',
      async run(driver) {
        await driver.quickInputButton('What Is ABAC?');
        await driver.editorTab('What Is ABAC');
        await driver.preview().getByRole('heading', { name: 'What is ABAC?' }).waitFor();
      },
    },
    {
      name: 'ABAC assistant: back to the decision',
      async run(driver) {
        await driver.editorAction('Back to Review');
        await driver.quickInputTitled(page);
      },
    },
    {
      name: 'ABAC assistant: who and what is affected, by name',
      async run(driver) {
        await driver.pick('Show who and what is affected');
        await driver.editorTab(`Switching ${registry} to ABAC`);
        await driver.preview().getByRole('heading', { name: 'What else changes' }).waitFor();
        await driver.preview().getByText('inherited from the subscription').first().waitFor();
      },
    },
    {
      name: 'ABAC assistant: back to the decision again',
      async run(driver) {
        await driver.editorAction('Back to Review');
        await driver.quickInputTitled(page);
      },
    },
    {
      name: 'ABAC assistant: you are chosen at first, and may leave yourself out',
      async run(driver) {
        await driver.pick('Choose who gets new roles');
        await driver.quickInputTitled('Who Gets New Roles');
        await driver.pick('New roles for you');
        await driver.pick('No new roles for you');
        await driver.row('New roles for you').first().waitFor();
      },
    },
    {
      name: 'ABAC assistant: the name has to be typed',
      async run(driver) {
        await driver.pick('Continue');
        await driver.quickInputTitled(page);
        await driver.pick('Switch to ABAC, and first give');
        await driver.quickInputTitled('Confirm the Switch');
        await driver.type('my');
        await driver.quickInputMessage(`Type "${registry}" to confirm`);
        await driver.type(registry);
        await driver.accept();
      },
    },
    {
      name: 'ABAC assistant: reviewed, roles first',
      async run(driver) {
        await driver.quickInputTitled('Review');
        await driver.row(`Keep reading ${registry} yourself`).first().waitFor();
        await driver.row('Permissions mode "RBAC Registry + ABAC').first().waitFor();
      },
    },
    {
      name: 'ABAC assistant: switched; clients have to log in again',
      async run(driver) {
        await driver.pick('Switch');
        await driver.notification(`${registry} is in ABAC mode`, 60_000);
        const found = [...sandbox.state.resources.values()].find(({ name }) => name === registry);
        assert.match(JSON.stringify(found), /AbacRepositoryPermissions/);
      },
    },
  ];
}
