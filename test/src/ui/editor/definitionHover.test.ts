import { expect, test, vi } from 'vitest';
import type { CacheRule } from '../../../../src/domain/types.ts';
import type { RuleDefinition } from '../../../../src/files/types.ts';
import type { InventoryState } from '../../../../src/inventory/types.ts';
import { registry } from '../../../samples.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const { definitionMarkdown } = await import('../../../../src/ui/editor/definitionHover.lazy.ts');

const downstream = registry('downstream');
const { id } = downstream;
const plain: CacheRule = {
  id: `${id}/cacheRules/go-rule`,
  name: 'go-rule',
  registryId: id,
  sourceRepository: 'upstreamregistry.example/base/go',
  targetRepository: 'cached/go',
};
const source = { range: { start: 20, end: 52 }, value: plain.sourceRepository };
const target = { range: { start: 60, end: 69 }, value: plain.targetRepository };

function hover(definition: Partial<RuleDefinition>, deployed: Partial<CacheRule> = {}): string {
  const state: InventoryState = {
    signedIn: true,
    cloudName: 'AzureCloud',
    subscriptions: [],
    registries: new Map([
      [id, { registry: downstream, rules: [{ ...plain, ...deployed }], rulesFreshness: 'current' }],
    ]),
    freshness: 'current',
    failures: [],
  };
  const whole: RuleDefinition = {
    range: { start: 0, end: 8 },
    extent: { start: 0, end: 100 },
    name: { range: { start: 10, end: 17 }, value: 'go-rule' },
    registryKey: 'downstream',
    registryName: 'downstream',
    identity: 'missing',
    credentialSet: 'missing',
    ...definition,
  };
  return definitionMarkdown(whole, state)?.split('\n')[0] ?? '';
}

const asWritten = 'is deployed in **downstream** as it is written here';
const sameSides = 'is deployed in **downstream** with the same source and target';

test('a rule is deployed as written only if all that is written was compared', () => {
  expect(hover({ source, target })).toContain(asWritten);
  const identity = { id: '/one' };
  expect(hover({ source, target, identity: 'present' }, { identity })).toContain(sameSides);
  expect(hover({ source, target, identity: 'unknown' })).toContain(sameSides);
  expect(hover({ source, target, credentialSet: 'present' }, { credentialSetId: '/one' })).toContain(sameSides);
  expect(hover({ source, target, identity: 'present' })).toContain('but differs: identity');
  const written = { source, target, identity: 'present', identityId: '/ONE' } as const;
  expect(hover(written, { identity })).toContain(asWritten);
  expect(hover(written, { identity: { id: '/two' } })).toContain('but differs: deployed with another identity');
});

test('a side that the file does not tell is not told to be the same', () => {
  expect(hover({ source })).toContain('with the same source; the file does not tell the target');
  expect(hover({ target })).toContain('with the same target; the file does not tell the source');
  expect(hover({})).toContain('the file tells neither its source nor its target');
});
