import { beforeEach, expect, it, vi } from 'vitest';
import type { RegistryEntry } from '../../../../src/inventory/types.ts';
import type { Services } from '../../../../src/ui/services/services.ts';
import { inventoryState, registry, rule } from '../../../samples.ts';

const shown = vi.hoisted(() => [] as { label: string }[][]);
vi.mock('vscode', async () => {
  const double = await import('../vscodeDouble.ts');
  class CancellationError extends Error {}
  const showQuickPick = async (items: { label: string }[]) => {
    shown.push(items);
    return items[0];
  };
  return { ...double, CancellationError, ThemeIcon: Object, window: { showQuickPick } };
});
vi.mock('../../../../src/ui/shared/reports.ts', () => ({ reportOf: () => undefined }));
const { pickRegistry } = await import('../../../../src/ui/shared/pickResource.ts');

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

const picked = async (entries: readonly RegistryEntry[], withRules: boolean) => {
  const services = { inventory: { state: inventoryState(...entries) } } as unknown as Services;
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
  expect((await picked(all, true)).labels).toEqual(['another', 'some', 'unread', 'stale']);
});

it('does not ask for the only one that has rules', async () => {
  expect(await picked([entry('empty', 0), entry('some', 1)], true)).toEqual({ name: 'some', labels: undefined });
});

it('says that none has a rule', async () => {
  await expect(picked([entry('empty', 0)], true)).rejects.toThrow(/cache rule/);
});
