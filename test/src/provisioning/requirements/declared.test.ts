import { expect, it } from 'vitest';
import { armIdName } from '../../../../src/domain/armId.ts';
import type { Requirement } from '../../../../src/provisioning/types.ts';
import { samples } from './samples.ts';

/** What a requirement declares: needs, rights (the last name of each scope), reads, writes, and how it is run. */
function declared(one: Requirement): string {
  const rights = one.rights.map(
    ({ scope, action, isUncertain }) =>
      `${armIdName(scope)} ${action.split('/').slice(-2).join('/')}${isUncertain ? ' ?' : ''}`,
  );
  const kinds = (keys: Requirement['reads']): string => keys.map(({ kind }) => kind).join(' ');
  const run = [one.isOptional ? 'optional' : '', one.skipsRecheck ? 'no recheck' : '', ...(one.resolvesFindings ?? [])];
  const parts = [one.id.replace(/:.*\//, ':…/'), one.kind, one.needs.join(' '), rights.join(', ')];
  return [...parts, kinds(one.reads), kinds(one.writes), run.join(' ').trim()].join(' | ');
}

it('each says what it needs, which rights it takes, what it reads and writes, and how it is run', () => {
  expect(Object.values(samples).map(declared)).toMatchInlineSnapshot(`
    [
      "identity | identity |  | MyResourceGroup userAssignedIdentities/write | identity | identity | ",
      "abacMode | abacMode | first | UpstreamRegistry registries/write | registry assignments | registry | no recheck",
      "featureFlag | featureFlag |  | 11111111-1111-4111-8111-111111111111 register/action |  |  | no recheck",
      "roleAssignment | roleAssignment | identity abacMode | UpstreamRegistry roleAssignments/write | assignments identity registry | assignments | ",
      "roleAssignment | roleAssignment | identity | UpstreamRegistry roleAssignments/write | assignments identity registry | assignments | ",
      "roleAssignment:myapp | roleAssignment | identity abacMode | UpstreamRegistry roleAssignments/write | assignments identity | assignments | ",
      "cacheRule:MyRule | cacheRule | identity | MyRegistry cacheRules/write, MyResourceGroup assign/action ? | rules identity | rules | ",
      "ruleIdentity:MyRule | ruleIdentity | identity roleAssignment | MyRegistry cacheRules/write, MyResourceGroup assign/action ? | rules identity | rules | ",
      "narrowedCondition | roleAssignment | roleAssignment | UpstreamRegistry roleAssignments/write | assignments identity rules | assignments | ",
      "ownAccess:…/upstreamregistry | roleAssignment |  | UpstreamRegistry roleAssignments/write | assignments | assignments | ",
      "replacementRole:44444444-4444-4444-8444-444444444444:b93aa761-3e63-49ed-ac28-beffa264f7ac | roleAssignment |  | UpstreamRegistry roleAssignments/write | assignments | assignments | ",
      "softDeleteOff:MyRegistry | registrySetting |  | MyRegistry registries/write | registry | registry | no recheck softDelete",
      "trustedServices:MyRegistry | registrySetting |  | MyRegistry registries/write | registry | registry | no recheck downstreamNetwork upstreamNetwork",
      "withoutRule:MyRule | withoutRule | first | MyRegistry cacheRules/delete |  | rules | ",
      "deletedRule | withoutRule |  | MyRegistry cacheRules/delete |  | rules | optional",
      "withoutIdentity | withoutIdentity |  | MyACRCacheIdentity userAssignedIdentities/delete | identity registries rules identityUsage | identity | optional",
      "withoutArticleScope | roleAssignment | roleAssignment | UpstreamRegistry roleAssignments/write | assignments identity | assignments | ",
      "withoutClientIdGrants:33333333-3333-4333-8333-333333333333 | roleAssignment | first | UpstreamRegistry roleAssignments/write | assignments | assignments | ",
      "withoutSource:MyRule | roleAssignment | first | UpstreamRegistry roleAssignments/write | identity rules | assignments | ",
    ]
  `);
});

it.each(Object.entries(samples))('%s fits a row, and says nothing twice', (_, requirement) => {
  const { title, todo, done, subject } = requirement.describe();
  expect(title.length).toBeLessThanOrEqual(60);
  expect(todo.length).toBeLessThanOrEqual(80);
  expect([title, todo].filter((text) => text.endsWith('.'))).toEqual([]);
  expect(new Set([title, todo, done, subject]).size).toBe(4);
});
