import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { createJournal } from '../../../../src/provisioning/engine/journal.ts';
import type { Purpose } from '../../../../src/provisioning/types.ts';
import { articleLink, mapping } from '../../provisioning/links.ts';
import { env, l10n } from '../vscodeDouble.ts';

const [ask, tell] = [vi.fn(), vi.fn()];
const [resumeSetUp, resumeReplacement, resumeIdentityChange] = [vi.fn(), vi.fn(), vi.fn()];
vi.mock('vscode', () => ({ l10n, env, Uri: { from: (parts: unknown) => parts } }));
vi.mock('../../../../src/ui/shared/messages.ts', () => ({ showWarningMessage: ask, showInformationMessage: tell }));
vi.mock('../../../../src/ui/shared/errors.ts', () => ({
  runCommand: (_doing: string, _log: unknown, run: () => unknown) => run(),
}));
const cleanUp = vi.fn();
vi.mock('../../../../src/ui/changes/cleanUp.lazy.ts', () => ({ cleanUp }));
vi.mock('../../../../src/ui/setUp/resume.ts', () => ({ resumeSetUp }));
vi.mock('../../../../src/ui/changes/replaceRule.lazy.ts', () => ({ resumeReplacement }));
vi.mock('../../../../src/ui/changes/changeIdentity.lazy.ts', () => ({ resumeIdentityChange }));
vi.mock('../../../../src/ui/documents/documents.ts', () => ({ documentScheme: 'acr-cache' }));
const { discardUnfinished, offerResume, resumeUnfinished } =
  await import('../../../../src/ui/changes/offerResume.lazy.ts');

let folder: string;
beforeEach(async () => {
  vi.clearAllMocks();
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(folder, { recursive: true }));

const setUp: Purpose = { kind: 'setUp', link: articleLink() };
const replacing: Purpose = {
  kind: 'replace',
  link: articleLink({ mappings: [mapping('NewRule', 'shop')] }),
  replaces: mapping('MyRule', 'myapp'),
};

const showReport = vi.fn();
const lookForUnfinished = vi.fn();
const services = () =>
  ({
    ...{ storage: { journal: { fsPath: folder } }, documents: { showReport }, tree: { lookForUnfinished } },
  }) as never;
const offer = () => offerResume(services());

/** As a window that was closed midway leaves it. */
async function cutOff(purpose: Purpose): Promise<string> {
  const journal = createJournal(folder);
  const id = await journal.start(purpose);
  await journal.leave(id, true);
  return id;
}

/** What was asked, and the document with what was done and what was not. */
function expectWords(): void {
  const [{ path }, text] = showReport.mock.calls[0] as [{ path: string }, string];
  expect([ask.mock.calls[0], path, text.replace(/(?<=Started: ).*/, 'then')]).toMatchSnapshot();
}

test('what was cut off is resumed as what it was', async () => {
  await cutOff(setUp);
  await cutOff(replacing);
  ask.mockResolvedValue('Resume');
  await offer();
  expect(resumeSetUp).toHaveBeenCalledExactlyOnceWith(expect.anything(), articleLink());
  expect(resumeReplacement).toHaveBeenCalledExactlyOnceWith(expect.anything(), replacing);
});

test('what another window ended while the message stood is not begun again', async () => {
  const id = await cutOff(replacing);
  ask.mockImplementation(async () => {
    await createJournal(folder).finish(id);
    return 'Resume';
  });
  await offer();
  expect(resumeReplacement).not.toHaveBeenCalled();
  expect(tell).toHaveBeenCalledOnce();
});

test('what another window ended while another message stood is not offered', async () => {
  const ids = [await cutOff(setUp), await cutOff(replacing)];
  ask.mockImplementation(async () => {
    for (const id of ids) await createJournal(folder).finish(id);
    return undefined;
  });
  await offer();
  expect(ask).toHaveBeenCalledOnce();
});

test('what this window works on meanwhile is neither offered nor discarded', async () => {
  const id = await cutOff(setUp);
  const here = createJournal(folder);
  ask.mockImplementation(async () => {
    await here.start(setUp);
    return 'Discard';
  });
  await offer();
  expect(tell).toHaveBeenCalledOnce();
  await here.leave(id, true);
  expect(await createJournal(folder).unfinished()).toHaveLength(1);
});

test('of a replacement it is said what is deleted and what is still to be made', async () => {
  const journal = createJournal(folder);
  const link = articleLink({ mappings: [mapping('MyRule', 'new', 'myapp')] });
  const id = await journal.start({ kind: 'replace', link, replaces: mapping('MyRule', 'old', 'myapp') });
  await journal.record(id, { requirementId: 'withoutRule:MyRule', state: 'done', message: 'MyRule is gone.' });
  await journal.record(id, { requirementId: 'cacheRule:MyRule', state: 'waiting', message: '' });
  await journal.leave(id, true);
  ask.mockResolvedValueOnce('Show');
  await offer();
  expectWords();
});

test('a change of identity that was cut off is offered, shown and resumed as such; complete, it is offered no more', async () => {
  const changing: Purpose = { kind: 'changeIdentity', link: articleLink() };
  await cutOff(changing);
  ask.mockResolvedValueOnce('Show').mockResolvedValueOnce('Resume');
  resumeIdentityChange.mockResolvedValueOnce({ outcome: 'complete' });
  await offer();
  expectWords();
  expect(resumeIdentityChange).toHaveBeenCalledExactlyOnceWith(expect.anything(), changing);
  expect(await createJournal(folder).unfinished()).toEqual([]);
});

test.each(['Continue', 'Discard'])('a clean-up that is not finished: %s', async (answer) => {
  const { downstream } = articleLink();
  const ruleId = cacheRuleArmId(downstream.id, 'MyRule');
  await cutOff({ kind: 'cleanUp', ruleId, target: 'myapp', chosen: [], kept: [] });
  ask.mockResolvedValueOnce(answer);
  cleanUp.mockResolvedValueOnce({ outcome: 'complete' });
  await offer();
  expect(cleanUp.mock.calls).toEqual(answer === 'Continue' ? [[expect.anything(), ruleId]] : []);
  // Whether something is left is known by the clean-up alone.
  expect(await createJournal(folder).unfinished()).toHaveLength(answer === 'Continue' ? 1 : 0);
});

test('what a row of the tree stands for is resumed, by its entry or its rule, as long as it is unfinished', async () => {
  const journalId = await cutOff(setUp);
  const ruleId = cacheRuleArmId(articleLink().downstream.id, 'MyRule');
  resumeSetUp.mockResolvedValueOnce({ outcome: 'failed' }).mockResolvedValueOnce({ outcome: 'complete' });
  await resumeUnfinished(services(), { ruleId: ruleId.toUpperCase() });
  await resumeUnfinished(services(), { journalId });
  expect(resumeSetUp).toHaveBeenCalledTimes(2);
  expect(lookForUnfinished).toHaveBeenCalled();
  await resumeUnfinished(services(), { journalId });
  await resumeUnfinished(services(), undefined);
  expect(resumeSetUp).toHaveBeenCalledTimes(2);
  expect(tell).toHaveBeenCalledTimes(2);
});

test('what a row of the tree stands for is discarded', async () => {
  const journalId = await cutOff(replacing);
  await discardUnfinished(services(), { journalId: '' });
  expect(await createJournal(folder).unfinished()).toHaveLength(1);
  await discardUnfinished(services(), { journalId });
  expect(await createJournal(folder).unfinished()).toEqual([]);
});
