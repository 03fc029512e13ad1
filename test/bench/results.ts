import type { AzScriptResult } from './azScript.ts';
import type { BundleResult } from './bundle.ts';
import type { EditorResult } from './editor.ts';
import type { HostileKind } from './hostile.ts';
import type { Machine } from './machine.ts';
import type { RuleMatchingResult } from './ruleMatching.ts';
import type { ScanResult } from './scan.ts';
import type { SetUpResult } from './setUp.ts';
import type { Felt, SurfaceResult } from './surface.ts';
import type { TreeResult } from './tree.ts';
import type { WorkbenchResult } from './workbench.ts';

/** What `npm run -s bench -- --json` prints; a part that was not asked for, or could not be measured here, is absent. */
export interface BenchResults {
  readonly machine: Machine;
  readonly latencyMs: number;
  readonly setUp?: readonly SetUpResult[];
  readonly tree?: TreeResult;
  readonly bundle?: BundleResult;
  readonly workbench?: WorkbenchResult;
  readonly surface?: SurfaceResult;
  readonly azureCli?: AzScriptResult;
  readonly ruleMatching?: RuleMatchingResult;
  readonly editor?: EditorResult;
  readonly scan?: ScanResult;
  readonly hostile?: readonly HostileKind[];
  /** Sentences; empty: everything asked for is within its limit. */
  readonly exceeded: readonly string[];
}

/** Most a set-up may take of its bound. */
const setUpRatioLimit = 1.3;

/** How many times what the bare parser takes a large file may take; milliseconds for what is left to the host; microseconds for one reference. */
const editorLimits = { ratio: 1.2, resolveMs: 5, resolveUs: 10 };

/** Times of what reading and bare parsing takes, and milliseconds. */
const scanLimits = { ratio: 1.5, longestBlockMs: 50 };

/** Milliseconds for a text made to take long: the thread that reads it is ended then. */
const hostileLimitMs = 2000;

/** Milliseconds: activation beside an extension that does nothing, and what is felt as at once. */
const surfaceLimits = { activationMs: 10, feltMs: 150, requests: 1 };

/** What is above its limit. */
export function exceededLimits({
  setUp = [],
  bundle,
  ruleMatching,
  editor,
  scan,
  surface,
  hostile = [],
}: Omit<BenchResults, 'exceeded'>): string[] {
  const found = setUp
    .filter(({ both }) => both.ratio > setUpRatioLimit)
    .map(({ name, both }) => `set-up, ${name}: ${both.ratio.toFixed(2)} times its bound, more than ${setUpRatioLimit}`);
  if (bundle && bundle.eagerBytes > bundle.eagerLimitBytes) found.push('too much eager code');
  if (bundle && bundle.packageBytes > bundle.packageLimitBytes) found.push('the package is too large');
  const above = (what: string, value: number, limit: number, unit: string): void => {
    if (value > limit) found.push(`${what}: ${value.toFixed(1)} ${unit}, more than ${limit} ${unit}`);
  };
  if (ruleMatching) above('matching a reference', ruleMatching.matchUs, editorLimits.resolveUs, 'µs');
  if (editor) above('resolving a reference', editor.resolveUs, editorLimits.resolveUs, 'µs');
  for (const { path, readMs, bareMs, resolveMs } of editor?.files ?? []) {
    if (bareMs !== undefined) above(`${path}, beside its bare parser`, readMs / bareMs, editorLimits.ratio, 'times');
    above(`${path}, all references resolved`, resolveMs, editorLimits.resolveMs, 'ms');
  }
  if (scan) {
    above('scan of a workspace, beside reading and bare parsing', scan.ratio, scanLimits.ratio, 'times');
    above('longest block of the event loop in a scan', scan.longestBlock.busyMs, scanLimits.longestBlockMs, 'ms');
  }
  if (surface) {
    const { activation, firstPage, document, expand } = surface;
    above('activation beside an empty extension', activation.differenceMs, surfaceLimits.activationMs, 'ms');
    above('palette command to first page', firstPage.p50, surfaceLimits.feltMs, 'ms');
    above('click on a rule to its document', document.p50, surfaceLimits.feltMs, 'ms');
    above('requests of an expanded registry', expand.requests, surfaceLimits.requests, 'requests');
  }
  for (const { path, slowest, slowestMs } of hostile) above(`${path}, ${slowest}`, slowestMs, hostileLimitMs, 'ms');
  return found;
}

