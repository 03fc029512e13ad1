// Host tests in the embedded VS Code: a sandbox, a server, a page; the results come back through a file.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '../sandbox/sandbox.ts';
import { outFolder, root, runCommand } from '../tools/command.ts';
import { formatCounts, noCounts, type Counts } from '../tools/counts.ts';
import { openWorkbench, type Workbench } from '../vscode/browser.ts';
import { installVsCode } from '../vscode/install.ts';
import { startServerOnSandbox } from '../vscode/onSandbox.ts';
import type { VsCodeServer } from '../vscode/server.ts';
import { resultsVariable, type HostTestResult } from './hostTest.ts';

/** Id of the extension under test. */
const extensionId = 'acr-artifact-cache.acr-artifact-cache';
const entry = join(root, 'dist', 'test', 'host', 'index.js');
/** Nothing new for this long, or this long in all, and the run is given up. */
const silenceLimit = 180_000;
const totalLimit = 900_000;

await installVsCode();
if ((await runCommand('node', ['esbuild.js', '--production', '--tests'])).code !== 0) process.exit(1);
const counts = await runHostTests();
console.log(formatCounts(counts));
process.exit(counts.failed > 0 ? 1 : 0);

async function runHostTests(): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'acr-host-'));
  const results = join(folder, 'results.jsonl');
  const workspace = join(folder, 'workspace');
  cpSync(join(root, 'test', 'ui', 'workspace'), workspace, { recursive: true });
  writeFileSync(results, '');
  const sandbox = await startSandbox();
  let server: VsCodeServer | undefined;
  let workbench: Workbench | undefined;
  try {
    server = await startServerOnSandbox({
      sandbox: sandbox.info,
      signedIn: true,
      testMode: true,
      dataFolder: join(folder, 'vscode'),
      environment: { [resultsVariable]: results },
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
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints results as they are written, until the last one or a time limit; the latter is a failure of its own. */
async function followResults(file: string): Promise<Counts> {
  const counts = noCounts();
  const started = Date.now();
  let read = 0;
  let lastNews = Date.now();
  for (;;) {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    for (const line of lines.slice(read)) {
      const result = JSON.parse(line) as HostTestResult;
      if (result.kind === 'end') return counts;
      printResult(result);
      if (result.kind === 'test') counts[result.status]++;
    }
    if (lines.length > read) lastNews = Date.now();
    read = lines.length;
    if (Date.now() - lastNews > silenceLimit || Date.now() - started > totalLimit) {
      console.log('✗ VS Code ended no more tests: given up');
      counts.failed++;
      return counts;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function printResult(result: HostTestResult): void {
  if (result.kind === 'end') return;
  if (result.kind === 'measure') {
    console.log(`  ${result.name}: ${Math.round(result.value * 10) / 10}`);
    return;
  }
  const sign = { passed: '✓', skipped: '-', failed: '✗' }[result.status];
  console.log(`${sign} ${result.name} (${result.ms} ms)${result.message ? `\n  ${result.message}` : ''}`);
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
