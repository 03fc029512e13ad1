import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../sandbox/src/sandbox.ts';
import { manyRegistries } from '../sandbox/src/scenarios.ts';
import { outFolder } from '../tools/command.ts';
import { Driver } from '../e2e/ui/driver.ts';
import { makeSampleWorkspace } from '../e2e/ui/sampleWorkspace.ts';
import { openWorkbench } from '../vscode/browser.ts';
import { startServerOnSandbox } from '../vscode/onSandbox.ts';
import { median } from './statistics.ts';

/** Milliseconds; of what is done with each reload of the page, medians. */
export interface WorkbenchResult {
  readonly registries: number;
  readonly subscriptions: number;
  readonly reloads: number;
  /** Loading the code and running `activate`, as VS Code itself measures it ("Show Running Extensions"). */
  readonly activationMs: number;
  /** Nothing was known: from allowing the sign-in to the first row, and the requests until then, sign-in included. */
  readonly fromNothing: { readonly paintMs: number; readonly requests: number };
  /** Azure answers nothing: to the first row from the begin of activation, and from the reload of the page (VS Code's own start). */
  readonly fromSnapshot: { readonly sinceActivationMs: number; readonly sinceReloadMs: number };
}

/** Nothing that is painted sooner can have come from Azure. */
const silenceMs = 120_000;
const registries = 1000;
const subscriptions = 20;
const reloads = 3;

/** The tree with many registries in the embedded VS Code, with the extension as a user installs it. */
export async function measureWorkbench(vsix: string, latencyMs: number): Promise<WorkbenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'acr-bench-'));
  const workspace = join(folder, 'shop');
  const dataFolder = join(folder, 'vscode');
  const sandbox = await startSandbox({ scenario: manyRegistries(registries, subscriptions), latencyMs });
  makeSampleWorkspace(workspace, sandbox.info);
  const server = await startServerOnSandbox({ sandbox: sandbox.info, dataFolder, vsix });
  const workbench = await openWorkbench({ server, folder: workspace });
  try {
    const { page } = workbench;
    const driver = new Driver(page, join(outFolder, 'bench'));
    const anyRow = driver.treeItem('Subscription 0000');
    await driver.ready();
    await driver.openView('ACR Cache');
    await driver.welcomeButton('Sign In to Azure').click();
    const allowed = performance.now();
    await driver.allowSignIn();
    await anyRow.waitFor();
    const fromNothing = { paintMs: performance.now() - allowed, requests: sandbox.log.length };

    // The snapshot is written a second after the last change.
    await page.waitForTimeout(3000);
    sandbox.setLatency(silenceMs);
    const measured = [];
    for (let reload = 0; reload < reloads; reload++) {
      const reloading = Date.now();
      await page.reload();
      await anyRow.waitFor();
      const painted = Date.now();
      await driver.runCommand('Developer: Show Running Extensions');
      const running = page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'ACR Artifact Cache' });
      const shown = running.filter({ hasText: /Activation: \d/ });
      await shown.waitFor();
      measured.push({
        activation: Number(/Activation: (\d+)\s*ms/i.exec(await shown.innerText())?.[1]),
        sinceActivation: painted - lastActivation(dataFolder),
        sinceReload: painted - reloading,
      });
    }
    return {
      registries,
      subscriptions,
      reloads,
      activationMs: median(measured.map((one) => one.activation)),
      fromNothing,
      fromSnapshot: {
        sinceActivationMs: median(measured.map((one) => one.sinceActivation)),
        sinceReloadMs: median(measured.map((one) => one.sinceReload)),
      },
    };
  } finally {
    await workbench.close();
    await server.stop();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** When VS Code last began to activate the extension, by the logs of its extension hosts. Milliseconds since 1970. */
function lastActivation(dataFolder: string): number {
  const pattern = /^([\d-]+ [\d:.]+) .*_doActivateExtension acr-artifact-cache\.acr-artifact-cache,/gm;
  const times = globSync(join(dataFolder, 'data', 'logs', '**', 'remoteexthost.log')).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, time = '']) => new Date(time).getTime()),
  );
  if (times.length === 0) throw new Error('The logs of VS Code name no activation of the extension.');
  return Math.max(...times);
}
