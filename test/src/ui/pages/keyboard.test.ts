import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventEmitter } from '../vscodeDouble.ts';

class TabInputCustom {
  readonly viewType = '';
}
class TabInputWebview {
  readonly viewType = '';
}
const group: { activeTab?: { readonly input?: object | undefined } } = {};
vi.mock('vscode', () => ({ TabInputCustom, TabInputWebview, window: { tabGroups: { activeTabGroup: group } } }));
const { endInput, showInput } = await import('../../../../src/ui/pages/keyboard.ts');

/** What the window does, in its order. */
const done: string[] = [];
let onScreen: { hide: () => void } | undefined;

/** An input as VS Code has it: one that is shown hides the one before, and one that is disposed of is not shown. */
function input(name: string) {
  const hidden = new EventEmitter<void>();
  let isDisposed = false;
  const made = {
    enabled: true,
    busy: false,
    onDidHide: hidden.event,
    hide() {
      if (onScreen !== made) return;
      onScreen = undefined;
      hidden.fire();
    },
    show() {
      if (isDisposed) return;
      const before = onScreen;
      done.push(`${name} shown`);
      onScreen = made;
      if (before) done.push('in its place');
    },
    dispose() {
      isDisposed = true;
      done.push(`${name} gone`);
      made.hide();
    },
  };
  return made as typeof made & Parameters<typeof showInput>[0];
}

beforeEach(() => {
  vi.useFakeTimers();
  done.length = 0;
  delete group.activeTab;
});
afterEach(async () => {
  await vi.runAllTimersAsync();
  vi.useRealTimers();
  onScreen = undefined;
});

test('an answered input stays, disabled and busy, until the next one is in its place', () => {
  const [first, second] = [input('first'), input('second')];
  showInput(first);
  endInput(first);
  expect(first).toMatchObject({ enabled: false, busy: true });
  showInput(second);
  expect(done).toEqual(['first shown', 'second shown', 'in its place', 'first gone']);
  expect(vi.getTimerCount()).toBe(0);
});

test('without a next one it goes soon, and the one after that stands alone', async () => {
  const [first, second] = [input('first'), input('second')];
  showInput(first);
  endInput(first);
  await vi.advanceTimersByTimeAsync(200);
  showInput(second);
  expect(done).toEqual(['first shown', 'first gone', 'second shown']);
});

test('what is not on the screen goes at once, and takes nothing else away', () => {
  const [first, left, unseen] = [input('first'), input('left'), input('unseen')];
  showInput(left);
  left.hide();
  endInput(left);
  showInput(first);
  endInput(first);
  endInput(unseen);
  expect(done).toEqual(['left shown', 'left gone', 'first shown', 'unseen gone']);
});

test.each([new TabInputCustom(), new TabInputWebview()])(
  'the first input waits until a web page has the keyboard',
  async (page) => {
    group.activeTab = { input: page };
    const [first, second] = [input('first'), input('second')];
    showInput(first);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    endInput(first);
    showInput(second);
    expect(done).toEqual(['first shown', 'second shown', 'in its place', 'first gone']);
  },
);

test('one that is gone before its time is not shown', async () => {
  group.activeTab = { input: new TabInputCustom() };
  const first = input('first');
  showInput(first);
  endInput(first);
  await vi.advanceTimersByTimeAsync(100);
  expect(done).toEqual(['first gone']);
});

test('where a text has the keyboard nothing waits', () => {
  group.activeTab = { input: {} };
  showInput(input('first'));
  expect(done).toEqual(['first shown']);
});
