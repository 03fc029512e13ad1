import fc from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Answer, Row } from '../../../../src/ui/pages/quickInput.ts';
import { QuickPickDouble } from '../quickPickDouble.ts';
import { EventEmitter, l10n } from '../vscodeDouble.ts';

let input = new QuickPickDouble();
const warned: string[] = [];
vi.mock('vscode', () => ({
  l10n,
  EventEmitter,
  QuickInputButtons: { Back: {} },
  QuickPickItemKind: { Separator: -1 },
  CancellationError: Error,
  ThemeIcon: Object,
  window: {
    tabGroups: { activeTabGroup: {} },
    createQuickPick: () => input,
    showWarningMessage: (text: string) => {
      warned.push(text);
      return Promise.resolve();
    },
  },
}));
const { pickMany } = await import('../../../../src/ui/pages/pickMany.ts');
const { separator } = await import('../../../../src/ui/pages/quickInput.ts');

const repositories = ['base/node', 'myapp', 'team/logistics/api', 'team/web'];

interface Opened {
  readonly load: (rows: readonly string[], notice?: string) => void;
  readonly fail: (error: Error) => void;
  readonly changes: string[][];
  answer: Answer<readonly string[]> | undefined;
}

/** A page whose text is a name of lower-case letters, `/` and a star at the end. */
function open(chosen: readonly string[] = []): Opened {
  input = new QuickPickDouble();
  const row = (value: string): Row<string> => ({ label: value, value });
  let [load, fail]: [Opened['load'], Opened['fail']] = [() => undefined, () => undefined];
  const changes: string[][] = [];
  const answer = pickMany<string>(
    { title: 'Repositories', canGoBack: true },
    {
      placeholder: '',
      key: (value) => value,
      row,
      chosen,
      load: (show) =>
        new Promise((resolve, reject) => {
          fail = reject;
          load = (rows, notice) => {
            show([separator('Repositories'), ...rows.map(row)], notice);
            resolve();
          };
        }),
      typed: (text) => (/^[a-z]+(\/[a-z]+)*(\/\*)?$/.test(text) ? { value: text } : { reason: `not a name: ${text}` }),
      failed: 'cannot be listed',
      changed: (values) => changes.push([...values]),
    },
  );
  const opened: Opened = { load: (...args) => load(...args), fail: (error) => fail(error), changes, answer: undefined };
  void answer.then((given) => (opened.answer = given));
  return opened;
}

function indexOf(label: string): number {
  const index = input.rows.findIndex((row) => row.label === label && row.kind !== -1);
  expect(index, `no row ${label} among ${input.rows.map((row) => row.label).join()}`).not.toBe(-1);
  return index;
}

const tickedLabels = () => [...input.ticks].map((index) => input.rows[index]?.label);

/** Keys as a person hits them: the extension answers each in time, or only after all. */
function typeKeys(text: string, isFast: boolean): void {
  for (let length = 1; length <= text.length; length++) {
    input.type(text.slice(0, length));
    if (!isFast) input.settle();
  }
}

