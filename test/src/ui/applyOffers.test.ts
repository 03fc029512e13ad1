import { expect, test, vi } from 'vitest';
import type { Change } from '../../../src/ui/review/change.ts';
import { l10n } from './vscodeDouble.ts';

const [tell, fail] = [vi.fn(), vi.fn()];
vi.mock('vscode', () => ({ l10n }));
vi.mock('../../../src/provisioning/engine/apply.ts', () => ({
  applyPlan: async () => ({ outcome: 'complete', steps: [], done: [], begun: [], left: [], kept: [] }),
}));
vi.mock('../../../src/ui/shared/withCancel.ts', () => ({
  withCancel: (_title: string, run: (progress: unknown, signal: AbortSignal) => unknown) =>
    run({ report: () => undefined }, new AbortController().signal),
}));
vi.mock('../../../src/ui/shared/messages.ts', () => ({ showInformationMessage: tell, showErrorMessage: fail }));
const { applyWithProgress } = await import('../../../src/ui/review/apply.ts');

test('what a button of the result cannot do is told', async () => {
  const run = () => Promise.reject(new Error('Azure is away.'));
  const texts = { activity: '', complete: '', cancelled: '' };
  const change = { texts, offers: [{ title: 'Verify', run }] } as unknown as Change;
  const log = { error: vi.fn(), info: vi.fn(), warn: vi.fn() };
  tell.mockResolvedValue('Verify');
  const services = { log, storage: { journal: { fsPath: '' } } };
  await applyWithProgress(services as never, {} as never, change, { steps: [], findings: [], canApply: true });
  await vi.waitFor(() => expect(fail).toHaveBeenCalledOnce());
  expect(fail.mock.calls[0]?.[0]).toBe('Verify failed: Azure is away.');
});
