import { describe, expect, it, vi } from 'vitest';
import type { CacheRule, Registry } from '../../../../src/domain/types.ts';
import type { Services } from '../../../../src/ui/services/services.ts';
import { hostileTargets } from '../../domain/arbitraries.ts';

const copied: string[] = [];
vi.mock('vscode', async () => ({
  ...(await import('../vscodeDouble.ts')),
  env: {
    clipboard: {
      writeText: async (text: string) => {
        copied.push(text);
      },
    },
  },
  window: { setStatusBarMessage: () => undefined, showInputBox: async () => 'team/app; id' },
  workspace: { getConfiguration: () => ({ get: () => 'podman' }) },
}));
const { copyPullCommand } = await import('../../../../src/ui/commands/copy.ts');

const registryId =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/myregistry';
const registry = { id: registryId, name: 'myregistry', loginServer: 'myregistry.example' } as Registry;
const rule = (targetRepository: string): CacheRule => ({
  id: `${registryId}/cacheRules/MyRule`,
  name: 'MyRule',
  registryId,
  sourceRepository: 'upstream.example/app',
  targetRepository,
});
function servicesWith(known: CacheRule): Services {
  const entry = { registry, rules: [known] };
  return { inventory: { state: { registries: new Map([[registryId.toLowerCase(), entry]]) } } } as unknown as Services;
}

describe('a pull command in the clipboard', () => {
  it('is there for a repository, and for a cached tag', async () => {
    await copyPullCommand(servicesWith(rule('team/app')), { ruleId: rule('').id });
    expect(copied).toEqual(['podman pull myregistry.example/team/app:latest']);
    const tag = { ruleId: rule('').id, repository: 'team/app', tag: '1.0' };
    await copyPullCommand(servicesWith(rule('team/*')), tag);
    expect(copied[1]).toBe('podman pull myregistry.example/team/app:1.0');
  });

  it.each([...hostileTargets.filter((target) => !target.startsWith('team/')), 'team/*'])(
    'is refused for %j',
    async (target) => {
      copied.length = 0;
      await expect(copyPullCommand(servicesWith(rule(target)), { ruleId: rule('').id })).rejects.toThrow();
      expect(copied).toEqual([]);
    },
  );
});
