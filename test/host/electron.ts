// The host tests under @vscode/test-electron, where VS Code can be downloaded: the same entry as in the embedded VS Code.
// node test/host/electron.ts [version]   default: the oldest version the extension supports
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { startSandbox } from '../sandbox/sandbox.ts';
import { outFolder, root, runCommand } from '../tools/command.ts';
import { formatCounts } from '../tools/counts.ts';
import { makeSampleWorkspace } from '../ui/sampleWorkspace.ts';
import { sandboxEnvironment, sandboxSettings } from '../vscode/onSandbox.ts';
import { followResults } from './followResults.ts';
import { resultsVariable } from './hostTest.ts';

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
  const results = join(folder, 'results.jsonl');
  writeFileSync(results, '');

  const run = new AbortController();
  const vscode = runTests({
    version,
    cachePath: join(outFolder, 'vscode-test'),
    extensionDevelopmentPath: [root, join(root, 'test', 'sandbox', 'account')],
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
  }).finally(() => run.abort());
  const counts = await followResults(results, run.signal);
  // It rejects if a test failed, which the counts say too; or if VS Code could not be had or started.
  await vscode.catch((error: unknown) => {
    if (counts.failed === 0) throw error;
  });
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
