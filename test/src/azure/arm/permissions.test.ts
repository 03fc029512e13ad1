import { describe, expect, it } from 'vitest';
import { permissionOf, permissionsInclude } from '../../../../src/azure/arm/permissions.ts';

const id = (digit: string): string =>
  `${digit.repeat(8)}-${digit.repeat(4)}-4${digit.repeat(3)}-8${digit.repeat(3)}-${digit.repeat(12)}`;
const everyone = { id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' };
const me = { id: id('A'), type: 'User' };
const other = { id: id('b'), type: 'ServicePrincipal' };
const team = { id: id('c'), type: 'Group' };
const registry = `/subscriptions/${id('1')}/resourceGroups/MyGroup/providers/Microsoft.ContainerRegistry/registries/myregistry`;
const write = 'Microsoft.Authorization/roleAssignments/write';

describe('permissions', () => {
  it.each([
    ['Owner', [{ actions: ['*'], notActions: [] }], true],
    [
      'Contributor',
      [{ actions: ['*'], notActions: ['Microsoft.Authorization/*/Write', 'Microsoft.Authorization/*/Delete'] }],
      false,
    ],
    ['Reader', [{ actions: ['*/read'], notActions: [] }], false],
    ['User Access Administrator', [{ actions: ['*/read', 'Microsoft.Authorization/*'], notActions: [] }], true],
    ['the exact action, other casing', [{ actions: ['microsoft.authorization/ROLEASSIGNMENTS/write'] }], true],
    [
      'one entry taking away, another granting',
      [
        { actions: ['*'], notActions: ['Microsoft.Authorization/*/write'] },
        { actions: [write], notActions: [] },
      ],
      true,
    ],
    ['dots that are not wildcards', [{ actions: ['MicrosoftxAuthorization/roleAssignments/write'] }], false],
    ['a prefix without star', [{ actions: ['Microsoft.Authorization/roleAssignments'] }], false],
    ['nothing', [], false],
    ['nonsense', [null, 3, { actions: 'x' }, { actions: [1] }], false],
  ])('%s', (_, permissions, allowed) => expect(permissionsInclude(permissions, write)).toBe(allowed));
});

describe('a deny assignment', () => {
  const owner = [{ actions: ['*'], notActions: [] }];
  const patch = 'Microsoft.ContainerRegistry/registries/write';
  const rule = 'Microsoft.ContainerRegistry/registries/cacheRules/write';
  const denial = (change: object = {}): unknown => ({
    name: 'guid',
    properties: {
      ...{ denyAssignmentName: 'Of a stack', isSystemProtected: true, scope: registry.toUpperCase() },
      ...{ permissions: [{ actions: ['*/write'], notActions: [] }], principals: [everyone], excludePrincipals: [] },
      ...change,
    },
  });
  const stateOf = (denied: readonly unknown[] | undefined, action = patch, granted: readonly unknown[] = owner) =>
    permissionOf({ scope: registry, granted, denied, principalId: me.id.toLowerCase() }, action).state;
  const atScopeOnly = { doNotApplyToChildScopes: true };

  it.each<[string, object, string, string?]>([
    ['for everybody', {}, 'denied'],
    ['for the caller', { principals: [other, me] }, 'denied'],
    ['for another', { principals: [other] }, 'allowed'],
    ['for a group', { principals: [team] }, 'unknown'],
    ['for a group and the caller', { principals: [team, me] }, 'denied'],
    ['for everybody but the caller', { excludePrincipals: [me] }, 'allowed'],
    ['for everybody but another', { excludePrincipals: [other] }, 'denied'],
    ['for everybody but a group', { excludePrincipals: [team] }, 'unknown'],
    ['for another, but for a group', { principals: [other], excludePrincipals: [team] }, 'allowed'],
    ['of other actions', { permissions: [{ actions: ['*/delete'] }] }, 'allowed'],
    ['of all actions but this', { permissions: [{ actions: ['*'], notActions: [patch] }] }, 'allowed'],
    ['for this scope only', atScopeOnly, 'denied'],
    ['for this scope only, of a child', atScopeOnly, 'unknown', rule],
    ['for the scope above only', { ...atScopeOnly, scope: registry.split('/providers')[0] }, 'allowed'],
    ['for an unknown scope only', { ...atScopeOnly, scope: undefined }, 'unknown'],
    ['of the scope above', { scope: registry.split('/providers')[0] }, 'denied', rule],
    ['with a condition', { condition: 'x' }, 'unknown'],
    ['with a condition on its actions', { permissions: [{ actions: ['*'], condition: 'x' }] }, 'unknown'],
    ['made by people, enforced or not', { isSystemProtected: false }, 'unknown'],
    ['made by people, enforced', { isSystemProtected: false, denyAssignmentEffect: 'Enforced' }, 'denied'],
    ['that only logs', { denyAssignmentEffect: 'audit' }, 'allowed'],
    ['of an effect not known', { denyAssignmentEffect: 'later' }, 'unknown'],
    ['with no actions told', { permissions: undefined }, 'unknown'],
    ['with no principals told', { principals: 'all' }, 'unknown'],
    ['with exclusions not understood', { excludePrincipals: 'all' }, 'unknown'],
  ])('%s', (_, change, state, action) => expect(stateOf([denial(change)], action)).toBe(state));

  it('that is certain comes before a role that is missing, and before one that is not certain', () => {
    const doubtful = denial({ principals: [team] });
    expect(stateOf([doubtful, denial()], patch, [])).toBe('denied');
    expect(stateOf([doubtful], patch, [])).toBe('missing');
  });

  it('is not claimed where none can be read, nor that there is none', () => {
    expect(stateOf(undefined)).toBe('unknown');
    expect(stateOf(undefined, patch, [])).toBe('missing');
    expect(stateOf([null])).toBe('unknown');
  });

  it('for one principal may be for a caller who is not known', () => {
    const permission = (change: object) =>
      permissionOf({ scope: registry, granted: owner, denied: [denial(change)], principalId: undefined }, patch);
    expect(permission({ principals: [other] })).toEqual({ state: 'unknown', deniedBy: 'Of a stack' });
    expect(permission({ excludePrincipals: [other] }).state).toBe('unknown');
    expect(permission({}).state).toBe('denied');
  });

  it('has a name that is cut and cleaned, or its id', () => {
    const deniedBy = (change: object) =>
      permissionOf({ scope: registry, granted: owner, denied: [denial(change)], principalId: me.id }, patch);
    expect(deniedBy({ denyAssignmentName: `\u202e${'x'.repeat(1000)}` })).toEqual({
      state: 'denied',
      deniedBy: `·${'x'.repeat(99)}…`,
    });
    expect(deniedBy({ denyAssignmentName: undefined })).toEqual({ state: 'denied', deniedBy: 'guid' });
  });
});
