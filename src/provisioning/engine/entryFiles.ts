import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readBoundedText } from '../../common/readBounded.ts';
import { isRecord, parsedJson } from '../../common/json.ts';

/** Which process works on what a file tells, and since when. */
export interface Worker {
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** No process works on it. */
export const noProcess = 0;

const maxFileSize = 1_000_000;
/** A process id may have been given to another program: after this long without a write it no longer proves that one is at work. */
const heartbeatMs = 60 * 60 * 1000;

/** The name of an entry's file, without its ending; `key` tells entries apart. */
export function entryIdOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

export function entryPath(folder: string, id: string): string {
  return join(folder, `${id}.json`);
}

/**
 * The entries of a folder that all windows write, one JSON file each. Nothing in them is trusted: a file is bounded, and counts only
 * if `parse` takes it for the entry of its name. What is none is handed to `onDamaged`.
 */
export async function readEntries<T extends Worker>(
  folder: string,
  parse: (value: Readonly<Record<string, unknown>>, id: string) => T | undefined,
  onDamaged: (path: string) => Promise<void> = () => Promise.resolve(),
): Promise<(T & { readonly isUnderWay: boolean })[]> {
  const names = await readdir(folder).catch(() => []);
  const read = await Promise.all(
    names
      .filter((name) => /^[0-9a-f]{32}\.json$/.test(name))
      .map(async (name) => {
        const path = join(folder, name);
        let entry: T | undefined;
        try {
          const [text, { mtimeMs }] = await Promise.all([readBoundedText(path, maxFileSize), stat(path)]);
          entry = text === undefined ? undefined : parseText(text, name, parse);
          if (entry) return [{ ...entry, isUnderWay: isUnderWay(path, entry, mtimeMs) }];
        } catch {
          return []; // gone meanwhile, or not readable now: not a reason to call it damaged
        }
        await onDamaged(path);
        return [];
      }),
  );
  return read.flat().sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

function parseText<T>(
  text: string,
  name: string,
  parse: (value: Readonly<Record<string, unknown>>, id: string) => T | undefined,
): T | undefined {
  const value = parsedJson(text);
  return isRecord(value) && value['version'] === 1 ? parse(value, name.slice(0, -'.json'.length)) : undefined;
}

/** Checks who works on an entry; undefined if that is not told as it should be. */
export function parseWorker({ pid, startedAt }: Readonly<Record<string, unknown>>): Worker | undefined {
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid)) return undefined;
  return typeof startedAt === 'string' && !Number.isNaN(Date.parse(startedAt)) ? { pid, startedAt } : undefined;
}

/** What this process works on. Its id alone does not tell: a process that has ended may have had the same. */
const own = new Set<string>();

function ownKey(path: string, { startedAt }: Pick<Worker, 'startedAt'>): string {
  return `${startedAt} ${path}`;
}

/** This process begins to work on an entry. */
export function beginWork(path: string): Worker {
  const worker = { pid: process.pid, startedAt: new Date().toISOString() };
  own.add(ownKey(path, worker));
  return worker;
}

export function endWork(path: string, worker: Worker): void {
  own.delete(ownKey(path, worker));
}

/** Whether a process is at work on the entry: this one, or probably another one. */
function isUnderWay(path: string, worker: Worker, modifiedMs: number): boolean {
  const { pid } = worker;
  if (pid === process.pid) return own.has(ownKey(path, worker));
  if (pid <= noProcess || Date.now() - modifiedMs > heartbeatMs) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
