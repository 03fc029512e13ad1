import { roles } from '../../../../src/domain/roles.ts';
import { abacMode } from '../../../../src/provisioning/requirements/abacMode.ts';
import { cacheRule } from '../../../../src/provisioning/requirements/cacheRule.ts';
import { featureFlag } from '../../../../src/provisioning/requirements/featureFlag.ts';
import { identity } from '../../../../src/provisioning/requirements/identity.ts';
import { narrowedCondition } from '../../../../src/provisioning/requirements/narrowedCondition.ts';
import { ownAccess } from '../../../../src/provisioning/requirements/ownAccess.ts';
import { replacementRole } from '../../../../src/provisioning/requirements/replacementRoles.ts';
import { repositoryScopeAssignment } from '../../../../src/provisioning/requirements/repositoryScopeAssignment.ts';
import { roleAssignment } from '../../../../src/provisioning/requirements/roleAssignment.ts';
import { ruleIdentity } from '../../../../src/provisioning/requirements/ruleIdentity.ts';
import { softDeleteOff, trustedServices } from '../../../../src/provisioning/requirements/registrySettings.ts';
import { withoutArticleScope } from '../../../../src/provisioning/requirements/absence/withoutArticleScope.ts';
import { withoutClientIdGrants } from '../../../../src/provisioning/requirements/absence/withoutClientIdGrants.ts';
import { withoutIdentity } from '../../../../src/provisioning/requirements/absence/withoutIdentity.ts';
import { deletedRule, withoutRule } from '../../../../src/provisioning/requirements/absence/withoutRule.ts';
import { withoutSource } from '../../../../src/provisioning/requirements/absence/withoutSource.ts';
import { articleLink } from '../links.ts';
import { pattern } from '../../../samples.ts';
import { identityNow, link, otherPrincipal, principalId, ruleOf } from './fakeAzure.ts';

const [mine] = link.mappings as [(typeof link.mappings)[0]];
const upstream = link.source.id;
const me = { principalId, principalType: 'User', name: 'me' } as const;
const user = { principalId: otherPrincipal, principalType: 'User', roleIds: [] } as const;
const successor = ruleOf({ name: 'New', sourceRepository: `${link.source.loginServer}/other` });

/** Of each kind one, of the article's link. */
export const samples = {
  identity: identity(link),
  abacMode: abacMode(upstream, { isAllowed: true, needs: ['first'] }),
  featureFlag: featureFlag(link),
  roleAssignment: roleAssignment(link),
  acrPull: roleAssignment(articleLink({ access: 'acrPull' })),
  repositoryScope: repositoryScopeAssignment(link, mine),
  cacheRule: cacheRule(link, mine),
  ruleIdentity: ruleIdentity(link, mine, ruleOf()),
  narrowedCondition: narrowedCondition(link),
  ownAccess: ownAccess(upstream, me, [pattern('myapp')]),
  replacementRole: replacementRole(upstream, user, roles.repositoryReader),
  softDeleteOff: softDeleteOff(link.downstream.id),
  trustedServices: trustedServices(link.downstream.id),
  withoutRule: withoutRule(ruleOf(), ['first']),
  deletedRule: deletedRule(ruleOf()),
  withoutIdentity: withoutIdentity(link, ruleOf().id, principalId),
  withoutArticleScope: withoutArticleScope(link),
  withoutClientIdGrants: withoutClientIdGrants(upstream, identityNow, ['first']),
  withoutSource: withoutSource(link, ruleOf(), successor, ['first']),
};
