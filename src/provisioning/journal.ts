import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAzureError } from '../azure/errors.ts';
import { armIdKey } from '../domain/armId.ts';
import { writeAtomically } from '../writeAtomically.ts';
import { isRecord, parseCacheLink } from './checkLink.ts';
import type { CacheLink, RepositoryMapping, StepProgress, StepState } from './types.ts';

/** A set-up that was begun and has not ended. */
export interface JournalEntry {
  readonly id: string;
  readonly link: CacheLink;
  /** The rule of the same link that its only mapping replaces. */
  readonly replaces?: RepositoryMapping;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Last known state per requirement. */
  readonly steps: readonly { readonly requirementId: string; readonly state: StepState; readonly message: string }[];
}

/** Remembers set-ups under way, so that one cut off by a closed window can be resumed. Never rejects because of a damaged file. */
export interface Journal {
  /** Notes that the link is being set up; an older entry of the same link is replaced. Resolves to the entry's id. */
  start(link: CacheLink, replaces?: RepositoryMapping): Promise<string>;
  record(id: string, progress: StepProgress): Promise<void>;
  /** The set-up is complete, or not wanted any more: the entry goes. */
  finish(id: string): Promise<void>;
  /**
   * The set-up ended with something left to do: the entry stays, to be resumed. One that has changed nothing goes, unless it was
   * there before: then an earlier run has.
   */
  leave(id: string, hasChanged: boolean): Promise<void>;
  /** Entries that no running process works on, oldest first. Damaged files are renamed to `*.corrupt` and left out. */
  unfinished(): Promise<JournalEntry[]>;
}

interface StoredEntry extends JournalEntry {
  readonly version: 1;
  readonly pid: number;
}

/** No process works on the entry. */
const noProcess = 0;
const maxFileSize = 1_000_000;
/** A process id may have been given to another program: after this long without a write it no longer proves that one is at work. */
const heartbeatMs = 60 * 60 * 1000;

/** A journal of one JSON file per set-up in `folder`, which is made when needed. Holds names and states, never a token. */
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
      await writeAtomically(join(folder, fileOf(entry.id)), JSON.stringify(newest));
    });
  }

  /** A disk that does not take the journal is no reason to stop a set-up. */
  function enqueue(work: () => Promise<void>): Promise<void> {
    writes = writes.then(work).catch(() => undefined);
    return writes;
  }

  async function finish(id: string): Promise<void> {
    running.delete(id);
    unsaved.delete(id);
    resumed.delete(id);
    await enqueue(() => rm(join(folder, fileOf(id)), { force: true }));
  }

  return {
    async start(link, replaces) {
      const id = entryId(link, replaces);
      const entry: StoredEntry = {
        version: 1,
        id,
        link,
        ...(replaces && { replaces }),
        startedAt: new Date().toISOString(),
        steps: [],
        pid: process.pid,
      };
      if (await stat(join(folder, fileOf(id))).catch(() => undefined)) resumed.add(id);
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
      const entry = running.get(id);
      if (!hasChanged && !resumed.has(id)) return finish(id);
      running.delete(id);
      if (entry) await save({ ...entry, pid: noProcess });
    },

    async unfinished() {
      const names = await readdir(folder).catch(() => []);
      const entries = await Promise.all(
        names.filter((name) => /^[0-9a-f]{32}\.json$/.test(name)).map((name) => readEntry(folder, name)),
      );
      return entries
        .flatMap((read) =>
          read && !running.has(read.entry.id) && !isAtWork(read.entry, read.modifiedMs) ? [read.entry] : [],
        )
        .map(({ id, link, replaces, startedAt, steps }) => ({
          id,
          link,
          ...(replaces && { replaces }),
          startedAt,
          steps,
        }))
        .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
    },
  };
}

/**
 * The same link has the same file: setting up again replaces the old entry instead of adding one. Another identity or form of access
 * is another link, since the old entry knows what was begun with the first one.
 */
function entryId(link: CacheLink, replaces?: RepositoryMapping): string {
  const rules = link.mappings.map((mapping) => mapping.ruleName.toLowerCase()).sort();
  const ids = [link.downstream.id, link.upstream.id, link.identity.id].map(armIdKey);
  const key = [
    ...ids,
    link.access,
    ...rules,
    ...(replaces ? [`replaces ${replaces.ruleName.toLowerCase()}`] : []),
  ].join('\n');
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

function fileOf(id: string): string {
  return `${id}.json`;
}

/** Azure's codes are kept, its messages too; both are bounded and free of tokens by `AzureError`. */
function messageOf(progress: StepProgress): string {
  const code = isAzureError(progress.error) ? ` (${progress.error.code})` : '';
  return `${progress.message}${code}`.slice(0, 2000);
}

async function readEntry(
  folder: string,
  name: string,
): Promise<{ entry: StoredEntry; modifiedMs: number } | undefined> {
  const path = join(folder, name);
  try {
    const info = await stat(path);
    const entry = info.size > maxFileSize ? undefined : parseEntry(await readFile(path, 'utf8'), name);
    if (entry) return { entry, modifiedMs: info.mtimeMs };
  } catch {
    return undefined; // gone meanwhile, or not readable now: not a reason to set it aside
  }
  await rename(path, `${path}.corrupt`).catch(() => undefined);
  return undefined;
}

function parseEntry(text: string, fileName: string): StoredEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value['version'] !== 1 || fileOf(String(value['id'])) !== fileName) return undefined;
  const { startedAt, steps, pid } = value;
  const link = parseCacheLink(value['link']);
  if (!link.ok || typeof startedAt !== 'string' || Number.isNaN(Date.parse(startedAt))) return undefined;
  if (!Array.isArray(steps) || typeof pid !== 'number' || !Number.isSafeInteger(pid)) return undefined;
  const entry = {
    version: 1,
    id: String(value['id']),
    link: link.value,
    startedAt,
    steps: steps.flatMap(parseStep),
    pid,
  } as const;
  if (value['replaces'] === undefined) return entry;
  const before = parseCacheLink({ ...link.value, mappings: [value['replaces']] });
  const replaces = before.ok ? before.value.mappings[0] : undefined;
  return replaces && { ...entry, replaces };
}

const stepStates: readonly StepState[] = [
  'waiting',
  'running',
  'done',
  'alreadyDone',
  'failed',
  'skipped',
  'cancelled',
];

function parseStep(value: unknown): JournalEntry['steps'][number][] {
  if (!isRecord(value)) return [];
  const { requirementId, message } = value;
  const state = stepStates.find((known) => known === value['state']);
  if (typeof requirementId !== 'string' || typeof message !== 'string' || !state) return [];
  return [{ requirementId, state, message: message.slice(0, 2000) }];
}

/** Whether another window's process is probably still applying the entry. */
function isAtWork(entry: StoredEntry, modifiedMs: number): boolean {
  if (entry.pid === process.pid || entry.pid <= noProcess || Date.now() - modifiedMs > heartbeatMs) return false;
  try {
    process.kill(entry.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
