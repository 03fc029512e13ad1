import { expect, test, vi } from 'vitest';
import type { Plan } from '../../../../src/provisioning/types.ts';
import type { PickPage } from '../../../../src/ui/pages/pick.ts';
import type { Change } from '../../../../src/ui/review/change.ts';
import { l10n, ThemeColor, ThemeIcon, Uri } from '../vscodeDouble.ts';

const pick = vi.fn();
vi.mock('vscode', () => ({ l10n, ThemeIcon, ThemeColor, Uri, QuickPickItemKind: { Separator: -1 } }));
vi.mock('../../../../src/ui/pages/pick.ts', () => ({ pick }));
vi.mock('../../../../src/ui/export/openExport.lazy.ts', () => ({}));
vi.mock('../../../../src/ui/export/languages.lazy.ts', () => ({}));
vi.mock('../../../../src/ui/documents/documents.ts', () => ({}));
vi.mock('../../../../src/ui/shared/messages.ts', () => ({}));
const { askAndReview, review } = await import('../../../../src/ui/review/review.ts');

const plan: Plan = { steps: [], findings: [], canApply: true };
const texts = { start: 'Create', blocked: 'Cannot' };

/** What the page answers to each choice at this moment: the code of what keeps it from being done. */
async function codes(page: PickPage<unknown>) {
  const signal = new AbortController().signal;
  const choices = ['apply', 'plan', 'export', { about: 'identity' }];
  return Promise.all(choices.map(async (value) => (await page.accept?.(value, signal))?.code));
}

/** The page of a review of this change. */
async function pageOf(change: Change | undefined): Promise<PickPage<unknown>> {
  pick.mockResolvedValueOnce({ kind: 'cancelled' });
  await review({} as never, {} as never, { title: '', canGoBack: false, isSetUp: true, change: () => change });
  return pick.mock.lastCall?.[1] as PickPage<unknown>;
}

test('what needs the plan says that it is being read, and can be chosen once it is there', async () => {
  const { promise, resolve } = Promise.withResolvers<Plan>();
  const page = await pageOf({ texts, plan: () => promise } as unknown as Change);
  const loading = page.load(() => undefined, new AbortController().signal);
  await expect.poll(() => codes(page)).toEqual(['review.reading', 'review.reading', undefined, undefined]);
  resolve(plan);
  await loading;
  expect(await codes(page)).toEqual([undefined, undefined, undefined, undefined]);
});

test('without a plan the buttons say what comes first: while something is undecided, and after Azure has failed', async () => {
  const none = ['review.noPlan', 'review.noPlan', 'review.noPlan', undefined];
  const undecided = await pageOf(undefined);
  await undecided.load(() => undefined, new AbortController().signal);
  expect(await codes(undecided)).toEqual(none);
  const failing = await pageOf({ texts, plan: () => Promise.reject(new Error('away')) } as unknown as Change);
  await expect(failing.load(() => undefined, new AbortController().signal)).rejects.toThrow('away');
  // The setup itself is known, so it can be exported.
  expect(await codes(failing)).toEqual(none.with(2, undefined));
});

test('Back leads from the review to what was asked for, and leaving that leaves all', async () => {
  const change = { texts, plan: () => Promise.resolve(plan) } as unknown as Change;
  const ask = vi.fn().mockResolvedValueOnce(change).mockResolvedValueOnce(change).mockResolvedValue(undefined);
  pick.mockResolvedValueOnce({ kind: 'back' }).mockResolvedValueOnce({ kind: 'back' });
  expect(await askAndReview({} as never, {} as never, ask)).toEqual({ kind: 'cancelled' });
  expect(ask).toHaveBeenCalledTimes(3);
  ask.mockResolvedValueOnce(change);
  pick.mockResolvedValueOnce({ kind: 'cancelled' });
  await askAndReview({} as never, {} as never, ask, false);
  expect(pick.mock.lastCall?.[0]).toMatchObject({ canGoBack: false });
});
