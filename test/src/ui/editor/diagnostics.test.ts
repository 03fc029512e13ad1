import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Inspection, Inspections } from '../../../../src/ui/editor/types.ts';
import * as double from '../vscodeDouble.ts';

const [editorsChanged, tabsChanged] = [
  new double.EventEmitter<void>(),
  new double.EventEmitter<{ closed: object[] }>(),
];
const [opened, configured] = [new double.EventEmitter<unknown>(), new double.EventEmitter<unknown>()];
class TabInputText {
  readonly uri: double.Uri;
  constructor(uri: double.Uri) {
    this.uri = uri;
  }
}
const window = {
  visibleTextEditors: [] as { document: unknown }[],
  onDidChangeVisibleTextEditors: editorsChanged.event,
  tabGroups: { all: [] as { tabs: { input: unknown }[] }[], onDidChangeTabs: tabsChanged.event },
};
const shown = new Map<string, unknown>();
const settings = { level: 'warning' };

vi.mock('vscode', () => ({
  ...double,
  TabInputText,
  TabInputTextDiff: class extends TabInputText {},
  CancellationTokenSource: class extends double.CancellationTokenSource {
    dispose(): void {}
  },
  DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
  Disposable: class {
    readonly dispose: () => void;
    constructor(dispose: () => void) {
      this.dispose = dispose;
    }
  },
  languages: {
    createDiagnosticCollection: () => ({
      set: (uri: double.Uri, diagnostics: unknown) => shown.set(String(uri), diagnostics),
      delete: (uri: double.Uri) => shown.delete(String(uri)),
      dispose: () => shown.clear(),
    }),
  },
  window,
  workspace: {
    ...double.workspace,
    getConfiguration: () => ({ get: () => settings.level }),
    onDidOpenTextDocument: opened.event,
    onDidChangeConfiguration: configured.event,
  },
}));
const { showDiagnostics } = await import('../../../../src/ui/editor/diagnostics.lazy.ts');

const document = { uri: new double.Uri('file', '/work/Dockerfile'), version: 1, isClosed: false };
const inspection: Inspection = {
  version: 1,
  text: '',
  references: [],
  ruleFile: { rules: [], articleScopes: [] },
  ruleFindings: [],
};
let answers: ((inspection: Inspection) => void)[] = [];
let showing: { dispose(): unknown };

beforeEach(() => {
  vi.useFakeTimers();
  answers = [];
  const inspections = {
    of: () => new Promise((resolve) => answers.push(resolve)),
    onDidChange: new double.EventEmitter<undefined>().event,
    dispose() {},
  } as unknown as Inspections;
  window.visibleTextEditors = [{ document }];
  window.tabGroups.all = [{ tabs: [{ input: new TabInputText(document.uri) }] }];
  const log = { error: (text: string) => expect(text).toBe('') };
  showing = showDiagnostics(
    { log } as never,
    inspections,
    () => true,
    () => undefined,
  );
});
afterEach(() => {
  showing.dispose();
  vi.useRealTimers();
});

/** Answers the oldest question. */
async function answer(): Promise<void> {
  await vi.advanceTimersByTimeAsync(10);
  answers.shift()?.(inspection);
  await vi.advanceTimersByTimeAsync(10);
}

function hide(): void {
  window.visibleTextEditors = [];
  editorsChanged.fire();
}

test('what goes out of sight while it is looked at is shown, as its tab is still there', async () => {
  await vi.advanceTimersByTimeAsync(10);
  hide();
  await answer();
  expect([...shown.keys()]).toEqual([String(document.uri)]);
});

test('what is out of sight while it is looked at, and no longer so, is not shown before it is seen', async () => {
  await vi.advanceTimersByTimeAsync(10);
  hide();
  configured.fire({ affectsConfiguration: () => true });
  await answer();
  expect([...shown]).toEqual([]);
  window.visibleTextEditors = [{ document }];
  editorsChanged.fire();
  await answer();
  expect([...shown.keys()]).toEqual([String(document.uri)]);
});

test('what is closed while it is looked at is not shown, though the document outlives its tab', async () => {
  await vi.advanceTimersByTimeAsync(10);
  window.tabGroups.all = [];
  hide();
  tabsChanged.fire({ closed: [{}] });
  await answer();
  expect([...shown]).toEqual([]);
});

test('what is looked at twice, since it changed meanwhile, is shown as it is now', async () => {
  await vi.advanceTimersByTimeAsync(10);
  document.version++;
  double.changed.fire({ document, contentChanges: [{}] });
  await answer();
  expect([...shown]).toEqual([]);
  await vi.advanceTimersByTimeAsync(300);
  await answer();
  expect([...shown.keys()]).toEqual([String(document.uri)]);
});
