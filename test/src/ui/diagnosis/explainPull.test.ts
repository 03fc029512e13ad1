import { expect, it, vi } from 'vitest';
import type { PickPage } from '../../../../src/ui/pages/pick.ts';

let clipboard = '';
vi.mock('vscode', async () => ({
  ...(await import('../vscodeDouble.ts')),
  env: { language: 'en', clipboard: { readText: () => Promise.resolve(clipboard) } },
  window: {},
}));
let rows: readonly { readonly label: string; readonly detail?: string }[] = [];
vi.mock('../../../../src/ui/pages/pick.ts', () => ({
  async pick(_frame: unknown, page: PickPage<unknown>) {
    await page.load((shown) => (rows = shown), new AbortController().signal);
    return { kind: 'cancelled' };
  },
}));
const { explainPullError } = await import('../../../../src/ui/diagnosis/explainPull.lazy.ts');

it.each<[string, boolean]>([
  ['correct horse battery staple', false],
  ['Error response from daemon: manifest for myregistry.azurecr.io/app:1 not found: manifest unknown', true],
])('of the clipboard with %s it is shown what it holds: %s', async (text, isShown) => {
  clipboard = text;
  await explainPullError({} as never, undefined);
  const row = rows.find(({ label }) => label === 'From the Clipboard');
  expect(row).toBeDefined();
  expect(row?.detail).toBe(isShown ? text : undefined);
});
