import { rm } from 'node:fs/promises';
import { armIdKey, parseArmId } from '../../../domain/armId.ts';
import { writeAtomically } from '../../../common/writeAtomically.ts';
import { parseCacheLink } from '../../link/parseLink.ts';
import {
  beginWork,
  endWork,
  entryIdOf,
  entryPath,
  noProcess,
  parseWorker,
  readEntries,
  type Worker,
} from '../../engine/entryFiles.ts';
import type { CleanUpMemory, UnfinishedCleanUp } from './types.ts';

/** Items of a clean-up; a hundred repositories are listed at most. */
const maxItems = 1000;
const maxText = 2048;

/** One JSON file per unfinished clean-up in `folder`, which is made when needed. A disk that does not take it stops no clean-up. */
export function createCleanUpMemory(folder: string): CleanUpMemory {
  const workers = new Map<string, Worker>();
  const pathOf = (ruleId: string): string => entryPath(folder, entryIdOf(armIdKey(ruleId)));

  function end(path: string): void {
    const worker = workers.get(path);
    workers.delete(path);
    if (worker) endWork(path, worker);
  }

  return {
    async remember(entry, { isUnderWay }) {
      const path = pathOf(entry.ruleId);
      const worker = workers.get(path) ?? beginWork(path);
      workers.set(path, worker);
      if (!isUnderWay) end(path);
      const stored = { version: 1, ...entry, ...worker, ...(isUnderWay ? {} : { pid: noProcess }) };
      await writeAtomically(path, JSON.stringify(stored)).catch(() => undefined);
    },

    async forget(ruleId) {
      const path = pathOf(ruleId);
      end(path);
      await rm(path, { force: true }).catch(() => undefined);
    },

    async list() {
      const entries = await readEntries(folder, parseEntry);
      return entries.map(({ ruleId, link, target, chosen, kept, mark, principalId, isUnderWay }) => ({
        ruleId,
        ...(link && { link }),
        target,
        chosen,
        kept,
        ...(mark !== undefined && { mark }),
        ...(principalId !== undefined && { principalId }),
        isUnderWay,
      }));
    },
  };
}

function parseEntry(value: Readonly<Record<string, unknown>>, id: string): (UnfinishedCleanUp & Worker) | undefined {
  const worker = parseWorker(value);
  const { ruleId, target, mark, principalId } = value;
  const [chosen, kept] = [parseIds(value['chosen']), parseIds(value['kept'])];
  if (!worker || !chosen || !kept || typeof target !== 'string' || target.length > maxText) return undefined;
  if (typeof ruleId !== 'string' || !parseArmId(ruleId).ok || entryIdOf(armIdKey(ruleId)) !== id) return undefined;
  const entry = {
    ...{ ruleId, target, chosen, kept, ...worker },
    ...(typeof mark === 'string' ? { mark } : {}),
    ...(typeof principalId === 'string' ? { principalId } : {}),
  };
  if (value['link'] === undefined) return entry;
  const link = parseCacheLink(value['link']);
  return link.ok ? { ...entry, link: link.value } : undefined;
}

function parseIds(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.length > maxItems) return undefined;
  return value.every((one): one is string => typeof one === 'string' && one.length <= maxText) ? value : undefined;
}
