import assert from 'node:assert/strict';
import type { Step } from '../step.ts';

/** The rule `MyRule` for `myapp` as code, from its row. Starts signed in, with that rule. */
export function exportSteps(): Step[] {
  return [
    {
      name: 'Export: a rule as Terraform, in an untitled document',
      async run(driver) {
        await driver.openView('ACR Cache');
        await driver.expand('myregistry');
        await driver.contextMenu('myapp', 'Export Set-Up…');
        await driver.quickInputTitled('Export Set-Up');
        const languages = (await driver.rows()).join('\n');
        for (const language of ['Bash', 'PowerShell', 'Bicep', 'ARM Template', 'Terraform'])
          assert.ok(languages.includes(language), `no ${language} among:\n${languages}`);
        await driver.pick('Terraform');
        await driver.editorTab('Untitled');
        assert.match(await driver.editorText(), /required_providers/);
        await driver.runCommand('View: Revert and Close Editor');
      },
    },
  ];
}
