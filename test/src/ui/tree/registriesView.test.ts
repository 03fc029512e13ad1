import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EventEmitter } from '../vscodeDouble.ts';
import type { UnfinishedRule } from '../../../../src/ui/tree/nodes.ts';

const reveal = vi.fn<() => Promise<void>>();
vi.mock('vscode', async () => ({
  ...(await import('../vscodeDouble.ts')),
  commands: { executeCommand: () => Promise.resolve() },
  window: {
    createTreeView: () => ({
      ...{ visible: true, reveal, dispose() {} },
      onDidChangeVisibility: new EventEmitter<object>().event,
      onDidExpandElement: new EventEmitter<object>().event,
      onDidCollapseElement: new EventEmitter<object>().event,
    }),
  },
}));
const readings: ((found: UnfinishedRule[]) => void)[] = [];
vi.mock('../../../../src/ui/tree/unfinished.lazy.ts', () => ({
  readUnfinished: () => new Promise<UnfinishedRule[]>((resolve) => readings.push(resolve)),
}));
const { createTreeModel } = await import('../../../../src/ui/tree/treeModel.ts');
const { createRegistriesView } = await import('../../../../src/ui/tree/registriesView.ts');

const listed = { registry: { id: '/registry', subscriptionId: 's', name: 'r' }, rulesFreshness: 'never' };
const entry = { registry: { id: '/registry', loginServer: 'r.example' }, rulesFreshness: 'never' };
function view() {
  const inventory = {
    state: { registries: new Map([['/registry', entry]]), subscriptions: [], failures: [], freshness: 'current' },
    entry: () => entry,
    onDidChange: new EventEmitter<object>().event,
  };
  const connection = { start: () => Promise.resolve(), busy: false, onDidChange: new EventEmitter<void>().event };
  return createRegistriesView({ inventory, connection, azure: () => Promise.reject(new Error('no')) } as never, '/j');
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('what is left undone is that of the last reading, whichever ends last', async () => {
  const shown = view();
  await vi.advanceTimersByTimeAsync(1000);
  shown.lookForUnfinished();
  await vi.advanceTimersByTimeAsync(1000);
  expect(readings).toHaveLength(2);
  const old = { journalId: 'old' } as UnfinishedRule;
  readings[1]?.([]);
  readings[0]?.([old]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(shown.model.unfinished).toEqual([]);
  shown.dispose();
});

it('a row that is gone when it is to be revealed is no error', async () => {
  reveal.mockRejectedValueOnce(new Error('TreeError'));
  const shown = view();
  await shown.reveal('/registry');
  expect(reveal).toHaveBeenCalledOnce();
  shown.dispose();
});

it('of very many subscriptions the rows are found without a look at all others for each', async () => {
  let looks = 0;
  const subscriptions = Array.from({ length: 1000 }, (_, index) => ({
    ...{ name: `Subscription ${(index * 7919) % 1000}`, tenantId: 't', accountId: 'a' },
    get id() {
      looks++;
      return `subscription-${index}`;
    },
  }));
  const state = {
    ...{ signedIn: true, freshness: 'current', failures: [], subscriptions },
    registries: new Map([['/registry', listed]]),
  };
  const inventory = { state, entry: () => listed };
  const model = createTreeModel({ inventory, connection: { busy: false } } as never);
  const rows = (await model.getChildren()) ?? [];
  const names = await Promise.all(rows.map(async (row) => (await model.getTreeItem(row)).label as string));
  expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
  expect(names).toHaveLength(1001);
  expect(looks).toBeLessThan(10 * subscriptions.length);
});
