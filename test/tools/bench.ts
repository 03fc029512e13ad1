// How fast the product is on this machine, against the sandbox with 100 ms latency per request; docs/performance.md explains it.
// node test/tools/bench.ts [--json] [part …]     parts: rules, editor, scan, hostile, set-up, tree, az, bundle, workbench, surface; default: all
import { benchAzScript } from '../bench/azScript.ts';
import { measureBundle, packageFile } from '../bench/bundle.ts';
import { measureEditor } from '../bench/editor.ts';
import { measureHostile } from '../bench/hostile.ts';
import { describeMachine } from '../bench/machine.ts';
import { exceededLimits, formatResults } from '../bench/results.ts';
import { measureRuleMatching } from '../bench/ruleMatching.ts';
import { latencyMs } from '../bench/sandboxProcess.ts';
import { measureScan } from '../bench/scan.ts';
import { measureSetUp, variants, type SetUpResult } from '../bench/setUp.ts';
import { measureSurface } from '../bench/surface.ts';
import { measureTree } from '../bench/tree.ts';
import { measureWorkbench } from '../bench/workbench.ts';
import { installVsCode } from '../vscode/install.ts';
import { exitOnSignals } from './command.ts';

const parts = ['rules', 'editor', 'scan', 'hostile', 'set-up', 'tree', 'az', 'bundle', 'workbench', 'surface'] as const;
const runs = 7;

const given = process.argv.slice(2);
const json = given.includes('--json');
const asked = given.filter((word) => word !== '--json');
const unknown = asked.filter((word) => !parts.some((part) => part === word));
if (unknown.length > 0) {
  console.error(`No part ${unknown.join(', ')}. There is: ${parts.join(', ')}.`);
  process.exit(2);
}

exitOnSignals();
// Standard output is for the result alone; what tools say on the way goes where progress goes.
console.log = console.error;

/** Measures a part if it is asked for. One that cannot be measured does not take the others' numbers along. */
async function measure<T>(part: (typeof parts)[number], what: () => Promise<T> | T): Promise<T | undefined> {
  if (asked.length > 0 && !asked.includes(part)) return undefined;
  console.error(`measuring: ${part} …`);
  try {
    return await what();
  } catch (error) {
    console.error(`${part}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return undefined;
  }
}

const measured = {
  machine: describeMachine(),
  latencyMs,
  // The quiet ones first: what VS Code and Chromium leave behind would disturb them.
  ruleMatching: await measure('rules', measureRuleMatching),
  editor: await measure('editor', measureEditor),
  scan: await measure('scan', measureScan),
  hostile: await measure('hostile', measureHostile),
  setUp: await measure('set-up', async () => {
    const results: SetUpResult[] = [];
    for (const variant of variants) results.push(await measureSetUp(variant, runs));
    return results;
  }),
  tree: await measure('tree', () => measureTree(runs)),
  azureCli: await measure('az', () => benchAzScript(latencyMs)),
  bundle: await measure('bundle', measureBundle),
  workbench: await measure('workbench', async () => {
    await installVsCode();
    if (asked.length > 0 && !asked.includes('bundle')) await measureBundle();
    return measureWorkbench(packageFile, latencyMs);
  }),
  surface: await measure('surface', async () => {
    await installVsCode();
    if (asked.length > 0 && !asked.includes('bundle') && !asked.includes('workbench')) await measureBundle();
    return measureSurface(packageFile, latencyMs);
  }),
};
const results = { ...measured, exceeded: exceededLimits(measured) };
const text = json ? JSON.stringify(results) : formatResults(results).join('\n');
// Requests that the sandbox was told not to answer would keep this process alive.
process.stdout.write(`${text}\n`, () => process.exit());
