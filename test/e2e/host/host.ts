// Host tests in the embedded VS Code: a sandbox, a server, a page; the results come back through a file.
// node test/e2e/host/host.ts [name] [--built]   only the files whose name begins so; the extension and the tests are built already
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startSandbox } from '../../sandbox/src/sandbox.ts';
import { exitOnSignals, outFolder, root, runCommand } from '../../tools/command.ts';
import { azureCliVersion, signInAzureCli } from '../../tools/azureCli.ts';
import { addCounts, formatCounts, noCounts, type Counts } from '../../tools/counts.ts';
import { makeSampleWorkspace } from '../ui/sampleWorkspace.ts';
import { openWorkbench, type Workbench } from '../../vscode/browser.ts';
import { installVsCode } from '../../vscode/install.ts';
import { startServerOnSandbox } from '../../vscode/onSandbox.ts';
import type { VsCodeServer } from '../../vscode/server.ts';
import { followResults } from './support/followResults.ts';
import { extensionId, onlyVariable, resultsVariable, roomVariable } from './support/hostTest.ts';

/** A way to open VS Code, and the folder with the tests that run in it. */
interface Room {
  readonly tests: string;
  readonly restricted?: boolean;
  /** Opens a copy of the sample workspace that is in memory alone. */
  readonly isVirtual?: boolean;
}

const rooms: readonly Room[] = [
  { tests: '' },
  { tests: 'restricted', restricted: true },
  { tests: 'virtual', isVirtual: true },
];

const entry = join(root, 'dist', 'test', 'host', 'index.js');
const fixtures = join(import.meta.dirname, 'fixtures');
const args = process.argv.slice(2);
const only = args.find((argument) => !argument.startsWith('--')) ?? '';

exitOnSignals();
await installVsCode();
if (!args.includes('--built') && (await runCommand('node', ['esbuild.js', '--production', '--tests'])).code !== 0)
  process.exit(1);
const counts = noCounts();
for (const room of rooms) if (hasTests(room)) addCounts(counts, await runHostTests(room));
console.log(formatCounts(counts));
process.exit(counts.failed > 0 ? 1 : 0);

function hasTests({ tests }: Room): boolean {
  return globSync('*.test.ts', { cwd: join(import.meta.dirname, tests) }).some((file) =>
    basename(file).startsWith(only),
  );
}

async function runHostTests({ tests, restricted = false, isVirtual = false }: Room): Promise<Counts> {
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
      dockerEngine: tests === '',
      testMode: true,
      restricted,
      dataFolder: join(folder, 'vscode'),
      extensions: ['azure-trees', 'memory-files', 'dockerfile-links'].map((name) => join(fixtures, name)),
      environment: {
        AZURE_CONFIG_DIR: join(folder, 'azure'),
        ...cli?.environment,
        MEMORY_FILES_FROM: workspace,
        [resultsVariable]: results,
        [onlyVariable]: only,
        [roomVariable]: tests,
      },
    });
    workbench = await openWorkbench({
      server,
      folder: isVirtual ? 'memfs:/shop' : workspace,
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
