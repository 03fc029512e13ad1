import type { Driver } from '../driver.ts';
import type { Step } from '../step.ts';

const ids = ['signIn', 'setUp', 'verify'];

async function eachIs(driver: Driver, ticked: boolean): Promise<void> {
  for (const id of ids) {
    const state = `[aria-checked="${String(ticked)}"]`;
    await driver.page.locator(`.getting-started-step[data-step-id$="#${id}"]${state}`).waitFor();
  }
}

/** Not by the palette: a picture that is loaded takes the focus from it. */
async function close(driver: Driver): Promise<void> {
  const tab = driver.page.locator('.tab', { hasText: 'Welcome' });
  await tab.click({ button: 'middle' });
  await tab.waitFor({ state: 'detached' });
}

/** Before the sign-in: nothing is ticked. VS Code never ticks what was so already when it first read the walkthrough in a window. */
export const walkthroughOpens: Step = {
  name: 'Walkthrough: from the empty view, with a picture',
  async run(driver) {
    await driver.welcomeButton('Open the walkthrough').click();
    await eachIs(driver, false);
    await driver.page.locator('.getting-started-media .webview').waitFor();
    await close(driver);
    await driver.openView('ACR Cache');
  },
};

/** After a verified pull. */
export const walkthroughDone: Step = {
  name: 'Walkthrough: ticked by what is so',
  async run(driver) {
    await driver.runCommand('Welcome: Open Walkthrough...');
    await driver.pick('Cache one registry in another');
    await eachIs(driver, true);
    await close(driver);
  },
};
