import { beforeEach, expect, test, vi } from 'vitest';
import { EventEmitter, l10n } from '../vscodeDouble.ts';

interface Address {
  readonly scheme: string;
  readonly path: string;
  toString(): string;
}

function address(scheme: string, path: string): Address {
  return { scheme, path, toString: () => `${scheme}:${path}` };
}

interface Panel {
  readonly webview: { html: string; options?: { readonly enableCommandUris?: readonly string[] } };
  readonly onDidDispose: (listener: () => void) => void;
  readonly close: () => void;
}

interface Editor {
  openCustomDocument(uri: Address): { readonly uri: Address; dispose(): void };
  resolveCustomEditor(document: { readonly uri: Address }, panel: Panel): Promise<void>;
}

let editor: Editor | undefined;
interface Texts {
  onDidChange(listener: (uri: Address) => void): unknown;
  provideTextDocumentContent(uri: Address): Promise<string> | string;
}
const texts = new Map<string, Texts>();
vi.mock('vscode', () => ({
  l10n,
  EventEmitter,
  Uri: { from: ({ scheme, path }: Address) => address(scheme, path) },
  commands: { executeCommand: async () => undefined },
  window: {
    registerCustomEditorProvider: (_type: string, provider: Editor) => {
      editor = provider;
      return { dispose() {} };
    },
  },
  workspace: {
    registerTextDocumentContentProvider: (scheme: string, provider: Texts) => {
      texts.set(scheme, provider);
      return { dispose() {} };
    },
  },
}));
const { createReadOnlyDocuments } = await import('../../../../src/ui/documents/documents.ts');

const restored: [path: string, isOpen: boolean][] = [];
const reports = createReadOnlyDocuments(async ({ path }, isOpen) => {
  restored.push([path, isOpen]);
  return `restored ${path}`;
});

function panelDouble(): Panel {
  const listeners: (() => void)[] = [];
  return {
    webview: { html: '' },
    onDidDispose: (listener) => void listeners.push(listener),
    close: () => listeners.forEach((listener) => listener()),
  };
}

async function openEditor(uri: Address): Promise<Panel> {
  const panel = panelDouble();
  await editor!.resolveCustomEditor({ uri }, panel);
  return panel;
}

let count = 0;
let report: Address;
beforeEach(() => {
  restored.length = 0;
  report = address('acr-cache-rule', `/rule${String(count++)}`);
});

test('an editor shows the text of its report, and each later one, until it is closed', async () => {
  await reports.showReport(report as never, 'first');
  const panel = await openEditor(report);
  expect(panel.webview.html).toContain('<p>first</p>');
  reports.update(report as never, 'second');
  reports.update(address('acr-cache-rule', '/other') as never, 'of another');
  await expect.poll(() => panel.webview.html).toContain('<p>second</p>');
  panel.close();
  reports.update(report as never, 'third');
  expect((await openEditor(report)).webview.html).toContain('<p>third</p>');
  expect(panel.webview.html).toContain('<p>second</p>');
  expect(restored).toEqual([]);
});

test('changes that follow each other closely are painted once, the latest, and none after the editor is closed', async () => {
  await reports.showReport(report as never, 'first');
  const panel = await openEditor(report);
  vi.useFakeTimers();
  try {
    reports.update(report as never, 'second');
    reports.update(report as never, 'third');
    expect(panel.webview.html).toContain('<p>first</p>');
    vi.runAllTimers();
    expect(panel.webview.html).toContain('<p>third</p>');
    reports.update(report as never, 'fourth');
    panel.close();
    vi.runAllTimers();
    expect(panel.webview.html).toContain('<p>third</p>');
  } finally {
    vi.useRealTimers();
  }
});

test('links run the commands of the list alone, and nothing else is run or fetched', async () => {
  await reports.showReport(report as never, 'text');
  const { webview } = await openEditor(report);
  expect(webview.options?.enableCommandUris).toContain('acrCache.verifyRule');
  expect(webview.options).not.toHaveProperty('enableScripts');
  expect(webview.html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
});

test('an editor of an earlier session gets its first text; a look at the address keeps none', async () => {
  expect(await texts.get('acr-cache-rule')!.provideTextDocumentContent(report)).toBe(`restored ${report.path}`);
  expect(reports.textOf(report as never)).toBeUndefined();
  const panel = await openEditor(report);
  expect(panel.webview.html).toContain(`restored ${report.path}`);
  expect(reports.textOf(report as never)).toBe(`restored ${report.path}`);
  expect(restored).toEqual([
    [report.path, false],
    [report.path, true],
  ]);
});

test('a report that was closed begins anew when it is opened again, since nobody has kept it up to date', async () => {
  await reports.showReport(report as never, 'first');
  const document = editor!.openCustomDocument(report);
  await openEditor(report);
  document.dispose();
  expect(reports.textOf(report as never)).toBeUndefined();
  expect((await openEditor(report)).webview.html).toContain(`restored ${report.path}`);
  const plan = address('acr-cache', '/Plan.md');
  await reports.showReport(plan as never, 'plan');
  editor!.openCustomDocument(plan).dispose();
  expect((await openEditor(plan)).webview.html).toContain('plan');
});

test('a change is told to those alone who asked for documents of its scheme', () => {
  const told: string[] = [];
  for (const [scheme, provider] of texts) provider.onDidChange((uri) => told.push(`${scheme} of ${uri.scheme}`));
  reports.update(report as never, 'text');
  expect(told).toEqual([`${report.scheme} of ${report.scheme}`]);
});

test('it is told when the last editor of a report is closed', () => {
  const closed: string[] = [];
  reports.onDidClose((uri) => closed.push(uri.toString()));
  editor!.openCustomDocument(report).dispose();
  expect(closed).toEqual([report.toString()]);
});
