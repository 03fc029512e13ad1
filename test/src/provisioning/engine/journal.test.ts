import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AzureError } from '../../../../src/azure/errors.ts';
import { createJournal } from '../../../../src/provisioning/engine/journal.ts';
import type { CleanUpPurpose } from '../../../../src/provisioning/types.ts';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { articleLink, mapping } from '../links.ts';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'journal-')), 'set-ups');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

/** What a process that has ended would have left: the file of one with an id that no process has. */
async function leaveBehind(link = articleLink(), pid = 2 ** 22 + 1, startedAt?: string): Promise<string> {
  const journal = createJournal(folder);
  const id = await journal.start({ kind: 'setUp', link });
  await journal.record(id, { requirementId: 'identity', state: 'done', message: 'The identity exists.' });
  const file = join(folder, `${id}.json`);
  const text = await readFile(file, 'utf8');
  await writeFile(file, JSON.stringify({ ...JSON.parse(text), pid, ...(startedAt && { startedAt }) }));
  return id;
}

describe('journal', () => {
  it('finds a set-up that was cut off, with its link and its steps', async () => {
    const id = await leaveBehind();
    const found = await createJournal(folder).unfinished();
    expect(found).toMatchObject([
      { id, purpose: { kind: 'setUp', link: articleLink() }, steps: [{ requirementId: 'identity', state: 'done' }] },
    ]);
  });

  it.skipIf(process.platform === 'win32')('does not wait for what is no file under an entry’s name', async () => {
    const id = await leaveBehind();
    execFileSync('mkfifo', [join(folder, `${'0'.repeat(32)}.json`)]);
    expect(await createJournal(folder).unfinished()).toMatchObject([{ id }]);
  });

  it('does not offer what is under way, here or in another process', async () => {
    const journal = createJournal(folder);
    const id = await journal.start({ kind: 'setUp', link: articleLink() });
    expect(await journal.unfinished()).toEqual([]);
    // Each command of a window has a journal of its own.
    expect(await createJournal(folder).unfinished()).toEqual([]);
    await journal.leave(id, true);
    expect(await createJournal(folder).unfinished()).toHaveLength(1);
    await journal.finish(id);
    await leaveBehind(articleLink({ mappings: [mapping('OtherRule', 'other')] }), process.ppid);
    expect(await journal.unfinished()).toEqual([]);
  });

  it('offers what an ended process left that had the same id as this one', async () => {
    await leaveBehind(articleLink(), process.pid, '2026-01-01T00:00:00Z');
    expect(await createJournal(folder).unfinished()).toHaveLength(1);
  });

  it('forgets what is finished, and keeps one entry per link', async () => {
    await leaveBehind();
    const journal = createJournal(folder);
    const id = await journal.start({ kind: 'setUp', link: articleLink() });
    expect(await readdir(folder)).toEqual([`${id}.json`]);
    await journal.finish(id);
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps what was begun with another identity or form of access', async () => {
    await leaveBehind();
    const { identityId: id } = articleLink().authentication;
    await leaveBehind(
      articleLink({ authentication: { kind: 'identity', identityId: id.replace(/[^/]+$/, 'OtherIdentity') } }),
    );
    await leaveBehind(articleLink({ access: 'registry' }));
    // The same in other letters, and with consent given meanwhile.
    await leaveBehind(
      articleLink({ authentication: { kind: 'identity', identityId: id.toUpperCase() }, allowAbacSwitch: true }),
    );
    expect(await createJournal(folder).unfinished()).toHaveLength(3);
  });

  it('has nothing to tell when the folder does not exist', async () => {
    expect(await createJournal(folder).unfinished()).toEqual([]);
  });

  it('sets damaged files aside and still reads the others', async () => {
    const id = await leaveBehind();
    const bad = 'f'.repeat(32);
    await writeFile(join(folder, `${bad}.json`), '{"version":1,');
    await writeFile(join(folder, 'notes.txt'), 'not ours');
    expect((await createJournal(folder).unfinished()).map((entry) => entry.id)).toEqual([id]);
    expect((await readdir(folder)).sort()).toEqual([`${id}.json`, `${bad}.json.corrupt`, 'notes.txt'].sort());
  });

  it('takes no hostile content', async () => {
    await leaveBehind();
    const id = 'a'.repeat(32);
    await fc.assert(
      fc.asyncProperty(
        fc.jsonValue(),
        fc.constantFrom('purpose', 'steps', 'startedAt', 'pid', 'version', 'id', 'kind', 'link', 'rule', 'replaces'),
        async (value, key) => {
          const kind = key === 'replaces' ? 'replace' : 'setUp';
          const entry = {
            version: 1,
            id,
            purpose: { kind, link: articleLink(), [key]: value },
            startedAt: '2026-01-01T00:00:00Z',
            steps: [],
            pid: 2 ** 22 + 1,
            [key]: value,
          };
          await writeFile(join(folder, `${id}.json`), JSON.stringify(entry));
          for (const found of await createJournal(folder).unfinished()) {
            expect(found.purpose.link?.mappings.length).toBeGreaterThan(0);
            expect(Array.isArray(found.steps)).toBe(true);
            expect(found.purpose.kind).toBe('setUp');
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('writes states one after the other, and codes but no causes', async () => {
    const journal = createJournal(folder);
    const id = await journal.start({ kind: 'setUp', link: articleLink() });
    const error = new AzureError('Denied.', {
      kind: 'forbidden',
      code: 'AuthorizationFailed',
      cause: { token: 'secret-token' },
    });
    await Promise.all([
      journal.record(id, { requirementId: 'identity', state: 'running', message: 'Create it.' }),
      journal.record(id, { requirementId: 'identity', state: 'failed', message: 'Denied.', error }),
    ]);
    const text = await readFile(join(folder, `${id}.json`), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ steps: [{ state: 'failed', message: 'Denied. (AuthorizationFailed)' }] });
    expect(text).not.toContain('secret-token');
    expect(await readdir(folder)).toEqual([`${id}.json`]);
  });

  it('does not fail a set-up because it cannot write', async () => {
    await writeFile(folder, 'a file where the folder should be');
    const journal = createJournal(folder);
    const id = await journal.start({ kind: 'setUp', link: articleLink() });
    await journal.record(id, { requirementId: 'identity', state: 'done', message: '' });
    await journal.finish(id);
    expect(await journal.unfinished()).toEqual([]);
  });
});

describe('of a clean-up', () => {
  const link = articleLink();
  const ruleId = cacheRuleArmId(link.downstream.id, 'MyRule');
  const purpose: CleanUpPurpose = {
    ...{ kind: 'cleanUp', ruleId, target: 'myapp', link, principalId: 'p' },
    ...{
      chosen: ['withoutIdentity', 'withoutRepository:myapp'],
      kept: ['deletedRule'],
      rule: { creationDate: '2026' },
    },
  };
  const leave = async (one: CleanUpPurpose) => {
    const journal = createJournal(folder);
    await journal.leave(await journal.start(one), true);
  };

  it('there is one entry per rule, whatever its casing and what was chosen', async () => {
    await leave({ ...purpose, ruleId: ruleId.toUpperCase(), chosen: [] });
    await leave(purpose);
    expect((await createJournal(folder).unfinished()).map((entry) => entry.purpose)).toEqual([purpose]);
  });

  it('what is none is not taken for one', async () => {
    await leave(purpose);
    const [name = ''] = await readdir(folder);
    const path = join(folder, name);
    const good: { readonly purpose: object } = JSON.parse(await readFile(path, 'utf8'));
    for (const bad of [
      { link: { ...link, mappings: 'x' } },
      { chosen: [1] },
      { kept: 'identity' },
      { kept: Array(1001).fill('') },
      { target: undefined },
      { target: 'x'.repeat(2049) },
      { ruleId: 'nonsense' },
    ]) {
      await writeFile(path, JSON.stringify({ ...good, purpose: { ...good.purpose, ...bad } }));
      expect([bad, await createJournal(folder).unfinished()]).toEqual([bad, []]);
      await rm(folder, { recursive: true });
      await leave(purpose);
    }
    expect(await createJournal(folder).unfinished()).toHaveLength(1);
  });
});

it('what changed nothing is forgotten, unless an earlier run has begun it', async () => {
  const journal = createJournal(folder);
  await journal.leave(await journal.start({ kind: 'setUp', link: articleLink() }), false);
  expect(await journal.unfinished()).toEqual([]);
  await leaveBehind();
  const id = await journal.start({ kind: 'setUp', link: articleLink() });
  await journal.leave(id, false);
  expect(await journal.unfinished()).toMatchObject([{ id }]);
  await journal.finish(id);
  const unknown = { requirementId: 'identity', state: 'done', message: '' } as const;
  await journal.record(id, unknown);
  await journal.leave(id, true);
  expect(await readdir(folder)).toEqual([]);
});

it('of an entry’s steps and worker only what is of the right kind is taken', async () => {
  const id = await leaveBehind();
  const file = join(folder, `${id}.json`);
  const entry = JSON.parse(await readFile(file, 'utf8')) as { pid: number; steps: object[] };
  const [step] = entry.steps;
  const unfinished = async (change: object) => {
    await writeFile(file, JSON.stringify({ ...entry, ...change }));
    return createJournal(folder).unfinished();
  };
  const odd = [null, 'a', { ...step, requirementId: 1 }, { ...step, message: 1 }, { ...step, state: 'odd' }];
  expect(await unfinished({ steps: [...odd, step] })).toMatchObject([{ steps: [step] }]);
  for (const change of [{ pid: '4194305' }, { pid: 4194305.5 }, { startedAt: 1 }, { startedAt: 'x' }]) {
    expect(await unfinished(change), JSON.stringify(change)).toEqual([]);
  }
});
