import { describe, expect, it } from 'vitest';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roles } from '../../../../src/domain/roles.ts';
import { identityFit } from '../../../../src/ui/setUp/identityFit.ts';
import { assignment, identity, pattern, registry } from '../../../samples.ts';

const up = registry('upstreamregistry', { roleAssignmentMode: 'LegacyRegistryPermissions' });
const me = identity('id-one', 'p1');

describe('how an identity fits', () => {
  const needed = [pattern('myapp'), pattern('team/*')];
  const fit = (
    mode: 'AbacRepositoryPermissions' | 'LegacyRegistryPermissions',
    ...given: Parameters<typeof assignment>[]
  ) =>
    identityFit(
      me,
      given.map((values) => assignment(...values)),
      mode,
      needed,
    ).rank;
  const reader = roles.repositoryReader.id;

  it('reads with a condition that covers all, or with none', () => {
    expect(fit('AbacRepositoryPermissions', [reader, 'p1', up.id])).toBe(2);
    expect(fit('AbacRepositoryPermissions', [reader, 'p1', up.id, { condition: generateCondition(needed) }])).toBe(2);
    expect(fit('LegacyRegistryPermissions', [reader, 'p1', up.id])).toBe(1);
  });

  it('reads a part, or nothing', () => {
    const condition = generateCondition([pattern('myapp')]);
    expect(fit('AbacRepositoryPermissions', [reader, 'p1', up.id, { condition }])).toBe(1);
    expect(
      fit('AbacRepositoryPermissions', [reader, 'p1', up.id, { condition: generateCondition([pattern('else')]) }]),
    ).toBe(0);
    expect(fit('AbacRepositoryPermissions', [reader, 'someone', up.id])).toBe(0);
    expect(fit('AbacRepositoryPermissions', [reader, 'p1', up.id, { condition: 'what is this' }])).toBe(0);
  });

  it('AcrPull counts only in RBAC mode', () => {
    expect(fit('LegacyRegistryPermissions', [roles.acrPull.id, 'p1', up.id])).toBe(2);
    expect(fit('AbacRepositoryPermissions', [roles.acrPull.id, 'p1', up.id])).toBe(0);
  });
});
