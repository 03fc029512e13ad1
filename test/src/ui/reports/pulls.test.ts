import { expect, it, vi } from 'vitest';
import type { CacheRule } from '../../../../src/domain/types.ts';
import type { PullOutcome } from '../../../../src/provisioning/ruleReport/readRuleReport.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const { lastPull, notePull } = await import('../../../../src/ui/reports/pulls.ts');

it('a pull tells nothing of another rule that has taken the name since', () => {
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r/cacheRules/rule';
  const rule: CacheRule = {
    id,
    name: 'rule',
    registryId: id.slice(0, -'/cacheRules/rule'.length),
    sourceRepository: 'upstream.example.com/app',
    targetRepository: 'app',
    creationDate: '2026-11-30T10:00:00Z',
  };
  const outcome = { image: 'app:1' } as PullOutcome;
  notePull(rule, outcome);
  expect(lastPull(id)).toBe(outcome);
  expect(lastPull(id.toUpperCase(), { ...rule, provisioningState: 'Succeeded' })).toBe(outcome);
  expect(lastPull(id, { ...rule, creationDate: '2026-11-30T11:00:00Z' })).toBeUndefined();
  expect(lastPull(id, { ...rule, sourceRepository: 'other.example.com/app' })).toBeUndefined();
});
