import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventEmitter, l10n } from '../vscodeDouble.ts';

const hidden = new EventEmitter<void>();
/** As VS Code has it: hiding what is shown is told, once. */
const input = {
  title: '',
  placeholder: '',
  busy: false,
  isShown: false,
  show: vi.fn(() => void (input.isShown = true)),
  hide: () => {
    if (!input.isShown) return;
    input.isShown = false;
    hidden.fire();
  },
  dispose: () => input.hide(),
  onDidHide: hidden.event,
};
vi.mock('vscode', () => ({
  l10n,
  CancellationError: Error,
  window: { tabGroups: { activeTabGroup: {} }, createQuickPick: () => input },
}));
const { whileOpening } = await import('../../../../src/ui/pages/opening.ts');

const azure = {};
const connect = vi.fn();
const services = { account: { connect }, azure: vi.fn() };
let answer: (value: string) => void = () => undefined;
let signal: AbortSignal | undefined;
const open = () =>
  whileOpening(services as never, 'Replace MyRule', (_azure, given) => {
    signal = given;
    return new Promise<string>((resolve) => (answer = resolve));
  });

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  input.show.mockImplementation(() => void (input.isShown = true));
  connect.mockResolvedValue(azure);
  services.azure.mockResolvedValue(azure);
});
afterEach(() => void vi.useRealTimers());

test('what is there at once is given without a page', async () => {
  const opening = open();
  await vi.advanceTimersByTimeAsync(10);
  answer('read');
  expect(await opening).toBe('read');
  await vi.advanceTimersByTimeAsync(1000);
  expect(input.show).not.toHaveBeenCalled();
});

test('a page stands for what takes longer, and goes with the answer', async () => {
  const opening = open();
  await vi.advanceTimersByTimeAsync(200);
  expect(input).toMatchObject({ isShown: true, busy: true, title: 'Replace MyRule' });
  answer('read');
  expect(await opening).toBe('read');
  await vi.advanceTimersByTimeAsync(1000);
  expect(input.isShown).toBe(false);
});

test.each(['reading', 'connecting'])(
  'left while %s: the work is aborted, and a late answer is dropped',
  async (when) => {
    if (when === 'connecting') connect.mockReturnValue(new Promise(() => undefined));
    const opening = open();
    const left = expect(opening).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(200);
    input.hide();
    await left;
    if (when === 'reading') expect(signal?.aborted).toBe(true);
    answer('late');
    await vi.advanceTimersByTimeAsync(1000);
    expect(input.isShown).toBe(false);
  },
);

test('what signing in asks for takes the page away, which does not count as left', async () => {
  let nobody: (found: undefined) => void = () => undefined;
  connect.mockReturnValue(new Promise((resolve) => (nobody = resolve)));
  services.azure.mockImplementationOnce(async () => {
    expect(input.isShown).toBe(false);
    return azure;
  });
  const opening = open();
  await vi.advanceTimersByTimeAsync(200);
  expect(input.isShown).toBe(true);
  nobody(undefined);
  await vi.advanceTimersByTimeAsync(200);
  expect([services.azure.mock.calls.length, input.isShown]).toEqual([2, true]);
  answer('read');
  expect(await opening).toBe('read');
});
