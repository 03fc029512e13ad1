import { appendFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  onlyVariable,
  resultsVariable,
  roomVariable,
  type HostTestContext,
  type HostTestResult,
  type HostTests,
} from './support/hostTest.ts';

const testTimeout = 120_000;

class Skipped extends Error {}

/**
 * VS Code calls this inside the extension host (`extensionTestsPath`), the embedded one and `@vscode/test-electron`'s alike.
 * Writes a line of JSON per result into the file that the environment names; rejects if a test failed.
 */
export async function run(): Promise<void> {
  const folder = join(__dirname, process.env[roomVariable] ?? '');
  const load = createRequire(join(folder, 'index.js'));
  let failed = 0;
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.test.js') && name.startsWith(process.env[onlyVariable] ?? ''))
    .sort()) {
    const tests = loadTests(() => (load(join(folder, file)) as { tests: HostTests }).tests);
    for (const [name, test] of Object.entries(tests)) {
      const result = await runTest(`${file.replace('.test.js', '')}: ${name}`, test);
      if (result.kind === 'test' && result.status === 'failed') failed++;
      report(result);
    }
  }
  report({ kind: 'end' });
  if (failed > 0) throw new Error(`${failed} tests failed`);
}

/** A file that cannot be loaded is a failed test, and not a run that never ends. */
function loadTests(load: () => HostTests): HostTests {
  try {
    return load();
  } catch (error) {
    return { 'the file loads': () => Promise.reject(error instanceof Error ? error : new Error(String(error))) };
  }
}

async function runTest(name: string, test: HostTests[string]): Promise<HostTestResult> {
  const started = performance.now();
  const context: HostTestContext = {
    measure: (measure, value) => report({ kind: 'measure', name: measure, value }),
    skip: (reason) => {
      throw new Skipped(reason);
    },
  };
  const elapsed = (): number => Math.round(performance.now() - started);
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`still running after ${testTimeout} ms`)), testTimeout);
    });
    await Promise.race([test(context), late]);
    return { kind: 'test', name, status: 'passed', ms: elapsed() };
  } catch (error) {
    const status = error instanceof Skipped ? 'skipped' : 'failed';
    const message =
      error instanceof Error ? (status === 'failed' ? (error.stack ?? error.message) : error.message) : String(error);
    return { kind: 'test', name, status, ms: elapsed(), message };
  } finally {
    clearTimeout(timer);
  }
}

function report(result: HostTestResult): void {
  const file = process.env[resultsVariable];
  if (file) appendFileSync(file, `${JSON.stringify(result)}\n`);
  else console.log(JSON.stringify(result));
}
