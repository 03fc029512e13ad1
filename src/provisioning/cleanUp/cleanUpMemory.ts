import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { armIdKey, parseArmId } from '../../domain/armId.ts';
import { writeAtomically } from '../../writeAtomically.ts';
import { isRecord, parseCacheLink } from '../checkLink.ts';
import type { CleanUpMemory } from './types.ts';

const maxFileSize = 1_000_000;

/** One JSON file per unfinished clean-up in `folder`, which is made when needed. A disk that does not take it stops no clean-up. */
export function createCleanUpMemory(folder: string): CleanUpMemory {
  return {
    async remember(ruleId, link) {
      const text = JSON.stringify({ version: 1, ruleId, link });
      await writeAtomically(join(folder, fileOf(ruleId)), text).catch(() => undefined);
    },

    async forget(ruleId) {
      await rm(join(folder, fileOf(ruleId)), { force: true }).catch(() => undefined);
    },

    async list() {
      const names = await readdir(folder).catch(() => []);
      const found = await Promise.all(
        names.filter((name) => /^[0-9a-f]{32}\.json$/.test(name)).map((name) => readEntry(folder, name)),
      );
      return found
        .flatMap((entry) => entry ?? [])
        .sort((a, b) => a.modifiedMs - b.modifiedMs)
        .map(({ ruleId, link }) => ({ ruleId, link }));
    },
  };
}

function fileOf(ruleId: string): string {
  return `${createHash('sha256').update(armIdKey(ruleId)).digest('hex').slice(0, 32)}.json`;
}

/** The folder's files are not trusted: an entry counts only under its own name and with a link that is one. */
async function readEntry(folder: string, name: string) {
  const path = join(folder, name);
  try {
    const info = await stat(path);
    if (info.size > maxFileSize) return undefined;
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isRecord(value) || value['version'] !== 1) return undefined;
    const { ruleId } = value;
    const link = parseCacheLink(value['link']);
    if (typeof ruleId !== 'string' || !parseArmId(ruleId).ok || fileOf(ruleId) !== name || !link.ok) return undefined;
    return { ruleId, link: link.value, modifiedMs: info.mtimeMs };
  } catch {
    return undefined;
  }
}
