import assert from 'node:assert/strict';
import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';

/** The rule `MyRule` for `myapp` as code, from its row. Starts signed in, with that rule. */
export function exportSteps(): Step[] {
  return [
    {
      name: 'Export: a rule as Terraform, in a read-only document',
      async run(driver) {
        await driver.openView('ACR Cache');
        await driver.expand('myregistry');
        await driver.contextMenu('myapp', 'Export as Code…');
        await driver.quickInputTitled('Export as Code');
        const languages = (await driver.rows()).join('\n');
        for (const language of ['Bash', 'PowerShell', 'Bicep', 'ARM Template', 'Terraform'])
          assert.ok(languages.includes(language), `no ${language} among:\n${languages}`);
        await driver.pick('Terraform');
        await driver.editorTab('main.tf');
        await driver.editorHas('required_providers');
        await lens(driver, 'Save…').waitFor();
      },
    },
    {
      name: 'Export: saved as a file, which is then open',
      async run(driver) {
        await driver.editorAction('Save Export');
        await driver.quickInputTitled('Save Export');
        await driver.accept();
        await lens(driver, 'Save…').waitFor({ state: 'detached' });
        await driver.editorHas('required_providers');
        await driver.runCommand('View: Close Editor');
      },
    },
    {
      name: 'Export: as Bicep, whose modules are a click away',
      async run(driver) {
        await driver.contextMenu('myapp', 'Export as Code…');
        await driver.quickInputTitled('Export as Code');
        await driver.pick('Bicep');
        await driver.editorTab('main.bicep');
        await lens(driver, 'Save 2 Files…').waitFor();
        await lens(driver, 'Open upstream-access.bicep').click();
        await driver.editorTab('upstream-access.bicep');
        await driver.runCommand('View: Close All Editors');
      },
    },
  ];
}

function lens(driver: Driver, title: string) {
  return driver.page.locator('.editor-group-container.active .codelens-decoration a').filter({ hasText: title });
}
