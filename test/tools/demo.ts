// The product without an Azure account: the sandbox, and the embedded VS Code with the extension as a user installs it.
// node test/tools/demo.ts           prints a URL to open, runs until Ctrl+C
// node test/tools/demo.ts --check   drives it with clicks and keys in headless Chromium, then ends "N passed, N failed"
//                         --check=setUp,verify   only these parts of test/e2e/ui/flow.ts, after the sign-in
//                         --built      the package is there already
//                         --debug      not the package, but what is built from src, which a debugger may stop
//                         --pictures   the same, and renews the pictures of README and guides
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../sandbox/src/sandbox.ts';
import type { Sandbox } from '../sandbox/src/types.ts';
import { Driver } from '../e2e/ui/driver.ts';
import { mainFlow } from '../e2e/ui/flow.ts';
import { makeSampleWorkspace } from '../e2e/ui/sampleWorkspace.ts';
import { renewPictures } from '../e2e/ui/pictures.ts';
import { runSteps } from '../e2e/ui/step.ts';
import { openWorkbench, workbenchUrl } from '../vscode/browser.ts';
import { installVsCode } from '../vscode/install.ts';
import { startServerOnSandbox } from '../vscode/onSandbox.ts';
import type { VsCodeServer } from '../vscode/server.ts';
import { exitOnSignals, outFolder, root, runCommand } from './command.ts';
import { formatCounts, type Counts } from './counts.ts';

const pictures = process.argv.includes('--pictures');
const checked = process.argv.find((argument) => /^--check(=|$)/.test(argument));
const parts = checked?.split('=')[1]?.split(',');
const check = checked !== undefined || pictures;
/** Other extensions' trees are for the check alone: they have no place in the demo and its pictures. */
const azureTrees = check && !pictures;
/** The port at which `.vscode/launch.json` attaches to the extension host. */
const debug = process.argv.includes('--debug') ? { extension: root, port: 9230 } : undefined;
const vsix = join(root, 'dist', 'acr-artifact-cache.vsix');

if (check) exitOnSignals();
await installVsCode();
if (!process.argv.includes('--built')) {
  // `vsce` builds the extension first (vscode:prepublish).
  const { code, output } = await (debug
    ? runCommand('node', ['esbuild.js'], { isQuiet: true })
    : runCommand('npm', ['run', '--silent', 'package'], { isQuiet: true }));
  if (code !== 0) {
    console.error(output);
    process.exit(1);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'acr-demo-'));
const workspace = join(folder, 'shop');
const sandbox = await startSandbox();
let server: VsCodeServer | undefined;
try {
  makeSampleWorkspace(workspace, sandbox.info);
  server = await startServerOnSandbox({
    sandbox: sandbox.info,
    dataFolder: join(folder, 'vscode'),
    dockerEngine: check,
    ...(debug ? { testMode: true } : { vsix }),
    ...(azureTrees && azureTreesFixture(sandbox)),
    // Terminal text as plain rows: a test reads it, and headless machines have no GPU.
    settings: { 'terminal.integrated.gpuAcceleration': 'off' },
  });
  if (check) {
    const counts = await runCheck(sandbox, server);
    console.log(formatCounts(counts));
    process.exitCode = counts.failed > 0 ? 1 : 0;
  } else {
    console.log(`Open ${workbenchUrl({ server, folder: workspace, ...(debug && { debug }) })}`);
    console.log('Then open "ACR Cache" in the activity bar and sign in. Ctrl+C ends the demo and removes all it made.');
    await interrupted();
  }
} finally {
  await server?.stop();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}

async function runCheck(running: Sandbox, on: VsCodeServer): Promise<Counts> {
  const screens = join(outFolder, 'screens');
  rmSync(screens, { recursive: true, force: true });
  const workbench = await openWorkbench({ server: on, folder: workspace });
  try {
    const { counts, screenshots } = await runSteps(
      new Driver(workbench.page, screens),
      mainFlow(running, { azureTrees, ...(parts && { parts }) }),
    );
    console.log(`screenshots: ${screens}`);
    if (counts.failed === 0 && pictures) await renewPictures(screenshots, workbench.browser);
    if (counts.failed > 0) keepEvidence(on, workbench.console);
    return counts;
  } finally {
    await workbench.close();
  }
}

/** After a failure: what VS Code, the extension and the sandbox had to say. */
function keepEvidence(on: VsCodeServer, consoleLines: readonly string[]): void {
  const evidence = join(outFolder, 'ui');
  rmSync(evidence, { recursive: true, force: true });
  mkdirSync(evidence, { recursive: true });
  writeFileSync(join(evidence, 'server.log'), on.output());
  writeFileSync(join(evidence, 'console.log'), consoleLines.join('\n'));
  writeFileSync(join(evidence, 'requests.json'), JSON.stringify(sandbox.log, null, 2));
  const logs = join(folder, 'vscode', 'data', 'logs');
  if (existsSync(logs)) cpSync(logs, join(evidence, 'logs'), { recursive: true });
  console.log(`logs: ${evidence}`);
}

/** The stand-in for Azure Resources and Container Tools, which shows the downstream registry. */
function azureTreesFixture({ state }: Sandbox): { extensions: string[]; environment: Record<string, string> } {
  const registry = [...state.resources.values()].find(({ name }) => name === 'myregistry');
  return {
    extensions: [join(root, 'test', 'e2e', 'host', 'fixtures', 'azure-trees')],
    environment: { AZURE_TREES_REGISTRY: registry?.id ?? '' },
  };
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
