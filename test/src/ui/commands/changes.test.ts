import { beforeEach, expect, test, vi } from 'vitest';
import type { CacheRule } from '../../../../src/domain/types.ts';
import { l10n } from '../vscodeDouble.ts';

const tell = vi.fn();
class CancellationError extends Error {}
vi.mock('vscode', () => ({ l10n, CancellationError }));
vi.mock('../../../../src/ui/shared/messages.ts', () => ({ showInformationMessage: tell, showWarningMessage: vi.fn() }));
vi.mock('../../../../src/ui/shared/reports.ts', () => ({ reportOf: () => undefined }));
const opened = vi.fn();
vi.mock('../../../../src/ui/changes/cleanUp.lazy.ts', () => ({ cleanUp: opened }));
vi.mock('../../../../src/ui/changes/replaceRule.lazy.ts', () => ({ replaceRule: opened }));
vi.mock('../../../../src/ui/changes/changeIdentity.lazy.ts', () => ({ changeIdentity: opened }));
const { changeIdentity, cleanUp, replaceRule } = await import('../../../../src/ui/commands/changes.ts');

const registryId =
  '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries/myregistry';
const ruleOf = (name: string): CacheRule => ({
  id: `${registryId}/cacheRules/${name}`,
  name,
  registryId,
  sourceRepository: 'mcr.microsoft.com/*',
  targetRepository: 'aks-managed-repository/*',
});

function servicesWith(rule: CacheRule): never {
  const registries = new Map([[registryId.toLowerCase(), { registry: { id: registryId, name: 'r' }, rules: [rule] }]]);
  return { inventory: { state: { registries } } } as never;
}

beforeEach(() => vi.resetAllMocks());

test.each([
  ['delete', cleanUp],
  ['replace', replaceRule],
  ['change identity', changeIdentity],
] as const)('the rule of AKS is refused with the reason: %s', async (_, command) => {
  for (const name of ['aks-managed-mcr', 'AKS-Managed-MCR']) {
    const rule = ruleOf(name);
    await expect(command(servicesWith(rule), { ruleId: rule.id })).rejects.toThrow(CancellationError);
    expect(tell).toHaveBeenLastCalledWith(expect.stringContaining('Azure Kubernetes Service'));
  }
  expect(opened).not.toHaveBeenCalled();
});

test('another rule is not', async () => {
  const rule = ruleOf('aks-managed-mcr2');
  await cleanUp(servicesWith(rule), { ruleId: rule.id });
  expect(opened).toHaveBeenCalledOnce();
  expect(tell).not.toHaveBeenCalled();
});
