import { beforeEach, expect, it, vi } from 'vitest';
import type { RegistryEntry } from '../../../../src/inventory/types.ts';
import type { Services } from '../../../../src/ui/services/services.ts';
import { inventoryState, registry, rule } from '../../../samples.ts';

const shown = vi.hoisted(() => [] as { label: string }[][]);
vi.mock('vscode', async () => {
  const double = await import('../vscodeDouble.ts');
  class CancellationError extends Error {}
  const createQuickPick = () => ({ onDidHide: () => undefined, show: () => undefined, dispose: () => undefined });
  return { ...double, CancellationError, ThemeIcon: Object, window: { createQuickPick } };
});
vi.mock('../../../../src/ui/pages/chooseRow.ts', () => ({
  chooseRow: async (_title: string, _placeholder: string, rows: { label: string; value: unknown }[]) => {
    shown.push(rows);
    return rows[0]?.value;
  },
}));
vi.mock('../../../../src/ui/shared/reports.ts', () => ({ reportOf: () => undefined }));
const { pickRegistry } = await import('../../../../src/ui/pages/pickResource.ts');

const entry = (
  name: string,
  count: number | undefined,
  rulesFreshness: RegistryEntry['rulesFreshness'] = 'current',
) => ({
  registry: registry(name),
  rulesFreshness,
  ...(count !== undefined && {
    rules: Array.from({ length: count }, (_, number) =>
      rule(`rule-${number}`, 'upstream.example/app', `app-${number}`),
    ),
  }),
});

beforeEach(() => void (shown.length = 0));

/** What reading the rules of an unread registry gives, by its name. */
const unreadRules: Readonly<Record<string, number>> = { unread: 3, alsoUnread: 0, stale: 0 };
const read: string[] = [];

const picked = async (entries: readonly RegistryEntry[], withRules: boolean) => {
  const inventory = {
    state: inventoryState(...entries),
    loadRules: async (id: string) => {
      const { name } = inventory.state.registries.get(id.toLowerCase())?.registry ?? {};
      read.push(name ?? '');
      const count = unreadRules[name ?? ''];
      const registries = new Map(inventory.state.registries);
      if (count !== undefined) registries.set(id.toLowerCase(), entry(name ?? '', count));
      inventory.state = { ...inventory.state, registries };
    },
  };
  const services = { inventory, connection: { start: async () => undefined } } as unknown as Services;
  const { name } = await pickRegistry(services, undefined, 'Title', { withRules });
  return { name, labels: shown[0]?.map(({ label }) => label) };
};

const all = [
  entry('empty', 0),
  entry('stale', 0, 'snapshot'),
  entry('unread', undefined, 'never'),
  entry('some', 2),
  entry('another', 1),
];

it('offers all registries by name, where any will do', async () => {
  expect((await picked(all, false)).labels).toEqual(['another', 'empty', 'some', 'stale', 'unread']);
});

it('where a rule is wanted, offers those with rules first, and none that is known to have none', async () => {
  const refused = entry('refused', undefined, 'failed');
  const old = entry('old', 0, 'failed');
  expect((await picked([...all, refused, old], true)).labels).toEqual(['another', 'some', 'unread', 'refused', 'old']);
});

it('reads the rules that nobody has read yet, where they are few', async () => {
  read.length = 0;
  expect(await picked([...all.slice(0, 1), entry('alsoUnread', undefined, 'never'), entry('some', 1)], true)).toEqual({
    name: 'some',
    labels: undefined,
  });
  expect(read).toEqual(['alsoUnread']);
  const many = Array.from({ length: 60 }, (_, number) => entry(`unread-${number}`, undefined, 'never'));
  expect((await picked([...many, entry('some', 1)], true)).labels).toHaveLength(61);
  expect(read).toHaveLength(1);
});

it('does not ask for the only one that has rules', async () => {
  expect(await picked([entry('empty', 0), entry('some', 1)], true)).toEqual({ name: 'some', labels: undefined });
});

it('says that none has a rule', async () => {
  await expect(picked([entry('empty', 0)], true)).rejects.toThrow(/cache rule/);
});
