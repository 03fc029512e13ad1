import { expect, test, vi } from 'vitest';
import type { Plan } from '../../../../src/provisioning/types.ts';
import type { TogglePage } from '../../../../src/ui/pages/toggles.ts';
import type { Change } from '../../../../src/ui/review/change.ts';
import { l10n, ThemeColor, ThemeIcon } from '../vscodeDouble.ts';

const chooseToggled = vi.fn();
vi.mock('vscode', () => ({ l10n, ThemeIcon, ThemeColor, QuickPickItemKind: { Separator: -1 } }));
vi.mock('../../../../src/ui/pages/toggles.ts', () => ({ chooseToggled, switchRow: vi.fn() }));
const { chooseSteps } = await import('../../../../src/ui/review/chooseSteps.ts');

test('No to the question leads back to what was chosen, which is not read again', async () => {
  const plan: Plan = { steps: [], findings: [], canApply: true };
  const read = vi.fn(() => Promise.resolve(plan));
  const confirm = vi.fn().mockResolvedValueOnce(false).mockResolvedValueOnce(true);
  const change = { texts: { page: '' }, plan: read, confirm } as unknown as Change;
  const selections: unknown[] = [];
  chooseToggled.mockImplementation(async (_frame: unknown, page: TogglePage) => {
    await page.load?.(() => undefined, new AbortController().signal);
    selections.push(page.selected);
    return { kind: 'value', value: page.selected };
  });
  const answer = await chooseSteps({} as never, change, (chosen) => chosen, { canGoBack: false });
  expect(answer).toEqual({ kind: 'apply', change, plan });
  expect([read.mock.calls.length, confirm.mock.calls.length]).toEqual([1, 2]);
  expect(selections[1]).toBe(selections[0]);
});
