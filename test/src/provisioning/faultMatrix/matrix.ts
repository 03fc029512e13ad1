import type { Azure } from '../../../../src/azure/azure.ts';
import type { FaultRule, LogEntry } from '../../../sandbox/src/types.ts';
import { startWorld, type World } from '../world.ts';

/** One request of a run without faults: the nth of its method and path. */
interface Target {
  readonly label: string;
  readonly match: string;
  readonly nth: number;
  readonly isWrite: boolean;
  /** Starts a long-running operation. */
  readonly isOperation: boolean;
}

interface Fault {
  readonly name: string;
  readonly rule: Omit<FaultRule, 'match' | 'nth'>;
  /** Cancel while the answer is awaited. */
  readonly cancel?: true;
  /** Absent: every request. A read that is refused by 503 or lost behind its answer is a client's as with 500 or lost before it. */
  readonly only?: 'operations' | 'writes';
}

/** One more than the client's retries: a fault that does not pass by itself. */
const persistent = 4;

/** What Azure can do to one request. */
const faults: readonly Fault[] = [
  ...[403, 404, 409].map((status) => ({ name: String(status), rule: { status, times: 1 } })),
  ...[429, 500].map((status) => ({ name: String(status), rule: { status, times: persistent } })),
  { name: '503', rule: { status: 503, times: persistent }, only: 'writes' },
  { name: 'reset before', rule: { reset: 'before', times: persistent } },
  { name: 'reset after', rule: { reset: 'after', times: persistent }, only: 'writes' },
  { name: 'answer lost once', rule: { reset: 'after', times: 1 } },
  { name: 'cancelled while delayed', rule: { delayMs: 40, times: 1 }, cancel: true },
  {
    name: 'operation fails',
    rule: { failOperation: { code: 'InternalError', message: 'It failed.' }, times: 1 },
    only: 'operations',
  },
];

export interface Walk {
  /** Puts the sandbox into the state in which `run` begins. */
  begin(): void;
  /** The walk under test, by an Azure that knows nothing yet. True: it says that everything is done. May reject as cancelled. */
  run(azure: Azure, signal: AbortSignal): Promise<boolean>;
  /** What is wrong now, before the second run; undefined: what the run said is so. */
  check?(saidDone: boolean): Promise<string | undefined>;
  /** After the second run: what is not as it must be. */
  end(): Promise<string | undefined>;
}

export interface MatrixResult {
  readonly requests: number;
  readonly cases: number;
  readonly atOnce: number;
  readonly bySecondRun: number;
  readonly failures: readonly string[];
}

/** A sandbox whose operations end at once. */
function startFastWorld(options: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  return startWorld({
    retryAfterSeconds: 0,
    operationMs: 1,
    copyDelayMs: 1,
    principalReplicationMs: 0,
    ...options,
  });
}

/** Worlds in which cases run at the same time: most of a case is waiting for operations. */
const lanes = 6;

/**
 * Runs the walk once for each of its requests × each fault; afterwards either all is done, or a second run without faults does
 * the rest. Every case starts with a new client, so that reading tokens and versions is part of it.
 */
export async function runMatrix(
  options: Parameters<typeof startWorld>[0],
  walkIn: (world: World) => Promise<Walk>,
): Promise<MatrixResult> {
  const worlds: World[] = [];
  try {
    while (worlds.length < lanes) worlds.push(await startFastWorld(options));
    const walks = await Promise.all(worlds.map(async (world) => ({ world, walk: await walkIn(world) })));
    const [first] = walks;
    const targets = first ? await record(first.world, first.walk) : [];
    const queue = targets
      .flatMap((target) => faults.map((fault) => ({ target, fault })))
      .filter(({ target, fault }) => fault.only !== 'operations' || target.isOperation)
      .filter(({ target, fault }) => fault.only !== 'writes' || target.isWrite);
    const cases = queue.length;
    const failures: string[] = [];
    let [atOnce, bySecondRun] = [0, 0];
    await Promise.all(
      walks.map(async ({ world, walk }) => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const { target, fault } = next;
          const problem = await runCase(world, walk, target, fault).catch((error: unknown) => String(error));
          if (problem === 'done') atOnce += 1;
          else if (problem === 'second') bySecondRun += 1;
          else failures.push(`${target.label} × ${fault.name}: ${problem}`);
        }
      }),
    );
    return { requests: targets.length, cases, atOnce, bySecondRun, failures };
  } finally {
    await Promise.all(worlds.map((world) => world.close()));
  }
}

