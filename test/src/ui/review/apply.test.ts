import { afterEach, expect, test, vi } from 'vitest';
import { AzureError } from '../../../../src/azure/errors.ts';
import type { ApplyResult, Plan } from '../../../../src/provisioning/types.ts';
import type { Change } from '../../../../src/ui/review/change.ts';
import { l10n } from '../vscodeDouble.ts';

const [tell, fail, review] = [vi.fn(), vi.fn(), vi.fn()];
const complete: ApplyResult = { outcome: 'complete', steps: [], done: [], begun: [], left: [], kept: [] };
const applyPlan = vi.fn(() => Promise.resolve(complete));
vi.mock('vscode', () => ({ l10n, ProgressLocation: {} }));
vi.mock('../../../../src/provisioning/engine/apply.ts', () => ({ applyPlan }));
vi.mock('../../../../src/ui/review/review.ts', () => ({ reviewChange: review }));
vi.mock('../../../../src/ui/pages/opening.ts', () => ({ whileOpening: async () => ({}) }));
vi.mock('../../../../src/ui/shared/withCancel.ts', () => ({
  withCancel: (_title: string, run: (progress: unknown, signal: AbortSignal) => unknown) =>
    run({ report: () => undefined }, new AbortController().signal),
}));
vi.mock('../../../../src/ui/shared/messages.ts', () => ({
  showInformationMessage: tell,
  showErrorMessage: fail,
  withProgress: (_options: unknown, run: () => unknown) => run(),
}));
const { applyWithProgress } = await import('../../../../src/ui/review/apply.ts');

const log = { error: vi.fn(), info: vi.fn(), warn: vi.fn() };
const services = { log, storage: { journal: { fsPath: '' } } };
const plan: Plan = { steps: [], findings: [], canApply: true };
afterEach(() => vi.clearAllMocks());

test('what a button of the result cannot do is told', async () => {
  const run = () => Promise.reject(new Error('Azure is away.'));
  const texts = { activity: '', complete: '', cancelled: '' };
  const change = { texts, offers: [{ title: 'Verify', run }] } as unknown as Change;
  tell.mockResolvedValue('Verify');
  await applyWithProgress(services as never, {} as never, change, plan);
  await vi.waitFor(() => expect(fail).toHaveBeenCalledOnce());
  expect(fail.mock.calls[0]?.[0]).toBe('Verify failed: Azure is away.');
});

test.each([
  ['ChangedSinceReview', 1],
  ['Http500', 0],
])('what is another thing since the review (%s) is reviewed before it is tried again', async (code, reviews) => {
  const error = new AzureError('', { kind: 'conflict', code });
  const steps = [{ requirementId: 'rule', state: 'failed', message: '', error }] as const;
  applyPlan.mockResolvedValueOnce({ ...complete, outcome: 'failed', steps });
  fail.mockResolvedValueOnce('Try Again');
  review.mockResolvedValue({ kind: 'cancelled' });
  tell.mockResolvedValue(undefined);
  const texts = { activity: '', complete: '', cancelled: '', failed: () => '' };
  const change = { texts, offers: [], plan: () => Promise.resolve(plan) } as unknown as Change;
  await applyWithProgress(services as never, {} as never, change, plan);
  await vi.waitFor(() => expect(review.mock.calls.length + applyPlan.mock.calls.length).toBe(2));
  expect(review).toHaveBeenCalledTimes(reviews);
});
