import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup } from '../../domain/armId.ts';
import { identity } from '../requirements/identity.ts';
import { roleAssignment } from '../requirements/roleAssignment.ts';
import { ruleIdentity } from '../requirements/ruleIdentity.ts';
import type { Repair } from '../types.ts';
import { notApplicable, ok, problem, type RuleCheck } from './check.ts';
import type { RuleFacts } from './facts.ts';
import { identityAndUpstream, readHonouredLink } from './repairs.ts';

export const identityExists: RuleCheck = {
  id: 'identityExists',
  title: () => l10n.t('Managed identity'),
  pull: 'dependsOn',
  shared: 'identity',
  needs: () => 'Microsoft.ManagedIdentity/userAssignedIdentities/read',
  async run(facts) {
    const found = await facts.identity();
    const id = (await facts.rule()).identity?.id;
    if (id === undefined) return notApplicable('identityNone', l10n.t('The rule has no managed identity.'));
    const name = armIdName(id);
    if (found !== undefined && found !== 'gone') {
      const text = l10n.t('Principal id {0}, in {1}.', found.principalId, found.location);
      return ok('identityExists', l10n.t('The managed identity {0} exists.', name), [{ text, resourceId: found.id }]);
    }
    const repair = await makeAgain(facts);
    return problem(
      'identityGone',
      l10n.t('The managed identity {0} was deleted: the rule cannot authenticate.', name),
      repair
        ? l10n.t('Make it again with its permission, or give the rule another identity.')
        : l10n.t('Give the rule another identity.'),
      { evidence: [{ text: l10n.t('Not found.'), resourceId: id }], repair },
    );
  },
};

async function makeAgain(facts: RuleFacts): Promise<Repair | undefined> {
  const [base, rule] = await Promise.all([readHonouredLink(facts), facts.rule()]);
  if (!base) return undefined;
  const { link, mapping, downstream } = base;
  const { identityId: id } = link.authentication;
  return {
    id: 'makeIdentityAgain',
    about: identityAndUpstream(link),
    link: { ...link, authentication: { kind: 'identity', identityId: id, create: { location: downstream.location } } },
    title: () => l10n.t('Create {0} in {1} again, with its permission', armIdName(id), armIdResourceGroup(id)),
    once: (wanted) => [identity(wanted), roleAssignment(wanted)],
    each: (wanted) => [ruleIdentity(wanted, mapping, rule)],
  };
}