/** Lines of text for a person. */
export function formatResults(results: BenchResults): string[] {
  const { machine, setUp = [], tree, bundle, workbench, surface, azureCli } = results;
  const { ruleMatching, editor, scan, hostile = [] } = results;
  const rows: [name: string, value: string][] = [
    [
      'machine',
      `${machine.cores} cores, ${machine.processor}, ${machine.memoryGiB} GiB, Node ${machine.node}, load ${machine.loadBefore}`,
    ],
    ['latency of every answer', ms(results.latencyMs)],
    ...setUp.flatMap(setUpRows),
  ];
  if (azureCli) {
    const { version, commands, requests, wallMs } = azureCli;
    rows.push([
      `the article's script, az ${version}`,
      `${ms(wallMs)}, ${commands} commands, ${requests} requests${ours(azureCli, setUp)}`,
    ]);
  }
  if (tree) {
    const { fromNothing, fromSnapshot, fromSnapshotWithRules: withRules } = tree;
    const what = `${tree.registries} registries in ${tree.subscriptions} subscriptions`;
    rows.push(
      [
        `${what}, from nothing`,
        `first ${ms(fromNothing.firstMs)}, all ${ms(fromNothing.allMs)}, ${fromNothing.requests} requests, bound ${ms(fromNothing.boundMs)}`,
      ],
      [`${what}, from snapshot`, `${ms(fromSnapshot.ms)} (${kilobytes(fromSnapshot.bytes)})`],
      [`with ${withRules.rules} rules, from snapshot`, `${ms(withRules.ms)} (${kilobytes(withRules.bytes)})`],
    );
  }
  if (workbench) {
    const { activationMs, fromNothing, fromSnapshot } = workbench;
    rows.push(
      ['in VS Code: activation, by its own measure', ms(activationMs)],
      [
        'in VS Code: first row from nothing',
        `${ms(fromNothing.paintMs)} after allowing the sign-in, ${fromNothing.requests} requests`,
      ],
      [
        'in VS Code: first row from snapshot, Azure silent',
        `${ms(fromSnapshot.sinceActivationMs)} after activation begins, ${ms(fromSnapshot.sinceReloadMs)} after the page is reloaded`,
      ],
    );
  }
  if (surface) {
    const { reloads, activation, firstPage, document, bareWebview, expand } = surface;
    const { oursMs, emptyMs, differenceMs } = activation;
    rows.push(
      [
        `activation, ${reloads} reloads`,
        `${ms(oursMs)}, an empty extension ${ms(emptyMs)}: ${ms(differenceMs)} more, ${(oursMs / emptyMs).toFixed(1)} times`,
      ],
      ['palette command to first page with rows, Azure answering at once', felt(firstPage)],
      ['click on a rule to its document, Azure answering at once', felt(document)],
      ['a webview with a heading alone, from the palette', felt(bareWebview)],
      [
        `registry expanded at ${ms(expand.latencyMs)} latency`,
        `${felt(expand)}, ${expand.requests} ${expand.requests === 1 ? 'request' : 'requests'}`,
      ],
    );
  }
  if (bundle) {
    rows.push(
      ['eager code, minified', `${kilobytes(bundle.eagerBytes)} of at most ${kilobytes(bundle.eagerLimitBytes)}`],
      ['all code, minified', kilobytes(bundle.codeBytes)],
      ['.vsix', `${kilobytes(bundle.packageBytes)} of at most ${kilobytes(bundle.packageLimitBytes)}`],
    );
  }
  if (ruleMatching) {
    rows.push(
      [`one reference against ${ruleMatching.rules} rules`, `${ruleMatching.matchUs.toFixed(1)} µs`],
      [`index of ${ruleMatching.rules} rules, once`, ms(ruleMatching.indexMs)],
    );
  }
  if (editor) {
    rows.push(
      [`one reference resolved by ${editor.rules} rules`, `${editor.resolveUs.toFixed(1)} µs`],
      [`indexes of ${editor.rules} rules, once`, ms(editor.indexMs)],
      ...editor.files.map(({ path, lines, references, readMs, bareMs, resolveMs }): [string, string] => [
        `${path}, ${lines} lines, ${references} references`,
        `read in ${tenths(readMs)}${bareMs === undefined ? '' : `, its bare parser ${tenths(bareMs)}, ratio ${(readMs / bareMs).toFixed(2)}`}; resolved in ${tenths(resolveMs)}`,
      ]),
    );
  }
  if (scan) {
    rows.push([
      `scan of ${scan.files} files (${kilobytes(scan.bytes)}, ${scan.references} references)`,
      `${ms(scan.ms)}, ${scan.ratio.toFixed(2)} times reading and bare parsing, the thread started in ${ms(scan.startMs)}, longest block ${tenths(scan.longestBlock.busyMs)} of processor time, ${tenths(scan.longestBlock.ms)} by the clock`,
    ]);
  }
  for (const { path, texts, slowest, slowestMs } of hostile) {
    rows.push([`${path}, ${texts} texts made to take long`, `slowest ${ms(slowestMs)} (${slowest})`]);
  }
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...results.exceeded.map((sentence) => `Above its limit: ${sentence}`),
  ];
}

function setUpRows({ name, plan, apply, both }: SetUpResult): [string, string][] {
  const row = (what: string, phase: SetUpResult['plan']): [string, string] => {
    const { requests, serviceWaitMs } = phase.bound;
    const waits = serviceWaitMs > 0 ? ` + ${ms(serviceWaitMs)} of the service` : '';
    return [
      `  ${what}`,
      `${ms(phase.wallMs)}, ${phase.requests} requests; chain ${requests}${waits}, observed ${phase.longestObservedChain}; ratio ${phase.ratio.toFixed(2)}`,
    ];
  };
  return [
    [
      `set-up, ${name}`,
      `${ms(both.wallMs)}, ${both.requests} requests; bound ${ms(both.boundMs)}; ratio ${both.ratio.toFixed(2)} without the service's waits, ${(both.wallMs / both.boundMs).toFixed(2)} with them; fastest run ${ms(both.fastestMs)}, ${both.fastestRatio.toFixed(2)}`,
    ],
    row('plan', plan),
    row('apply', apply),
  ];
}

/** How much longer the script takes than the set-up that does the same: with the switch. */
function ours({ wallMs }: AzScriptResult, setUp: readonly SetUpResult[]): string {
  const same = setUp.find(({ switchesMode }) => switchesMode);
  return same ? `; ${(wallMs / same.both.wallMs).toFixed(1)} times ours` : '';
}

function felt({ p50, p95 }: Felt): string {
  return `p50 ${ms(p50)}, p95 ${ms(p95)}`;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

function tenths(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}
