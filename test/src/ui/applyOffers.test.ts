import { expect, test, vi } from 'vitest';
import type { Change } from '../../../src/ui/review/change.ts';
import { articleLink } from '../provisioning/links.ts';
import { l10n } from './vscodeDouble.ts';

const [tell, fail] = [vi.fn(), vi.fn()];
vi.mock('vscode', () => ({ l10n }));
vi.mock('../../../src/provisioning/engine/apply.ts', () => ({
  applyPlan: async () => ({ outcome: 'complete', steps: [], done: [], begun: [], left: [] }),
}));
vi.mock('../../../src/ui/shared/withCancel.ts', () => ({
  withCancel: (_title: string, run: (progress: unknown, signal: AbortSignal) => unknown) =>
    run({ report: () => undefined }, new AbortController().signal),
}));
vi.mock('../../../src/ui/shared/messages.ts', () => ({ showInformationMessage: tell, showErrorMessage: fail }));
const { applyWithProgress } = await import('../../../src/ui/review/apply.ts');

test('what a button of the result cannot do is told', async () => {
  const link = articleLink();
  const run = () => Promise.reject(new Error('Azure is away.'));
  const words = { doing: '', complete: '', cancelled: '' };
  const change = { link, words, offers: [{ title: 'Verify', run }] } as unknown as Change;
  const log = { error: vi.fn(), info: vi.fn(), warn: vi.fn() };
  tell.mockResolvedValue('Verify');
  const services = { log, inventory: { loadRules: async () => undefined } };
  await applyWithProgress(services as never, {} as never, change, { link, steps: [], findings: [], canApply: true });
  await vi.waitFor(() => expect(fail).toHaveBeenCalledOnce());
  expect(fail.mock.calls[0]?.[0]).toBe('Verify failed: Azure is away.');
});
