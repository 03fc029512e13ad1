import { expect, it } from 'vitest';
import { armIdName, resourceGroupArmId } from '../../../../src/domain/armId.ts';
import { roles } from '../../../../src/domain/roles.ts';
import type { Registry, RoleAssignment } from '../../../../src/domain/types.ts';
import { affectedAssignments } from '../../../../src/provisioning/changes/abacImpact.ts';
import type { NameOf } from '../../../../src/provisioning/access/principalNames.ts';
import { assignmentOf, identityNow, link, otherPrincipal, principalId } from '../requirements/fakeAzure.ts';

const { id } = link.source;
const registry = { id, name: armIdName(id) } as object as Registry;
const nameOf: NameOf = ({ principalId: who }) => (who.toLowerCase() === principalId ? identityNow.name : who);
const at = (scope: string, role: { readonly id: string }, who = otherPrincipal): RoleAssignment =>
  assignmentOf(role.id, { scope, principalId: who, name: `${scope} ${role.id} ${who}` });

it('what the switch ends: those on the registry first, by role and name, each with where it was made', () => {
  const group = resourceGroupArmId(id);
  const assignments = [
    at('/', roles.owner),
    at('/subscriptions/x', roles.reader),
    at('/subscriptions/x/providers/y', roles.reader),
    at(group, roles.contributor),
    at(`${group}/providers/other/things/thing`, roles.acrPull),
    at('/subscriptions/x/tags/resourceGroups', roles.acrPull),
    at('/providers/Microsoft.Management/managementGroups/mine', roles.acrPush),
    at(id, roles.acrPush, principalId.toUpperCase()),
    at(id, roles.acrPush),
    at(id.toUpperCase(), roles.acrDelete),
    at(id, roles.repositoryReader),
  ];
  const rows = affectedAssignments(registry, assignments, nameOf).map((one) =>
    [one.roleName, one.principal.slice(0, 8), one.where, one.consequence].join(' | '),
  );
  expect(rows).toMatchInlineSnapshot(`
    [
      "AcrDelete | 44444444 | on this registry | Can no longer delete. Replace it with Repository Contributor.",
      "AcrPush | 44444444 | on this registry | Can no longer push. Replace it with Repository Writer and Repository Catalog Lister.",
      "AcrPush | MyACRCac | on this registry | Can no longer push. Replace it with Repository Writer and Repository Catalog Lister.",
      "AcrPull | 44444444 | inherited from thing | Can no longer pull. Replace it with Repository Reader and Repository Catalog Lister.",
      "AcrPull | 44444444 | inherited from resourceGroups | Can no longer pull. Replace it with Repository Reader and Repository Catalog Lister.",
      "AcrPush | 44444444 | inherited from management group mine | Can no longer push. Replace it with Repository Writer and Repository Catalog Lister.",
      "Contributor | 44444444 | inherited from resource group MyResourceGroup | Can still manage the registry, but no longer push, pull or delete images. Add Repository Contributor and Repository Catalog Lister.",
      "Owner | 44444444 | inherited from the tenant root | Can still manage the registry, but no longer push, pull or delete images. Add Repository Contributor and Repository Catalog Lister.",
      "Reader | 44444444 | inherited from the subscription | Can still see the registry, but no longer pull images. Add Repository Reader and Repository Catalog Lister.",
      "Reader | 44444444 | inherited from y | Can still see the registry, but no longer pull images. Add Repository Reader and Repository Catalog Lister.",
    ]
  `);
});
