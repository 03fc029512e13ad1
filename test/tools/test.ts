// `npm test`: every check of this repository, one after the other.
// Ends with what failed, once more, and a line `N passed, N failed` (and `, N skipped` if any); exit code 1 if any failed.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { outFolder, root, runCommand } from './command.ts';
import { addCounts, formatCounts, noCounts, parseCounts, type Counts } from './counts.ts';

interface Outcome {
  readonly counts: Counts;
  /** What failed, for whoever sees only the end of the output. */
  readonly failures: readonly string[];
  /** What was not printed while it ran. */
  readonly output?: string;
}

interface Phase {
  readonly name: string;
  /** Rejects if the phase could not be run at all. */
  run(): Promise<Outcome>;
}

const oneFailed: Counts = { ...noCounts(), failed: 1 };

/** The part that is read of vitest's JSON report, which has the form of Jest's. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    /** The file's path. */
    readonly name: string;
    readonly status: string;
    /** Why the file could not be loaded. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const vitestReport = join(outFolder, 'vitest.json');

/** One after the other: each takes all cores, and a window that waits for them would not be what a user has. */
const phases: readonly Phase[] = [
  { name: 'unit, Azure, provisioning and sandbox tests', run: vitest },
  {
    name: 'types, lint, format',
    run: () =>
      allOf(
        ['tsc', '-p', '.'],
        ['eslint', '.', '--max-warnings', '0'],
        ['prettier', '--check', '--log-level', 'warn', '.'],
      ),
  },
  {
    name: 'embedded VS Code, package, build with eager code within its limit',
    // The package before the tests: to make it builds the extension alone.
    run: () =>
      allOf(
        ['node', 'test/vscode/install.ts'],
        ['npm', 'run', '--silent', 'package'],
        ['node', 'esbuild.js', '--production', '--tests'],
      ),
  },
  { name: 'inside the extension host', run: () => ownTool('test/e2e/host/host.ts', '--built') },
  { name: 'main flow in the embedded VS Code', run: () => ownTool('test/tools/demo.ts', '--check', '--built') },
];

mkdirSync(outFolder, { recursive: true });
const total = noCounts();
const failures: string[] = [];
for (const phase of phases) await runPhase(phase);
console.log(['', ...failures, formatCounts(total)].join('\n'));
process.exitCode = total.failed > 0 ? 1 : 0;

async function runPhase(phase: Phase): Promise<void> {
  const { name } = phase;
  console.log(`\n== Running: ${name}`);
  const started = performance.now();
  let outcome: Outcome;
  try {
    outcome = await phase.run();
  } catch (error) {
    outcome = { counts: oneFailed, failures: [error instanceof Error ? error.message : String(error)] };
  }
  const { counts, output = '' } = outcome;
  addCounts(total, counts);
  const said = outcome.failures.length > 0 || counts.failed === 0 ? outcome.failures : ['see its output'];
  failures.push(...said.map((failure) => `✗ ${name}: ${failure}`));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`\n== ${name}\n${output}== ${name}: ${formatCounts(counts)} in ${seconds} s`);
}

/** Commands, one after the other, each of which counts as one test. */
async function allOf(...commands: readonly (readonly [program: string, ...args: string[]])[]): Promise<Outcome> {
  const all = { counts: noCounts(), failures: [] as string[], output: '' };
  for (const [program, ...args] of commands) {
    const { code, output } = await runCommand(program, args, { isQuiet: true });
    all.output += output;
    if (code === 0) all.counts.passed++;
    else {
      all.counts.failed++;
      all.failures.push(`${program} ended with ${code}`);
    }
  }
  return all;
}

/** A tool of this repository, which ends with a line of counts. One that fails without such a line is one failure. */
async function ownTool(...args: string[]): Promise<Outcome> {
  const { code, output } = await runCommand('node', args, { isQuiet: true });
  const counts = parseCounts(output) ?? noCounts();
  return {
    counts: code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts,
    failures: [...output.matchAll(/^✗ (.+)$/gm)].map(([, failure = '']) => failure),
    output,
  };
}

async function vitest(): Promise<Outcome> {
  rmSync(vitestReport, { force: true });
  const { code } = await runCommand('vitest', [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${vitestReport}`,
  ]);
  const report = JSON.parse(readFileSync(vitestReport, 'utf8')) as VitestReport;
  const failures = report.testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const tests = assertionResults.filter((test) => test.status === 'failed');
      const reasons = tests.map((test) => `${test.fullName}\n${test.failureMessages.join('\n')}`);
      return (reasons.length > 0 ? reasons : [message]).map((reason) => `${relative(root, name)}: ${reason}`);
    });
  return {
    counts: {
      passed: report.numPassedTests,
      // A file that could not be loaded has no tests to fail; what fails between tests is in no file.
      failed: Math.max(failures.length, code === 0 ? 0 : 1),
      skipped: report.numPendingTests + report.numTodoTests,
    },
    failures,
  };
}
