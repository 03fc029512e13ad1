// `npm test`: every check of this repository, one after another, with its output as it comes.
// Ends with a line `N passed, N failed` (and `, N skipped` if any); exit code 1 if any failed.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { outFolder, runCommand } from './command.ts';
import { addCounts, formatCounts, noCounts, parseCounts, type Counts } from './counts.ts';

interface Phase {
  readonly name: string;
  /** Rejects if the phase could not be run at all. */
  run(): Promise<Counts>;
}

const vitestReport = join(outFolder, 'vitest.json');

const phases: readonly Phase[] = [
  { name: 'type check', run: () => oneTest('tsc', '-p', '.') },
  { name: 'lint', run: () => oneTest('eslint', '.', '--max-warnings', '0') },
  { name: 'format', run: () => oneTest('prettier', '--check', '--log-level', 'warn', '.') },
  { name: 'build, eager code within its limit', run: () => oneTest('node', 'esbuild.js', '--production') },
  { name: 'unit, Azure, provisioning and sandbox tests', run: vitest },
  { name: 'inside the extension host', run: () => ownTool('test/host/host.ts') },
  { name: 'main flow in the embedded VS Code', run: () => ownTool('test/tools/demo.ts', '--check') },
];

mkdirSync(outFolder, { recursive: true });
const total = noCounts();
for (const phase of phases) {
  console.log(`\n== ${phase.name}`);
  const started = performance.now();
  let counts: Counts;
  try {
    counts = await phase.run();
  } catch (error) {
    console.log(error instanceof Error ? error.message : String(error));
    counts = { ...noCounts(), failed: 1 };
  }
  addCounts(total, counts);
  console.log(`== ${phase.name}: ${formatCounts(counts)} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
console.log(`\n${formatCounts(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** A command that counts as one test. */
async function oneTest(program: string, ...args: string[]): Promise<Counts> {
  const { code } = await runCommand(program, args);
  return code === 0 ? { ...noCounts(), passed: 1 } : { ...noCounts(), failed: 1 };
}

/** A tool of this repository, which ends with a line of counts. One that fails without such a line is one failure. */
async function ownTool(...args: string[]): Promise<Counts> {
  const { code, output } = await runCommand('node', args);
  const counts = parseCounts(output) ?? noCounts();
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function vitest(): Promise<Counts> {
  rmSync(vitestReport, { force: true });
  const { code } = await runCommand('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${vitestReport}`,
  ]);
  const report = JSON.parse(readFileSync(vitestReport, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
  };
  const failed = report.numFailedTests;
  return {
    passed: report.numPassedTests,
    // A file that could not be loaded has no tests to fail.
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
