import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../sandbox/sandbox.ts';
import { manyRegistries } from '../sandbox/scenarios.ts';
import { outFolder } from '../tools/command.ts';
import { Driver } from '../ui/driver.ts';
import { makeSampleWorkspace } from '../ui/sampleWorkspace.ts';
import { openWorkbench } from '../vscode/browser.ts';
import { startServerOnSandbox } from '../vscode/onSandbox.ts';

export interface WorkbenchResult {
  readonly registries: number;
  readonly subscriptions: number;
  readonly latencyMs: number;
  /** As VS Code itself measures it ("Show Running Extensions"), in milliseconds. */
  readonly activationMs: number;
  /** From allowing the sign-in to the first painted row; nothing was known. Milliseconds. */
  readonly firstPaintFromNothingMs: number;
  /** From the view's title to the first painted row after a reload, while Azure answers nothing. Milliseconds. */
  readonly firstPaintFromSnapshotMs: number;
  /** From the reload of the page to the same row: VS Code's own start included. Milliseconds. */
  readonly reloadToPaintMs: number;
}

/** Nothing that is painted sooner can have come from Azure. */
const silenceMs = 120_000;

/** The tree with many registries in the embedded VS Code, with the extension as a user installs it. */
export async function benchWorkbench(
  vsix: string,
  latencyMs = 100,
  registries = 1000,
  subscriptions = 20,
): Promise<WorkbenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'acr-bench-'));
  const workspace = join(folder, 'shop');
  const sandbox = await startSandbox({ scenario: manyRegistries(registries, subscriptions), latencyMs });
  makeSampleWorkspace(workspace, sandbox.info);
  const server = await startServerOnSandbox({ sandbox: sandbox.info, dataFolder: join(folder, 'vscode'), vsix });
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
    const firstPaintFromNothingMs = performance.now() - allowed;

    await driver.runCommand('Developer: Show Running Extensions');
    const running = page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'ACR Artifact Cache' });
    await running.waitFor();
    const activation = /Activation: (\d+)\s*ms/i.exec(await running.innerText())?.[1];

    // The snapshot is written a second after the last change.
    await page.waitForTimeout(3000);
    sandbox.setLatency(silenceMs);
    const reloading = performance.now();
    await page.reload();
    await page.locator('.part.sidebar .composite.title', { hasText: 'ACR Cache' }).waitFor();
    const titled = performance.now();
    await anyRow.waitFor();
    const painted = performance.now();

    return {
      registries,
      subscriptions,
      latencyMs,
      activationMs: Number(activation),
      firstPaintFromNothingMs,
      firstPaintFromSnapshotMs: painted - titled,
      reloadToPaintMs: painted - reloading,
    };
  } finally {
    await workbench.close();
    await server.stop();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
