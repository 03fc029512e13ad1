import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cacheRuleArmId } from '../../src/domain/armId.ts';
import { createCleanUpMemory } from '../../src/provisioning/cleanUp/cleanUpMemory.ts';
import { articleLink } from '../provisioning/links.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memory-'));
});
afterEach(() => rm(folder, { recursive: true }));

const link = articleLink();
const ruleId = cacheRuleArmId(link.downstream.id, 'MyRule');

it('remembers a link over sessions, one per rule whatever its casing, and forgets it', async () => {
  await createCleanUpMemory(folder).remember(ruleId, link);
  await createCleanUpMemory(folder).remember(ruleId.toUpperCase(), link);
  const [entry, ...others] = await createCleanUpMemory(folder).list();
  expect(others).toEqual([]);
  expect(entry?.link).toEqual(link);
  await createCleanUpMemory(folder).forget(ruleId);
  expect(await readdir(folder)).toEqual([]);
});

it('does not take what is no entry of its own', async () => {
  const memory = createCleanUpMemory(folder);
  await memory.remember(ruleId, link);
  const [name = ''] = await readdir(folder);
  const good = { version: 1, ruleId, link };
  for (const text of [
    'no json',
    '[]',
    JSON.stringify({ ...good, version: 2 }),
    JSON.stringify({ ...good, link: { ...link, mappings: 'x' } }),
    JSON.stringify({ ...good, ruleId: `${ruleId}2` }),
    ' '.repeat(1_000_001),
  ]) {
    await writeFile(join(folder, name), text);
    expect(await memory.list()).toEqual([]);
  }
  expect(await createCleanUpMemory(join(folder, 'absent')).list()).toEqual([]);
});