export function printCounts(name: string, { requests, cases, atOnce, bySecondRun, failures }: MatrixResult): void {
  console.log(
    `fault matrix, ${name}: ${requests} requests × faults = ${cases} cases; done at once ${atOnce}, by the second run ${bySecondRun}, wrong ${failures.length}`,
  );
}

async function runCase(world: World, walk: Walk, target: Target, fault: Fault): Promise<string> {
  walk.begin();
  const match = inWorld(world, target.match);
  const rule: FaultRule = { ...fault.rule, match, nth: target.nth };
  const saidDone = await world.withFaults([rule], () =>
    fault.cancel ? cancelledRun(world, walk, match, target.nth) : runOnce(world, walk, new AbortController().signal),
  );
  const lie = await walk.check?.(saidDone);
  if (lie !== undefined) return lie;
  if (!saidDone && !(await runOnce(world, walk, new AbortController().signal))) return 'the second run is not done';
  return (await walk.end()) ?? (saidDone ? 'done' : 'second');
}

async function runOnce(world: World, walk: Walk, signal: AbortSignal): Promise<boolean> {
  try {
    return await walk.run(world.as('dev'), signal);
  } catch (error) {
    if (error instanceof Error && error.name === 'AzureError') return false;
    throw error;
  }
}

/** Cancels once the sandbox has seen the request. */
async function cancelledRun(world: World, walk: Walk, match: string, nth: number): Promise<boolean> {
  const controller = new AbortController();
  const from = world.sandbox.log.length;
  const pattern = new RegExp(match);
  const timer = setInterval(() => {
    const seen = world.sandbox.log.slice(from).filter((entry) => pattern.test(lineOf(entry)));
    if (seen.length >= nth) controller.abort();
  }, 2);
  try {
    return await runOnce(world, walk, controller.signal);
  } finally {
    clearInterval(timer);
  }
}

async function record(world: World, walk: Walk): Promise<Target[]> {
  walk.begin();
  const from = world.sandbox.log.length;
  if (!(await walk.run(world.as('dev'), new AbortController().signal))) throw new Error('A run without faults fails.');
  const entries = world.sandbox.log.slice(from);
  const problem = await walk.end();
  if (problem !== undefined) throw new Error(problem);
  const counts = new Map<string, number>();
  return entries
    .filter(({ url }) => !/operationStatuses/i.test(url))
    .map((entry) => {
      const path = patternOf(world, entry);
      const nth = (counts.get(path) ?? 0) + 1;
      counts.set(path, nth);
      const isWrite = /^(PUT|PATCH|DELETE)$/.test(entry.method);
      const isOperation = isWrite && /registries\/[^/]+(\/cacheRules\/[^/]+)?$/i.test(entry.url.split('?')[0] ?? '');
      return { label: `${entry.method} ${shorten(entry.url)} #${nth}`, match: path, nth, isWrite, isOperation };
    });
}

/** What a fault's expression is matched against: ARM's without host, registries' with it. */
function lineOf({ method, url }: LogEntry): string {
  return `${method} ${/\/(subscriptions|providers|metadata)\b/.test(url) ? url.replace(/^[^/]+/, '') : url}`;
}

/** GUIDs are new in every run, and the registries' ports are other ones in every world. */
function patternOf(world: World, entry: LogEntry): string {
  const path = lineOf(entry).split('?')[0] ?? '';
  let escaped = path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  for (const { name, loginServer } of world.sandbox.info.registries)
    escaped = escaped.replace(loginServer, `<${name}>`);
  return `^${escaped.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '[0-9a-f-]{36}')}(\\?|$)`;
}

function inWorld(world: World, match: string): string {
  return world.sandbox.info.registries.reduce(
    (text, { name, loginServer }) => text.replace(`<${name}>`, loginServer),
    match,
  );
}

function shorten(url: string): string {
  return (url.split('?')[0] ?? '').replace(/^[^/]+/, '').replace(/^.*\/providers\/(?=Microsoft)/, '');
}
