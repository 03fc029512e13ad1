import { vi } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import type { FaultRule, LogEntry } from '../../../sandbox/src/types.ts';
import { startWorld, type World } from '../world.ts';
import { saveState } from '../savedState.ts';

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
  /** To a read the faults of one kind are one: refused, or no answer after all retries. So each read meets one of them. */
  readonly kind?: 'refused' | 'outage';
}

/** One more than the client's retries: a fault that does not pass by itself. */
const persistent = 4;

/** What Azure can do to one request. */
const faults: readonly Fault[] = [
  { name: '404', rule: { status: 404, times: 1 } },
  ...[403, 409].map((status) => ({ name: String(status), rule: { status, times: 1 }, kind: 'refused' as const })),
  ...[429, 500].map((status) => ({
    ...{ name: String(status), rule: { status, times: persistent }, kind: 'outage' as const },
  })),
  { name: '503', rule: { status: 503, times: persistent }, only: 'writes' },
  { name: 'reset before', rule: { reset: 'before', times: persistent }, kind: 'outage' },
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
  /** Forgets what earlier runs remembered; the sandbox itself is put back by the matrix. */
  begin?(): void;
  /** The walk under test, by an Azure that knows nothing yet. True: it says that everything is done. May reject as cancelled. */
  run(azure: Azure, signal: AbortSignal): Promise<boolean>;
  /** The shape that the sandbox has at the end; default: that after a run without faults. */
  readonly wanted?: string;
}

export interface MatrixResult {
  readonly requests: number;
  readonly cases: number;
  readonly atOnce: number;
  readonly bySecondRun: number;
  readonly failures: readonly string[];
}

/** A walk in a world, what puts the world back to where the walk begins, and the shape that it has to end in. */
interface Lane {
  readonly world: World;
  readonly walk: Walk;
  restore(): void;
  wanted: string;
}

/** A sandbox whose operations end at once. */
function startFastWorld(options: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  return startWorld({ operationMs: 1, copyDelayMs: 1, principalReplicationMs: 0, ...options });
}

/** Worlds in which cases run at the same time: part of a case is waiting. */
const lanes = 3;

/**
 * Runs the walk once for each kind of its requests × each fault; afterwards the sandbox is as a run without faults leaves it, or a
 * second run without faults makes it so. Of a read that is sent several times each fault meets one, another fault the next;
 * "not there" meets each, as every write meets every fault. Every case starts with a new client, so that reading tokens and
 * versions is part of it.
 * @param covered reads × faults that an earlier matrix had; those of this one are added.
 */
