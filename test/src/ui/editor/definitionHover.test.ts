import { expect, test, vi } from 'vitest';
import type { CacheRule } from '../../../../src/domain/types.ts';
import type { RuleDefinition } from '../../../../src/files/types.ts';
import { inventoryState, registry, rule } from '../../../samples.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const { definitionMarkdown } = await import('../../../../src/ui/editor/definitionHover.lazy.ts');

const downstream = registry('downstream');
const { id } = downstream;
const plain = rule('go-rule', 'upstreamregistry.example/base/go', 'cached/go', { registryId: id });
const source = { range: { start: 20, end: 52 }, value: plain.sourceRepository };
const target = { range: { start: 60, end: 69 }, value: plain.targetRepository };

function hover(definition: Partial<RuleDefinition>, deployed: Partial<CacheRule> = {}): string {
  const rules = [{ ...plain, ...deployed }];
  const state = inventoryState({ registry: downstream, rules, rulesFreshness: 'current' });
  const whole: RuleDefinition = {
    range: { start: 0, end: 8 },
    name: { range: { start: 10, end: 17 }, value: 'go-rule' },
    registryKey: 'downstream',
    registryName: 'downstream',
    identity: 'missing',
    credentialSet: 'missing',
    ...definition,
  };
  return definitionMarkdown(whole, state)?.split('\n')[0] ?? '';
}

test('a rule is deployed as written only if all that is written was compared', () => {
  const identity = { id: '/one' };
  const written = { source, target, identity: 'present', identityId: '/ONE' } as const;
  expect({
    all: hover({ source, target }),
    identityNotCompared: hover({ source, target, identity: 'present' }, { identity }),
    identityUnknown: hover({ source, target, identity: 'unknown' }),
    credentialSetNotCompared: hover({ source, target, credentialSet: 'present' }, { credentialSetId: '/one' }),
    identityOnlyHere: hover({ source, target, identity: 'present' }),
    sameIdentity: hover(written, { identity }),
    otherIdentity: hover(written, { identity: { id: '/two' } }),
  }).toMatchSnapshot();
});

test('a side that the file does not tell is not told to be the same', () => {
  expect({ source: hover({ source }), target: hover({ target }), neither: hover({}) }).toMatchSnapshot();
});
