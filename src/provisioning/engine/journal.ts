import { createHash } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAzureError } from '../../azure/errors.ts';
import { isRecord, parsedJson } from '../../common/json.ts';
import { readBoundedText } from '../../common/readBounded.ts';
import { writeAtomically } from '../../common/writeAtomically.ts';
import { isProcessRunning } from '../../common/systemErrors.ts';
import { parsePurpose, purposeKey } from './purpose.ts';
import type { Purpose, StepProgress, StepState } from '../types.ts';

/** A setup, or a change of a rule, that was begun and has not ended. */
export interface JournalEntry {
  readonly id: string;
  readonly purpose: Purpose;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Last known state per requirement. */
  readonly steps: readonly { readonly requirementId: string; readonly state: StepState; readonly message: string }[];
}

/** Remembers setups under way, so that one cut off by a closed window can be resumed. Never rejects because of a damaged file. */
export interface Journal {
  /** Notes what is begun; an older entry of the same is replaced. Resolves to the entry's id. */
  start(purpose: Purpose): Promise<string>;
  record(id: string, progress: StepProgress): Promise<void>;
  /** The setup is complete, or not wanted any more: the entry goes. */
  finish(id: string): Promise<void>;
  /**
   * The setup ended with something left to do: the entry stays, to be resumed. One that has changed nothing goes, unless it was
   * there before: then an earlier run has.
   */
  leave(id: string, hasChanged: boolean): Promise<void>;
  /**
   * Entries that neither this process, by whichever journal, nor another one works on, oldest first. Damaged files are renamed to
   * `*.corrupt` and left out.
   */
  unfinished(): Promise<JournalEntry[]>;
}

/** Which process works on an entry, and since when. */
interface Worker {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

interface StoredEntry extends JournalEntry, Worker {
  readonly version: 1;
}

/** No process works on it. */
const noProcess = 0;

const maxFileSize = 1_000_000;
/** A process id may have been given to another program: after this long without a write it no longer proves that one is at work. */
const heartbeatMs = 60 * 60 * 1000;

/** A journal of one JSON file per setup in `folder`, which is made when needed. Holds names and states, never a token. */
export function createJournal(folder: string): Journal {
  const running = new Map<string, StoredEntry>();
  const unsaved = new Map<string, StoredEntry>();
  /** Entries that were there when they were started. */
  const resumed = new Set<string>();
  let writes = Promise.resolve();

  /** One write after the other, the newest state only, so that an older one never replaces it. */
  function save(entry: StoredEntry): Promise<void> {
    unsaved.set(entry.id, entry);
    return enqueue(async () => {
      const newest = unsaved.get(entry.id);
      if (!newest) return;
      unsaved.delete(entry.id);
      await writeAtomically(pathOf(entry.id), JSON.stringify(newest));
    });
  }

  /** A disk that does not take the journal is no reason to stop a setup. */
  function enqueue(work: () => Promise<void>): Promise<void> {
    writes = writes.then(work).catch(() => undefined);
    return writes;
  }

  const pathOf = (id: string): string => join(folder, `${id}.json`);

  function release(id: string): StoredEntry | undefined {
    const entry = running.get(id);
    running.delete(id);
    if (entry) endWork(pathOf(id), entry);
    return entry;
  }

  async function finish(id: string): Promise<void> {
    release(id);
    unsaved.delete(id);
    resumed.delete(id);
    await enqueue(() => rm(pathOf(id)));
  }

  return {
    async start(purpose) {
      const id = createHash('sha256').update(purposeKey(purpose)).digest('hex').slice(0, 32);
      release(id);
      const entry: StoredEntry = { version: 1, id, purpose, steps: [], ...beginWork(pathOf(id)) };
      if (await stat(pathOf(id)).catch(() => undefined)) resumed.add(id);
      running.set(id, entry);
      await save(entry);
      return id;
    },

    async record(id, progress) {
      const entry = running.get(id);
      if (!entry) return;
      const step = { requirementId: progress.requirementId, state: progress.state, message: messageOf(progress) };
      const others = entry.steps.filter((known) => known.requirementId !== progress.requirementId);
      const updated = { ...entry, steps: [...others, step] };
      running.set(id, updated);
      await save(updated);
    },

    finish,

    async leave(id, hasChanged) {
      if (!hasChanged && !resumed.has(id)) return finish(id);
      const entry = release(id);
      if (entry) await save({ ...entry, pid: noProcess });
    },

    async unfinished() {
      const names = await readdir(folder).catch(() => []);
      const files = names.filter((name) => /^[0-9a-f]{32}\.json$/.test(name));
      const entries = (await Promise.all(files.map((name) => readEntry(join(folder, name), name)))).flat();
      return entries
        .sort((a, b) => a.startedAt.localeCompare(b.startedAt))
        .map(({ id, purpose, startedAt, steps }) => ({ id, purpose, startedAt, steps }));
    },
  };
}

/**
 * The entry of a file that any window writes, unless a process is at work on it. Nothing in it is trusted: it is bounded, and counts
 * only as the entry of its name; one that does not is put aside.
 */
async function readEntry(path: string, name: string): Promise<StoredEntry[]> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readBoundedText(path, maxFileSize), stat(path)]);
    const entry = text === undefined ? undefined : parseEntry(parsedJson(text), name.slice(0, -'.json'.length));
    if (entry) return isUnderWay(path, entry, mtimeMs) ? [] : [entry];
  } catch {
    return []; // gone meanwhile, or not readable now: not a reason to call it damaged
  }
  await rename(path, `${path}.corrupt`).catch(() => undefined);
  return [];
}