async function enter(): Promise<void> {
  input.enter();
  input.settle();
  await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(() => {
  warned.length = 0;
});

for (const isFast of [false, true]) {
  test.each(['nosuchrepo', 'team/nothere', 'myapp', 'my', 'base/node', 'team/*', 'team'])(
    `typed and Enter: the typed one is taken (%s, ${isFast ? 'faster than the answers' : 'slowly'})`,
    async (text) => {
      const page = open();
      page.load(repositories);
      input.settle();
      typeKeys(text, isFast);
      await enter();
      expect(page.answer).toEqual({ kind: 'value', value: [text] });
    },
  );
}

test('typed before the list is there', async () => {
  const page = open();
  input.settle();
  typeKeys('myapp', true);
  page.load(repositories);
  await enter();
  expect(page.answer).toEqual({ kind: 'value', value: ['myapp'] });
});

test('an exact match is meant without regard to case, and a text that is no value is refused with its reason', async () => {
  const page = open();
  page.load(repositories);
  input.settle();
  input.type('Team/**');
  await enter();
  expect(page.answer).toBeUndefined();
  expect(input.prompt).toBe('not a name: Team/**');
  input.type('MYAPP');
  await enter();
  expect(page.answer).toEqual({ kind: 'value', value: ['myapp'] });
});

test('a highlighted row is taken, but not one that was highlighted before the text', async () => {
  const page = open();
  page.load(repositories);
  input.settle();
  input.down();
  typeKeys('nosuch', true);
  input.settle();
  expect(input.highlighted).toBeUndefined();
  typeKeys('team', false);
  input.down();
  await enter();
  expect(page.answer).toEqual({ kind: 'value', value: ['team/logistics/api'] });
});

test('ticked while filtering: the ticks are taken, not the text', async () => {
  const page = open();
  page.load(repositories);
  input.settle();
  typeKeys('team/', false);
  input.click(indexOf('team/web'));
  await enter();
  expect(page.answer).toEqual({ kind: 'value', value: ['team/web'] });
});

test('a hidden tick beats neither a text nor one that is no value; Enter adds, a second goes on', async () => {
  const page = open(['myapp']);
  page.load(repositories);
  input.settle();
  expect(input.rows.slice(0, 2).map(({ label }) => label)).toEqual(['Chosen', 'myapp']);
  expect(tickedLabels()).toEqual(['myapp']);
  typeKeys('team/**', true);
  await enter();
  expect(page.answer).toBeUndefined();
  expect(input.prompt).toBe('not a name: team/**');
  typeKeys('nosuch', true);
  await enter();
  expect(page.answer).toBeUndefined();
  expect([input.text, tickedLabels()]).toEqual(['', ['myapp', 'nosuch']]);
  expect(input.rows.slice(0, 3).map(({ label }) => label)).toEqual(['Chosen', 'myapp', 'nosuch']);
  expect(page.changes.at(-1)).toEqual(['myapp', 'nosuch']);
  await enter();
  expect(page.answer).toEqual({ kind: 'value', value: ['myapp', 'nosuch'] });
});

test('the only tick is taken away right after typing, and stays away', async () => {
  const page = open(['myapp']);
  page.load(repositories);
  input.settle();
  typeKeys('my', false);
  input.click(indexOf('myapp'));
  input.settle();
  input.type('');
  input.settle();
  expect(tickedLabels()).toEqual([]);
  expect(page.changes).toEqual([[]]);
  await enter();
  expect(page.answer).toBeUndefined();
  expect(input.prompt).toMatch(/./);
});

test('when nothing can be listed there is no row to tick, the reason is behind a button, and names are typed', async () => {
  const page = open();
  page.fail(new Error('You may not list them. CorrelationId 1'));
  await new Promise((resolve) => setImmediate(resolve));
  input.settle();
  expect(input.rows).toEqual([]);
  expect(input.prompt).toBe('cannot be listed');
  const why = input.buttons.find(({ tooltip }) => tooltip === 'Show Why');
  input.trigger(why ?? {});
  await expect.poll(() => warned).toEqual(['You may not list them. CorrelationId 1']);
  for (const name of ['charts/shop', 'team/*']) {
    typeKeys(name, false);
    input.click(indexOf(name));
    input.settle();
    input.type('');
    input.settle();
  }
  input.toggleAll(true);
  await enter();
  expect(page.answer).toEqual({ kind: 'value', value: ['charts/shop', 'team/*'] });
});

test('a tick stays that is made while the extension has not answered the last keys', async () => {
  const page = open();
  page.load(repositories);
  input.settle();
  input.type('myapp');
  input.settle();
  input.click(indexOf('myapp'));
  input.settle();
  input.type('');
  input.type('team/web');
  input.deliverToHost();
  input.flush();
  input.deliverToHost();
  input.deliverToWindow();
  input.deliverToHost();
  input.deliverToHost();
  input.click(indexOf('team/web'));
  input.settle();
  input.type('');
  input.settle();
  await enter();
  expect(page.answer).toEqual({ kind: 'value', value: ['myapp', 'team/web'] });
});

type Action = readonly [
  kind: 'type' | 'click' | 'down' | 'all' | 'none' | 'enter' | 'flush' | 'window' | 'host',
  at: number,
];

test('Enter takes what is seen, however late the messages come', async () => {
  const texts = ['', 'm', 'my', 'myapp', 'te', 'team', 'team/w', 'team/web', 'nosuch', 'Base', 'team/**'];
  const kinds = ['type', 'type', 'click', 'down', 'all', 'none', 'enter', 'flush', 'window', 'host', 'host'] as const;
  const actions = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(99)), { maxLength: 40 });
  const starts = fc.subarray(['myapp', 'team/web', 'typed/before']);
  await fc.assert(
    fc.asyncProperty(starts, fc.nat(30), actions, async (chosen, loadAt, list) => {
      const page = open(chosen);
      input.settle();
      let expected: readonly string[] | undefined;
      for (const [step, action] of [...list, ['enter', 0] as Action].entries()) {
        if (step === loadAt) page.load(repositories);
        expected = act(action, texts) ?? expected;
        if (action[0] !== 'enter') continue;
        input.settle();
        await Promise.resolve();
        await Promise.resolve();
        if (page.answer) break;
        expected = undefined;
      }
      if (page.answer) expect(page.answer).toEqual({ kind: 'value', value: expected });
    }),
    { numRuns: 2000 },
  );
});

/** @returns for Enter what a person who looks at the window expects to be taken */
function act([kind, at]: Action, texts: readonly string[]): readonly string[] | undefined {
  // Nobody aims at a row in the moment in which it is replaced, neither with the mouse nor with the arrow keys.
  const canAim = !input.isBehind && input.visible.length > 0;
  if (kind === 'type') input.type(texts[at % texts.length] ?? '');
  else if (kind === 'click' && canAim) input.click(input.visible[at % input.visible.length] ?? 0);
  else if (kind === 'all' || kind === 'none') {
    if (canAim) input.toggleAll(kind === 'all');
  } else if (kind === 'down' && canAim) input.down();
  else if (kind === 'flush') input.flush();
  else if (kind === 'window') input.deliverToWindow();
  else if (kind === 'host') input.deliverToHost();
  else if (kind === 'enter') {
    const expected = seen();
    input.enter();
    return expected;
  }
  return undefined;
}

function seen(): readonly string[] | undefined {
  const ticked = [...input.ticks].sort((a, b) => a - b).map((index) => input.rows[index]?.label ?? '');
  const text = input.text.trim();
  if (ticked.length > 0 && (text === '' || input.tickedSinceTyped)) return ticked;
  const highlighted = input.highlighted === undefined ? undefined : input.rows[input.highlighted]?.label;
  const exact = input.rows.find(({ label, kind }) => kind !== -1 && label.toLowerCase() === text.toLowerCase())?.label;
  const meant = highlighted ?? exact ?? (/^[a-z]+(\/[a-z]+)*(\/\*)?$/.test(text) ? text : undefined);
  if (meant === undefined || ticked.length === 0) return meant === undefined ? undefined : [meant];
  return ticked.includes(meant) ? ticked : undefined;
}
