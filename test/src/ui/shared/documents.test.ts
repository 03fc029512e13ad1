import { beforeEach, expect, test, vi } from 'vitest';
import { EventEmitter, l10n } from '../vscodeDouble.ts';

/** VS Code's addresses, as far as they are used here. */
class Address {
  readonly parts: { scheme: string; path: string; query: string; fragment: string };
  constructor(parts: Partial<Address['parts']>) {
    this.parts = { scheme: 'acr-cache-diagnosis', path: '/Diagnosis.md', query: '', fragment: '', ...parts };
  }
  get scheme() {
    return this.parts.scheme;
  }
  with(parts: Partial<Address['parts']>): Address {
    return new Address({ ...this.parts, ...parts });
  }
  toString(): string {
    return JSON.stringify(this.parts);
  }
}

class TabInputCustom {
  readonly uri: Address;
  constructor(uri: Address) {
    this.uri = uri;
  }
}

let tabs: { input: TabInputCustom }[] = [];
let documents: { uri: Address }[] = [];
const opened: string[] = [];
const provided = new Map<string, { onDidChange: EventEmitter<Address>['event'] }>();
vi.mock('vscode', () => ({
  l10n,
  EventEmitter,
  TabInputCustom,
  TabInputText: TabInputCustom,
  Uri: { from: (parts: Partial<Address['parts']>) => new Address(parts) },
  commands: {
    executeCommand: async (_command: string, uri: Address) => {
      opened.push(uri.toString());
    },
  },
  window: {
    tabGroups: {
      get all() {
        return [{ tabs }];
      },
      close: async (closing: readonly { input: TabInputCustom }[]) => {
        tabs = tabs.filter((tab) => !closing.includes(tab));
      },
    },
  },
  workspace: {
    get textDocuments() {
      return documents;
    },
    registerTextDocumentContentProvider: (
      scheme: string,
      provider: { onDidChange: EventEmitter<Address>['event'] },
    ) => {
      provided.set(scheme, provider);
      return { dispose() {} };
    },
  },
}));
const { createReadOnlyDocuments } = await import('../../../../src/ui/shared/documents.ts');

const report = new Address({ query: '/subscriptions/s/rule' });
const reports = createReadOnlyDocuments();

beforeEach(() => {
  [tabs, documents] = [[], []];
  opened.length = 0;
});

test('a report opens under its own address, and in the tab that shows it already', async () => {
  await reports.showReport(report as never, 'text');
  const shown = report.with({ fragment: '5' });
  tabs = [{ input: new TabInputCustom(shown) }];
  documents = [{ uri: shown }];
  await reports.showReport(report as never, 'text');
  expect(opened).toEqual([report.toString(), shown.toString()]);
  expect(tabs).toHaveLength(1);
});

test('a tab that VS Code could not open is closed, and the report opens under an address that has not failed', async () => {
  const other = { input: new TabInputCustom(report.with({ query: '/subscriptions/s/other' })) };
  tabs = [{ input: new TabInputCustom(report) }, other];
  await reports.showReport(report as never, 'text');
  expect(tabs).toEqual([other]);
  expect(opened).toHaveLength(1);
  expect(opened[0]).not.toBe(report.toString());
  expect(reports.textOf(report as never)).toBe('text');
});

test('a report that was shown and closed opens under an address whose old text nobody remembers', async () => {
  const closed = report.with({ query: '/subscriptions/s/closed' });
  await reports.showReport(closed as never, 'old');
  await reports.showReport(closed as never, 'new');
  expect(opened[0]).toBe(closed.toString());
  expect(opened[1]).not.toBe(closed.toString());
  expect(reports.textOf(closed as never)).toBe('new');
});

test('a new text reaches all tabs of a report', () => {
  documents = [{ uri: report.with({ fragment: '5' }) }, { uri: report.with({ query: 'other' }) }];
  const changed: string[] = [];
  provided.get('acr-cache-diagnosis')?.onDidChange((uri) => changed.push(uri.toString()));
  reports.update(report as never, 'newer');
  expect(changed).toEqual([report.with({ fragment: '5' }).toString()]);
});
