import { describe, expect, it } from 'vitest';
import { permissionsAllow } from '../../../../src/azure/arm/permissions.ts';

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
  ])('%s', (_, permissions, allowed) => expect(permissionsAllow(permissions, write)).toBe(allowed));
});
