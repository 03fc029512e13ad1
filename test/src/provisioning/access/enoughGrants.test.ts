import { expect, it } from 'vitest';
import { roles } from '../../../../src/domain/roles.ts';
import type { RoleAssignment } from '../../../../src/domain/types.ts';
import { assignmentOf, link, verdictOf } from '../requirements/fakeAzure.ts';
import { samples } from '../requirements/samples.ts';

const nameAttribute = '@Request[Microsoft.ContainerRegistry/registries/repositories:name]';
const resourceGroup = link.source.id.replace(/\/providers\/.*$/, '');
const subscription = link.source.id.replace(/\/resourceGroups\/.*$/, '');

it.each<[string, string, Partial<RoleAssignment>, string]>([
  ['a role that may write', roles.repositoryWriter.id, {}, 'satisfied, warnings 1'],
  ['at the resource group', roles.repositoryReader.id, { scope: resourceGroup }, 'satisfied, warnings 1'],
  ['at the subscription', roles.repositoryContributor.id, { scope: subscription }, 'satisfied, warnings 1'],
  ['by its beginning', roles.repositoryReader.id, { condition: `${nameAttribute} StringStartsWith 'my'` }, 'satisfied'],
  [
    'not to be written again',
    roles.repositoryReader.id,
    { condition: `${nameAttribute} StringEquals 'x'` },
    'conflicting',
  ],
])('a grant that is held, %s: %s', async (_, roleId, change, verdict) => {
  expect(await verdictOf(samples.roleAssignment, { assignments: [assignmentOf(roleId, change)] })).toBe(verdict);
});
