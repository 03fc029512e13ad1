import { beforeEach, expect, it, vi } from 'vitest';
import { EventEmitter, l10n, Uri } from '../vscodeDouble.ts';

class TabInputText {
  readonly uri: Uri;
  constructor(uri: Uri) {
    this.uri = uri;
  }
}
const changed = new EventEmitter<{ readonly closed: readonly unknown[] }>();
let tabs: { readonly input: unknown }[] = [];
/** Values of the context key on which the button depends, in order. */
const left: unknown[] = [];
const said: string[] = [];
vi.mock('vscode', () => ({
  l10n,
  Uri,
  TabInputText,
  TabInputCustom: Uri,
  commands: { executeCommand: (_command: string, _key: string, value: unknown) => void left.push(value) },
  window: {
    tabGroups: {
      onDidChangeTabs: changed.event,
      get all() {
        return [{ tabs }];
      },
    },
    showInformationMessage: (text: string) => Promise.resolve(void said.push(text)),
  },
}));
const { forgetLeftPage, goBack, showBeside, untilBack } = await import('../../../../src/ui/pages/leftPage.ts');

const plan = Uri.from({ scheme: 'acr-cache', path: '/Plan.md' });
const other = Uri.from({ scheme: 'file', path: '/Dockerfile' });
function close(index: number): void {
  changed.fire({ closed: tabs.splice(index, 1) });
}

beforeEach(() => {
  tabs = [{ input: new TabInputText(plan) }, { input: new TabInputText(other) }];
  left.length = said.length = 0;
});

it('a page that was left is shown again when the user goes back, however late', async () => {
  const back = untilBack(plan as never);
  close(1);
  expect(left).toEqual([true]);
  await goBack();
  expect(await back).toBe(true);
  expect(left).toEqual([true, false]);
});

it.each<[string, () => void]>([
  ['its document is closed', () => close(0)],
  ['it is forgotten', forgetLeftPage],
])('a page is not shown again when %s, and there is nothing to go back to', async (_, end) => {
  const back = untilBack(plan as never);
  end();
  expect(await back).toBe(false);
  expect(left).toEqual([true, false]);
  await goBack();
  expect(said).toHaveLength(1);
});

it('of two pages that were left the later one is shown again', async () => {
  const first = untilBack(plan as never);
  const second = untilBack(other as never);
  expect(await first).toBe(false);
  expect(left.at(-1)).toBe(true);
  await goBack();
  expect(await second).toBe(true);
  expect(left.at(-1)).toBe(false);
});

it('a report has a link back below its heading', async () => {
  const shown: string[] = [];
  const documents = { showReport: (_uri: unknown, markdown: string) => Promise.resolve(void shown.push(markdown)) };
  const back = showBeside(documents as never, plan as never, '# Plan\n\nText');
  await vi.waitFor(() => expect(left).toEqual([true]));
  expect(shown[0]).toMatch(/^# Plan\n\n\[[^\]]+\]\(command:acrCache\.goBack\?[^)]*\)\n\nText$/);
  await goBack();
  expect(await back).toBe(true);
});