/** Azure's codes are kept, its messages too; both are bounded and free of tokens by `AzureError`. */
function messageOf(progress: StepProgress): string {
  const code = isAzureError(progress.error) ? ` (${progress.error.code})` : '';
  return `${progress.message}${code}`.slice(0, 2000);
}

function parseEntry(value: unknown, id: string): StoredEntry | undefined {
  if (!isRecord(value) || value['version'] !== 1) return undefined;
  const worker = parseWorker(value);
  const purpose = parsePurpose(value['purpose']);
  const steps = value['steps'];
  if (value['id'] !== id || !worker || !purpose || !Array.isArray(steps)) return undefined;
  return { version: 1, id, purpose, steps: steps.flatMap(parseStep), ...worker };
}

const stepStates: readonly StepState[] = [
  'waiting',
  'running',
  'done',
  'alreadyDone',
  'failed',
  'skipped',
  'cancelled',
  'kept',
];

function parseStep(value: unknown): JournalEntry['steps'][number][] {
  if (!isRecord(value)) return [];
  const { requirementId, message } = value;
  const state = stepStates.find((known) => known === value['state']);
  if (typeof requirementId !== 'string' || typeof message !== 'string' || !state) return [];
  return [{ requirementId, state, message: message.slice(0, 2000) }];
}

/** Checks who works on an entry; undefined if that is not told as it should be. */
function parseWorker({ pid, startedAt }: Readonly<Record<string, unknown>>): Worker | undefined {
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid)) return undefined;
  return typeof startedAt === 'string' && !Number.isNaN(Date.parse(startedAt)) ? { pid, startedAt } : undefined;
}

/** What this process works on. Its id alone does not tell: a process that has ended may have had the same. */
const own = new Set<string>();

function ownKey(path: string, { startedAt }: Pick<Worker, 'startedAt'>): string {
  return `${startedAt} ${path}`;
}

/** This process begins to work on an entry. */
function beginWork(path: string): Worker {
  const worker = { pid: process.pid, startedAt: new Date().toISOString() };
  own.add(ownKey(path, worker));
  return worker;
}

function endWork(path: string, worker: Worker): void {
  own.delete(ownKey(path, worker));
}

/** Whether a process is at work on the entry: this one, or probably another one. */
function isUnderWay(path: string, worker: Worker, modifiedMs: number): boolean {
  const { pid } = worker;
  if (pid === process.pid) return own.has(ownKey(path, worker));
  return pid > noProcess && Date.now() - modifiedMs <= heartbeatMs && isProcessRunning(pid);
}
