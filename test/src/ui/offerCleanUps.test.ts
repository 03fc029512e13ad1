import { beforeEach, expect, test, vi } from 'vitest';
import type { UnfinishedCleanUp } from '../../../src/provisioning/changes/cleanUp/types.ts';
import { l10n } from './vscodeDouble.ts';

const [ask, tell, cleanUp] = [vi.fn(), vi.fn(), vi.fn()];
vi.mock('vscode', () => ({ l10n }));
vi.mock('../../../src/ui/shared/messages.ts', () => ({ showWarningMessage: ask, showInformationMessage: tell }));
vi.mock('../../../src/ui/shared/errors.ts', () => ({
  runCommand: (_doing: string, _log: unknown, run: () => unknown) => run(),
}));
vi.mock('../../../src/ui/changes/cleanUp/cleanUp.lazy.ts', () => ({ cleanUp }));
let unfinished: (UnfinishedCleanUp & { isUnderWay: boolean })[];
vi.mock('../../../src/ui/changes/cleanUp/memory.lazy.ts', () => ({
  cleanUpMemoryOf: () => ({
    list: async () => [...unfinished],
    forget: async (id: string) => void (unfinished = unfinished.filter(({ ruleId }) => ruleId !== id)),
  }),
  rememberedOf: async (_: unknown, id: string) => unfinished.find(({ ruleId }) => ruleId === id),
}));
const { offerUnfinishedCleanUps } = await import('../../../src/ui/changes/cleanUp/unfinished.lazy.ts');

const entry = (ruleId: string, isUnderWay = false) => ({ ruleId, target: 'a', chosen: [], kept: [], isUnderWay });
const offer = () => offerUnfinishedCleanUps({} as never);
beforeEach(() => {
  vi.resetAllMocks();
  unfinished = [entry('/one'), entry('/two')];
});

test('each is continued or discarded as answered', async () => {
  ask.mockResolvedValueOnce('Continue').mockResolvedValueOnce('Discard');
  await offer();
  expect(cleanUp).toHaveBeenCalledExactlyOnceWith(expect.anything(), '/one');
  expect(unfinished).toEqual([entry('/one')]);
});

test.each(['Continue', 'Discard'])(
  'what goes on in another window while the message stands: not %s',
  async (button) => {
    ask.mockImplementation(async () => {
      unfinished = [entry('/one', true)];
      return button;
    });
    await offer();
    expect(ask).toHaveBeenCalledOnce();
    expect(tell).toHaveBeenCalledOnce();
    expect(cleanUp).not.toHaveBeenCalled();
    expect(unfinished).toEqual([entry('/one', true)]);
  },
);

test('what is under way is not offered, and a message that is closed says nothing', async () => {
  unfinished = [entry('/one', true), entry('/two')];
  await offer();
  expect(ask).toHaveBeenCalledOnce();
  expect(ask.mock.calls[0]?.[0]).toContain('two');
  expect(tell).not.toHaveBeenCalled();
});
