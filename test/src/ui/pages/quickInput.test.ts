import { expect, test, vi } from 'vitest';
import type { PageButton } from '../../../../src/ui/pages/quickInput.ts';
import { CancellationTokenSource, EventEmitter, l10n } from '../vscodeDouble.ts';

const back = {};
const source = new CancellationTokenSource();
vi.mock('vscode', () => ({
  l10n,
  QuickInputButtons: { Back: back },
  ThemeIcon: Object,
  ProgressLocation: { Notification: 15, Window: 10 },
  window: {
    withProgress: (_options: unknown, run: (progress: unknown, token: unknown) => unknown) => run({}, source.token),
  },
}));
const { openPage, shownRows } = await import('../../../../src/ui/pages/quickInput.ts');
const { withCancel } = await import('../../../../src/ui/shared/withCancel.ts');

/** An input as VS Code has it: disposing of one that is shown hides it. */
function open(
  canGoBack: boolean,
  buttons: PageButton<string>[] = [],
  reload?: () => void,
  choose?: (value: string) => void,
) {
  const [hidden, triggered] = [new EventEmitter<void>(), new EventEmitter<unknown>()];
  const input = {
    title: '',
    buttons: [] as readonly object[],
    onDidHide: hidden.event,
    onDidTriggerButton: triggered.event,
    dispose: vi.fn(() => hidden.fire()),
  };
  const page = openPage<string>(input as never, { title: 'Page', canGoBack }, buttons, reload, choose);
  return { input, page, hide: () => hidden.fire(), click: (button: unknown) => triggered.fire(button) };
}

test('a page is answered once, and disposed of once', async () => {
  const { input, page, hide } = open(false);
  page.finish({ kind: 'value', value: 'first' });
  page.finish({ kind: 'value', value: 'second' });
  hide();
  expect(await page.answer).toEqual({ kind: 'value', value: 'first' });
  expect(page.closed.aborted).toBe(true);
  expect(input.dispose).toHaveBeenCalledOnce();
});

test('a page that is left is cancelled, and one that has Back goes back', async () => {
  const left = open(false);
  left.hide();
  expect(await left.page.answer).toEqual({ kind: 'cancelled' });
  expect(left.input.dispose).toHaveBeenCalledOnce();
  const first = open(true);
  expect(first.input.buttons).toEqual([back]);
  first.click(back);
  expect(await first.page.answer).toEqual({ kind: 'back' });
  expect(open(false).input.buttons).toEqual([]);
});

test("a button's work reloads the page if it says so", async () => {
  const reload = vi.fn();
  const buttons = (['reload', undefined] as const).map((outcome) => ({
    icon: 'refresh',
    tooltip: '',
    run: () => outcome,
  }));
  const { input, click, page } = open(true, buttons, reload);
  for (const button of input.buttons.slice(1).toReversed()) click(button);
  await expect.poll(() => reload.mock.calls.length).toBe(1);
  expect(page.closed.aborted).toBe(false);
});

test("a button's value answers the page, unless the page has more to say to it", async () => {
  const button = { icon: 'eye', tooltip: '', run: () => ({ value: 'plan' }) };
  const plain = open(false, [button]);
  plain.click(plain.input.buttons[0]);
  expect(await plain.page.answer).toEqual({ kind: 'value', value: 'plan' });
  const choose = vi.fn();
  const asking = open(false, [button], undefined, choose);
  asking.click(asking.input.buttons[0]);
  await expect.poll(() => choose.mock.calls).toEqual([['plan']]);
  expect(asking.page.closed.aborted).toBe(false);
});

test('Cancel aborts what runs, whose error is that of the whole', async () => {
  const running = withCancel('Working', (_, signal) => {
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cancelled'))));
  });
  source.cancel();
  await expect(running).rejects.toThrow('cancelled');
});

/** Rows of a pick, and what the window reports of them. */
function rowsOf(mayBeNone = false) {
  const active = new EventEmitter<readonly object[]>();
  const input = { items: [] as readonly object[], value: '', onDidChangeActive: active.event };
  return { input, active, shown: shownRows<string>(input as never, mayBeNone) };
}

test('the row that looks as the highlighted one stays it while rows are replaced; another one only when the window says so', () => {
  const { active, shown } = rowsOf();
  const rows = (description: string) => [{ label: 'Create', description, value: 'create' }];
  const [checking] = rows('checking');
  shown.replace([checking!]);
  active.fire([checking!]);
  const again = rows('checking');
  shown.replace(again);
  active.fire([]);
  expect(shown.highlighted()).toBe(again[0]);
  const planned = rows('8 steps');
  shown.replace(planned);
  active.fire([]);
  expect(shown.highlighted()).toBeUndefined();
  active.fire(planned);
  expect(shown.highlighted()).toBe(planned[0]);
});

test('of a new page it is known that the window has not said yet what is highlighted', () => {
  const { active, shown } = rowsOf();
  const row = { label: 'a', value: 'a' };
  shown.replace([row]);
  active.fire([]);
  expect(shown.isReported()).toBe(false);
  active.fire([row]);
  shown.replace([{ label: 'b', value: 'b' }]);
  active.fire([]);
  expect(shown.isReported()).toBe(true);
});

test('no row is highlighted where none fits the text, and where Enter alone must decide nothing', () => {
  for (const { input, active, shown } of [rowsOf(), rowsOf(true)]) {
    const row = { label: 'a', value: 'a' };
    shown.replace([row]);
    active.fire([row]);
    if (shown.highlighted() !== row) throw new Error('nothing is highlighted');
    input.value = 'b';
    active.fire([]);
    expect(shown.highlighted()).toBeUndefined();
  }
  const { active, shown } = rowsOf(true);
  shown.replace([{ label: 'a', value: 'a' }]);
  active.fire([{ label: 'a' }]);
  active.fire([]);
  expect(shown.highlighted()).toBeUndefined();
});
