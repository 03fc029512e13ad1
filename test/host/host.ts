// Host tests in the embedded VS Code: a sandbox, a server, a page; the results come back through a file.
// node test/host/host.ts [name]   only the files whose name begins so
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../sandbox/sandbox.ts';
import { exitOnSignals, outFolder, root, runCommand } from '../tools/command.ts';
import { azureCliVersion, signInAzureCli } from '../tools/azureCli.ts';
import { formatCounts, type Counts } from '../tools/counts.ts';
import { makeSampleWorkspace } from '../ui/sampleWorkspace.ts';
import { openWorkbench, type Workbench } from '../vscode/browser.ts';
import { installVsCode } from '../vscode/install.ts';
import { startServerOnSandbox } from '../vscode/onSandbox.ts';
import type { VsCodeServer } from '../vscode/server.ts';
import { followResults } from './followResults.ts';
import { extensionId, onlyVariable, resultsVariable } from './hostTest.ts';

const entry = join(root, 'dist', 'test', 'host', 'index.js');

exitOnSignals();
await installVsCode();
if ((await runCommand('node', ['esbuild.js', '--production', '--tests'])).code !== 0) process.exit(1);
const counts = await runHostTests();
console.log(formatCounts(counts));
process.exit(counts.failed > 0 ? 1 : 0);

async function runHostTests(): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'acr-host-'));
  const results = join(folder, 'results.jsonl');
  const workspace = join(folder, 'workspace');
  writeFileSync(results, '');
  const sandbox = await startSandbox();
  makeSampleWorkspace(workspace, sandbox.info);
  // Signed in to the sandbox where there is one; never as whoever uses this machine.
  const cli = (await azureCliVersion()) === undefined ? undefined : await signInAzureCli(sandbox);
  let server: VsCodeServer | undefined;
  let workbench: Workbench | undefined;
  try {
    server = await startServerOnSandbox({
      sandbox: sandbox.info,
      signedIn: true,
      testMode: true,
      dataFolder: join(folder, 'vscode'),
      extensions: [join(import.meta.dirname, 'fixtures', 'azure-trees')],
      environment: {
        AZURE_CONFIG_DIR: join(folder, 'azure'),
        ...cli?.environment,
        [resultsVariable]: results,
        [onlyVariable]: process.argv[2] ?? '',
      },
    });
    workbench = await openWorkbench({
      server,
      folder: workspace,
      tests: { extension: root, entry },
      trusted: [extensionId],
    });
    const counts = await followResults(results);
    if (counts.failed > 0) await keepEvidence(folder, server, workbench);
    return counts;
  } finally {
    await workbench?.close();
    await server?.stop();
    cli?.close();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts a screenshot and all logs where a person finds them after a failure. */
async function keepEvidence(folder: string, server: VsCodeServer, workbench: Workbench): Promise<void> {
  const evidence = join(outFolder, 'host');
  rmSync(evidence, { recursive: true, force: true });
  mkdirSync(evidence, { recursive: true });
  await workbench.page.screenshot({ path: join(evidence, 'page.png') });
  writeFileSync(join(evidence, 'server.log'), server.output());
  writeFileSync(join(evidence, 'console.log'), workbench.console.join('\n'));
  const logs = join(folder, 'vscode', 'data', 'logs');
  if (existsSync(logs)) cpSync(logs, join(evidence, 'logs'), { recursive: true });
  console.log(`Logs and a screenshot: ${evidence}`);
}
