import { expect, it, vi } from 'vitest';
import { chinaCloud } from '../../../../src/azure/clouds.ts';
import { createInventory } from '../../../../src/inventory/inventory.ts';
import type { RuleDiagnosis } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import { fakeAzure, memoryFile, registry } from '../../inventory/fakeAzure.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const { noteDiagnosis } = await import('../../../../src/ui/diagnosis/runDiagnosis.lazy.ts');

it('what was found out by another account, or in another cloud, is not kept for the one of now', async () => {
  const { azure, lists } = fakeAzure();
  const first = registry('first');
  const inventory = createInventory({ snapshot: memoryFile() });
  inventory.connect(azure, true);
  const refreshed = inventory.refresh();
  await lists.pop()!.answer({ registries: [first], failures: [] });
  await refreshed;
  const log = { info: () => undefined, warn: () => undefined } as never;
  const diagnosis: RuleDiagnosis = {
    ...{ ruleId: `${first.id}/cacheRules/One`, ruleName: 'One', checkedAt: '2026-11-30T10:00:00.000Z', checks: [] },
    ...{ health: 'unknown', problems: 0, warnings: 0, skipped: 0 },
  };
  const others = [
    { ...azure, cloud: chinaCloud },
    { ...azure, subscriptions: azure.subscriptions.map((one) => ({ ...one, accountId: 'another' })) },
  ];
  for (const other of others) noteDiagnosis({ inventory, log }, other, diagnosis);
  expect(inventory.knowledge(diagnosis.ruleId)).toEqual({});
  // Connected anew, it is the same account.
  noteDiagnosis({ inventory, log }, { ...azure }, diagnosis);
  expect(inventory.knowledge(diagnosis.ruleId).checkup).toBeDefined();
});
