import * as l10n from '@vscode/l10n';
import { armIdName } from '../../domain/armId.ts';
import { roleAssignment } from '../requirements/roleAssignment.ts';
import { ruleIdentity } from '../requirements/ruleIdentity.ts';
import { notApplicable, ok, problem, unknown, type Check } from '../diagnosis/check.ts';
import { commonRepair, identityAndUpstream } from '../diagnosis/commonRepair.ts';
import type { Facts } from '../diagnosis/facts.ts';
import { repairLink } from '../diagnosis/repairLink.ts';
import type { Repair } from '../diagnosis/types.ts';

/** The principal that the rule was written with is the identity's: one deleted and made again has another. */
export const identityPrincipal: Check = {
  id: 'identityPrincipal',
  title: () => l10n.t('Principal id in the rule'),
  pull: 'dependsOn',
  shared: 'identity',
  needs: () => 'Microsoft.ManagedIdentity/userAssignedIdentities/read',
  async run(facts) {
    const rule = await facts.rule();
    const identity = await facts.identity();
    if (identity === undefined) return notApplicable(l10n.t('The rule has no managed identity.'));
    if (identity === 'gone') return notApplicable(l10n.t('The managed identity does not exist.'));
    const stored = rule.identity?.principalId;
    const evidence = [
      { text: l10n.t('In the rule: {0}', stored ?? '–'), resourceId: rule.id },
      { text: l10n.t('Of the identity: {0}', identity.principalId), resourceId: identity.id },
    ];
    if (stored === undefined) {
      return unknown(
        l10n.t('Could not be checked: Azure does not tell the principal id that the rule was written with.'),
        l10n.t('If pulls are denied, write the identity into the rule again.'),
        { evidence },
      );
    }
    if (stored.toLowerCase() === identity.principalId.toLowerCase()) {
      return ok(l10n.t('The rule was written with the identity as it is now.'), evidence);
    }
    const repair = await writeIdentity(facts);
    return problem(
      l10n.t(
        'The identity {0} was deleted and made again: the rule still has the principal id of the earlier one.',
        identity.name,
      ),
      l10n.t('Write the identity into the rule again; the new principal needs its own role assignment.'),
      { evidence, ...(repair ? { repair } : {}) },
    );
  },
};

async function writeIdentity(facts: Facts): Promise<Repair | undefined> {
  const [base, rule] = await Promise.all([repairLink(facts), facts.rule()]);
  if (!base) return undefined;
  const { link, mapping } = base;
  return commonRepair({
    id: 'writeIdentityAgain',
    about: identityAndUpstream(link),
    link,
    title: () =>
      l10n.t('Write {0} into the cache rule again, with its permission', armIdName(link.authentication.identityId)),
    once: (wanted) => [roleAssignment(wanted)],
    each: (wanted) => [ruleIdentity(wanted, mapping, rule)],
  });
}
