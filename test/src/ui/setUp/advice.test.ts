import { describe, expect, it } from 'vitest';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roles } from '../../../../src/domain/roles.ts';
import { abacSwitchEffects, affectedAssignments } from '../../../../src/provisioning/changes/abacImpact.ts';
import { identityFit } from '../../../../src/ui/setUp/identityFit.ts';
import { assignment, identity, pattern, registry, subscriptionId } from '../../../samples.ts';

const up = registry('upstreamregistry', { roleAssignmentMode: 'LegacyRegistryPermissions' });
const me = identity('id-one', 'p1');

describe('what a switch to ABAC breaks', () => {
  it('names every kind of loss', () => {
    const text = abacSwitchEffects('upstreamregistry').join('\n');
    for (const word of [
      'AcrPull',
      'Owner',
      '401',
      'Tasks',
      'Catalog Lister',
      'Content Trust',
      'AKS',
      'containerapp',
      'acr purge',
      'Foundry',
    ])
      expect(text).toContain(word);
  });

  it('lists the assignments that lose their effect, with principal, place and replacement; those on the registry first', () => {
    const group = `/subscriptions/${subscriptionId}/resourceGroups/MyResourceGroup`;
    const found = affectedAssignments(
      up,
      [
        assignment(roles.reader.id, 'p3', '/providers/Microsoft.Management/managementGroups/corp', {
          principalType: 'Group',
        }),
        assignment(roles.acrPush.id, 'p2', group, { principalType: 'User' }),
        assignment(roles.acrPull.id.toUpperCase(), 'P1', up.id.toUpperCase(), { principalType: 'ServicePrincipal' }),
        assignment(roles.owner.id, 'p4', `/subscriptions/${subscriptionId}`),
        assignment(roles.repositoryReader.id, 'p5', up.id),
      ],
      [me],
    );
    expect(
      found.map(({ roleName, principal, where, consequence }) => ({ roleName, principal, where, consequence })),
    ).toMatchSnapshot();
  });
});

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
    expect(
      fit('AbacRepositoryPermissions', [
        reader,
        'p1',
        up.id,
        { condition: generateCondition(needed), conditionVersion: '2.0' },
      ]),
    ).toBe(2);
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
