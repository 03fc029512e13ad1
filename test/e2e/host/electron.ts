// The host tests under @vscode/test-electron, where VS Code can be downloaded: the same entry as in the embedded VS Code.
// node test/e2e/host/electron.ts [version]   default: the oldest version the extension supports
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { runTests } from '@vscode/test-electron';
import { startSandbox } from '../../sandbox/src/sandbox.ts';
import { outFolder, root, runCommand } from '../../tools/command.ts';
import { formatCounts } from '../../tools/counts.ts';
import { makeSampleWorkspace } from '../ui/sampleWorkspace.ts';
import { sandboxEnvironment, sandboxSettings } from '../../vscode/onSandbox.ts';
import { followResults } from './support/followResults.ts';
import { extensionId, resultsVariable } from './support/hostTest.ts';

const version = process.argv[2] ?? oldestSupported();
if ((await runCommand('node', ['esbuild.js', '--production', '--tests'])).code !== 0) process.exit(1);

const folder = mkdtempSync(join(tmpdir(), 'acr-electron-'));
const sandbox = await startSandbox();
try {
  const workspace = join(folder, 'workspace');
  makeSampleWorkspace(workspace, sandbox.info);
  const userData = join(folder, 'user-data');
  mkdirSync(join(userData, 'User'), { recursive: true });
  writeFileSync(join(userData, 'User', 'settings.json'), JSON.stringify(sandboxSettings(sandbox.info)));
  allowAccount(userData, 'dev@sandbox.test');
  const results = join(folder, 'results.jsonl');
  writeFileSync(results, '');

  const ended = new AbortController();
  const outcome: { error?: Error } = {};
  // It rejects if VS Code could not be had or started, and if a test failed, which the results say better.
  void runTests({
    version,
    cachePath: join(outFolder, 'vscode-test'),
    extensionDevelopmentPath: [
      root,
      join(root, 'test', 'sandbox', 'src', 'account'),
      join(import.meta.dirname, 'fixtures', 'azure-trees'),
    ],
    extensionTestsPath: join(root, 'dist', 'test', 'host', 'index.js'),
    extensionTestsEnv: {
      ...sandboxEnvironment(sandbox.info, true),
      [resultsVariable]: results,
    },
    launchArgs: [
      workspace,
      '--user-data-dir',
      userData,
      // The sandbox's account stands in for it.
      '--disable-extension=vscode.microsoft-authentication',
      '--enable-proposed-api=acr-artifact-cache.sandbox-account',
      '--disable-workspace-trust',
    ],
  })
    .catch((error: unknown) => {
      outcome.error = error instanceof Error ? error : new Error(String(error));
    })
    .finally(() => ended.abort());
  const counts = await followResults(results, ended.signal);
  if (counts.passed === 0 && outcome.error) throw outcome.error;
  console.log(formatCounts(counts));
  process.exitCode = counts.failed > 0 ? 1 : 0;
} catch (error) {
  console.log(`VS Code ${version} could not be run: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
}

function oldestSupported(): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { vscode: string } };
  return manifest.engines.vscode.replace('^', '');
}

/**
 * Answers VS Code's question whether the extension may use the sandbox's account, which test mode refuses to ask:
 * writes the answer where VS Code keeps it (its application storage, key `provider-account`).
 */
function allowAccount(userData: string, account: string): void {
  const storage = join(userData, 'User', 'globalStorage');
  mkdirSync(storage, { recursive: true });
  const database = new DatabaseSync(join(storage, 'state.vscdb'));
  database.exec('CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)');
  const allowed = JSON.stringify([{ id: extensionId, name: 'ACR Artifact Cache', allowed: true }]);
  database.prepare('INSERT INTO ItemTable VALUES (?, ?)').run(`microsoft-sovereign-cloud-${account}`, allowed);
  database.close();
}