export async function runMatrix(
  options: Parameters<typeof startWorld>[0],
  walkIn: (world: World) => Promise<Walk>,
  covered = new Set<string>(),
): Promise<MatrixResult> {
  const worlds: World[] = [];
  try {
    while (worlds.length < lanes) worlds.push(await startFastWorld(options));
    const all = await Promise.all(worlds.map((world) => startLane(world, walkIn)));
    const targets = (await Promise.all(all.map(record)))[0] ?? [];
    const keyOf = ({ target, fault }: Case): string => `${target.match} ${fault.name}`;
    const queue = casesOf(targets).filter((one) => one.target.isWrite || !covered.has(keyOf(one)));
    for (const one of queue) covered.add(keyOf(one));
    const cases = queue.length;
    const failures: string[] = [];
    let [atOnce, bySecondRun] = [0, 0];
    await Promise.all(
      all.map(async (lane) => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const { target, fault } = next;
          const problem = await runCase(lane, target, fault).catch((error: unknown) => String(error));
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

interface Case {
  readonly target: Target;
  readonly fault: Fault;
}

function casesOf(targets: readonly Target[]): Case[] {
  return [...Map.groupBy(targets, ({ match }) => match).values()].flatMap((same, at) => {
    const isWrite = same.some((target) => target.isWrite);
    const alike = (kind: Fault['kind']): Fault[] => faults.filter((fault) => fault.kind === kind);
    const chosen = faults.filter(({ name, kind }) => {
      const all = alike(kind);
      return isWrite || kind === undefined || all[at % all.length]?.name === name;
    });
    return chosen.flatMap((fault, index) => {
      const met = isWrite || fault.name === '404' ? same : [same[index % same.length]];
      return met
        .filter((target) => target !== undefined)
        .filter((target) => (fault.only === 'operations' ? target.isOperation : !fault.only || target.isWrite))
        .map((target) => ({ target, fault }));
    });
  });
}

async function startLane(world: World, walkIn: (world: World) => Promise<Walk>): Promise<Lane> {
  const walk = await walkIn(world);
  return { world, walk, restore: saveState(world.sandbox.state), wanted: walk.wanted ?? '' };
}

/**
 * Resources, assignments and images of the sandbox, without what differs from run to run: ids of identities that are there are named
 * for them, any other GUID is a blank. A preview feature is left out: of a rule in state Failed the diagnosis registers it, for good.
 */
export function shapeOf({ sandbox }: World): string {
  const names = new Map<string, string>();
  for (const { name, properties } of sandbox.state.resources.values()) {
    if (typeof properties['principalId'] === 'string') names.set(properties['principalId'], `<${name}>`);
  }
  const parts = JSON.parse(sandbox.snapshot()) as Record<string, Record<string, object>>;
  parts['features'] = {};
  return Object.entries(parts)
    .flatMap(([kind, entries]) =>
      Object.values(entries).map((entry) => `${kind} ${JSON.stringify({ ...entry, updatedBy: undefined })}`),
    )
    .map((text) => text.replace(guids, (guid) => names.get(guid) ?? '#'))
    .sort()
    .join('\n');
}

const guids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

export function printCounts(name: string, { requests, cases, atOnce, bySecondRun, failures }: MatrixResult): void {
  console.log(
    `fault matrix, ${name}: ${requests} requests × faults = ${cases} cases; done at once ${atOnce}, by the second run ${bySecondRun}, wrong ${failures.length}`,
  );
}

async function runCase(lane: Lane, target: Target, fault: Fault): Promise<string> {
  const { world, walk } = lane;
  lane.restore();
  walk.begin?.();
  const match = inWorld(world, target.match);
  const rule: FaultRule = { ...fault.rule, match, nth: target.nth };
  const saidDone = await world.withFaults([rule], () =>
    fault.cancel ? cancelledRun(world, walk, match, target.nth) : runOnce(world, walk, new AbortController().signal),
  );
  if (!saidDone && !(await runOnce(world, walk, new AbortController().signal))) return 'the second run is not done';
  const shape = shapeOf(world);
  if (shape === lane.wanted) return saidDone ? 'done' : 'second';
  return `${saidDone ? 'said done' : 'second run'}: ${differenceOf(lane.wanted, shape)}`;
}

function differenceOf(wanted: string, shape: string): string {
  const [a, b] = [wanted.split('\n'), shape.split('\n')];
  return JSON.stringify({ absent: a.filter((line) => !b.includes(line)), more: b.filter((line) => !a.includes(line)) });
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
  const seen = (): LogEntry[] => world.sandbox.log.slice(from).filter((entry) => pattern.test(lineOf(entry)));
  const timer = setInterval(() => {
    if (seen().length >= nth) controller.abort();
  }, 2);
  try {
    return await runOnce(world, walk, controller.signal);
  } finally {
    clearInterval(timer);
    // What was cancelled takes place all the same; the next run begins after it.
    await vi.waitUntil(() => seen().every(({ status }) => status !== 0), { interval: 2, timeout: 10_000 });
  }
}

/** The requests of a run without faults, which also tells what the world is to look like afterwards. */
async function record(lane: Lane): Promise<Target[]> {
  const { world, walk } = lane;
  walk.begin?.();
  const from = world.sandbox.log.length;
  if (!(await walk.run(world.as('dev'), new AbortController().signal))) throw new Error('A run without faults fails.');
  const entries = world.sandbox.log.slice(from);
  if (lane.wanted === '') lane.wanted = shapeOf(world);
  if (lane.wanted !== shapeOf(world)) throw new Error(differenceOf(lane.wanted, shapeOf(world)));
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
  return `^${escaped.replace(guids, '[0-9a-f-]{36}')}(\\?|$)`;
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
