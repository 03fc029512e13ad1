import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cacheRuleArmId } from '../../src/domain/armId.ts';
import { createCleanUpMemory } from '../../src/provisioning/changes/cleanUp/cleanUpMemory.ts';
import { articleLink } from './provisioning/links.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memory-'));
});
afterEach(() => rm(folder, { recursive: true }));

const link = articleLink();
const ruleId = cacheRuleArmId(link.downstream.id, 'MyRule');

const entry = {
  ruleId,
  link,
  target: 'myapp',
  chosen: ['identity', 'cachedRepository:myapp'],
  kept: ['cacheRule'],
  mark: '2026 a b',
  principalId: 'p',
};
const left = { isUnderWay: false };

it('remembers a clean-up over sessions, one per rule whatever its casing, and forgets it', async () => {
  await createCleanUpMemory(folder).remember({ ...entry, ruleId: ruleId.toUpperCase() }, left);
  await createCleanUpMemory(folder).remember(entry, left);
  expect(await createCleanUpMemory(folder).list()).toEqual([{ ...entry, isUnderWay: false }]);
  await createCleanUpMemory(folder).forget(ruleId);
  expect(await readdir(folder)).toEqual([]);
});

it('knows what this window works on, and what nobody works on any more', async () => {
  const memory = createCleanUpMemory(folder);
  const states = async () => (await createCleanUpMemory(folder).list()).map(({ isUnderWay }) => isUnderWay);
  await memory.remember(entry, { isUnderWay: true });
  expect(await states()).toEqual([true]);
  await memory.remember(entry, left);
  expect(await states()).toEqual([false]);
  await memory.remember(entry, { isUnderWay: true });
  const [name = ''] = await readdir(folder);
  const stored: unknown = JSON.parse(await readFile(join(folder, name), 'utf8'));
  // A process that has ended may have had the id of this one.
  await writeFile(join(folder, name), JSON.stringify({ ...Object(stored), startedAt: '2026-01-01T00:00:00Z' }));
  expect(await states()).toEqual([false]);
});

it('does not take what is no entry of its own', async () => {
  const memory = createCleanUpMemory(folder);
  await memory.remember(entry, left);
  const [name = ''] = await readdir(folder);
  const good = { version: 1, ...entry, pid: 0, startedAt: '2026-01-01T00:00:00Z' };
  await writeFile(join(folder, name), JSON.stringify(good));
  expect(await memory.list()).toHaveLength(1);
  for (const text of [
    'no json',
    '[]',
    JSON.stringify({ ...good, version: 2 }),
    JSON.stringify({ ...good, link: { ...link, mappings: 'x' } }),
    JSON.stringify({ ...good, chosen: [1] }),
    JSON.stringify({ ...good, kept: 'identity' }),
    JSON.stringify({ ...good, target: undefined }),
    JSON.stringify({ ...good, pid: '1' }),
    JSON.stringify({ ...good, ruleId: `${ruleId}2` }),
    ' '.repeat(1_000_001),
  ]) {
    await writeFile(join(folder, name), text);
    expect(await memory.list()).toEqual([]);
  }
  expect(await createCleanUpMemory(join(folder, 'absent')).list()).toEqual([]);
});
