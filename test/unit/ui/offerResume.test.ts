import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createJournal } from '../../../src/provisioning/journal.ts';
import { articleLink, mapping } from '../../provisioning/links.ts';
import { env, l10n } from './vscodeDouble.ts';

const [ask, tell] = [vi.fn(), vi.fn()];
const [resumeSetUp, resumeReplacement] = [vi.fn(), vi.fn()];
vi.mock('vscode', () => ({ l10n, env }));
vi.mock('../../../src/ui/shared/messages.ts', () => ({ showWarningMessage: ask, showInformationMessage: tell }));
vi.mock('../../../src/ui/shared/errors.ts', () => ({
  runCommand: (_doing: string, _log: unknown, run: () => unknown) => run(),
}));
vi.mock('../../../src/ui/cleanUp/unfinished.lazy.ts', () => ({ offerUnfinishedCleanUps: async () => undefined }));
vi.mock('../../../src/ui/wizard/resume.ts', () => ({ resumeSetUp }));
vi.mock('../../../src/ui/changes/replaceRule.lazy.ts', () => ({ resumeReplacement }));
const { offerResume } = await import('../../../src/ui/commands/offerResume.lazy.ts');

let folder: string;
beforeEach(async () => {
  vi.clearAllMocks();
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(folder, { recursive: true }));

const offer = () => offerResume({ storage: { journal: { fsPath: folder } } } as never);

/** As a window that was closed midway leaves it. */
async function cutOff(...kind: Parameters<ReturnType<typeof createJournal>['start']>): Promise<string> {
  const journal = createJournal(folder);
  const id = await journal.start(...kind);
  await journal.leave(id, true);
  return id;
}

test('what was cut off is resumed as what it was', async () => {
  await cutOff(articleLink());
  const replacing = articleLink({ mappings: [mapping('NewRule', 'shop')] });
  await cutOff(replacing, mapping('MyRule', 'myapp'));
  ask.mockResolvedValue('Resume');
  await offer();
  expect(resumeSetUp).toHaveBeenCalledExactlyOnceWith(
    expect.anything(),
    expect.objectContaining({ link: articleLink() }),
  );
  expect(resumeReplacement).toHaveBeenCalledExactlyOnceWith(expect.anything(), replacing, mapping('MyRule', 'myapp'));
});

test('what another window ended while the message stood is not begun again', async () => {
  const id = await cutOff(articleLink(), mapping('OldRule', 'old'));
  ask.mockImplementation(async () => {
    await createJournal(folder).finish(id);
    return 'Resume';
  });
  await offer();
  expect(resumeReplacement).not.toHaveBeenCalled();
  expect(tell).toHaveBeenCalledOnce();
});

test('what another window ended while another message stood is not offered', async () => {
  const ids = [await cutOff(articleLink()), await cutOff(articleLink(), mapping('OldRule', 'old'))];
  ask.mockImplementation(async () => {
    for (const id of ids) await createJournal(folder).finish(id);
    return undefined;
  });
  await offer();
  expect(ask).toHaveBeenCalledOnce();
});
