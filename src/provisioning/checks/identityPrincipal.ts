import * as l10n from '@vscode/l10n';
import { armIdName } from '../../domain/armId.ts';
import { roleAssignment } from '../requirements/roleAssignment.ts';
import { ruleIdentity } from '../requirements/ruleIdentity.ts';
import type { Repair } from '../types.ts';
import { notApplicable, ok, problem, unknown, type RuleCheck } from './check.ts';
import type { RuleFacts } from './facts.ts';
import { identityAndUpstream, readHonouredLink } from './repairs.ts';

/** The principal that the rule was written with is the identity's: one deleted and made again has another. */
export const identityPrincipal: RuleCheck = {
  id: 'identityPrincipal',
  title: () => l10n.t('Principal id in the rule'),
  pull: 'dependsOn',
  shared: 'identity',
  needs: () => 'Microsoft.ManagedIdentity/userAssignedIdentities/read',
  async run(facts) {
    const rule = await facts.rule();
    const identity = await facts.identity();
    if (identity === undefined) return notApplicable('identityNone', l10n.t('The rule has no managed identity.'));
    if (identity === 'gone') return notApplicable('identityGone', l10n.t('The managed identity does not exist.'));
    const stored = rule.identity?.principalId;
    const evidence = [
      { text: l10n.t('In the rule: {0}', stored ?? '–'), resourceId: rule.id },
      { text: l10n.t('Of the identity: {0}', identity.principalId), resourceId: identity.id },
    ];
    if (stored === undefined) {
      return unknown(
        'principalUnknown',
        l10n.t('Could not be checked: Azure does not tell the principal id that the rule was written with.'),
        l10n.t('If pulls are denied, write the identity into the rule again.'),
        { evidence },
      );
    }
    if (stored.toLowerCase() === identity.principalId.toLowerCase()) {
      return ok('principalSame', l10n.t('The rule was written with the identity as it is now.'), evidence);
    }
    return problem(
      'principalOther',
      l10n.t(
        'The identity {0} was deleted and made again: the rule still has the principal id of the earlier one.',
        identity.name,
      ),
      l10n.t('Write the identity into the rule again; the new principal needs its own role assignment.'),
      { evidence, repair: await writeIdentity(facts) },
    );
  },
};

async function writeIdentity(facts: RuleFacts): Promise<Repair | undefined> {
  const [base, rule] = await Promise.all([readHonouredLink(facts), facts.rule()]);
  if (!base) return undefined;
  const { link, mapping } = base;
  return {
    id: 'writeIdentityAgain',
    about: identityAndUpstream(link),
    link,
    title: () =>
      l10n.t('Write {0} into the cache rule again, with its permission', armIdName(link.authentication.identityId)),
    once: (wanted) => [roleAssignment(wanted)],
    each: (wanted) => [ruleIdentity(wanted, mapping, rule)],
  };
}
