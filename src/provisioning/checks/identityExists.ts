import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup } from '../../domain/armId.ts';
import { identity } from '../requirements/identity.ts';
import { roleAssignment } from '../requirements/roleAssignment.ts';
import { ruleIdentity } from '../requirements/ruleIdentity.ts';
import type { CacheLink } from '../types.ts';
import { notApplicable, ok, problem, type Check } from '../diagnosis/check.ts';
import { commonRepair, identityAndUpstream } from '../diagnosis/commonRepair.ts';
import type { Facts } from '../diagnosis/facts.ts';
import { repairLink } from '../diagnosis/repairLink.ts';
import type { Repair } from '../diagnosis/types.ts';

export const identityExists: Check = {
  id: 'identityExists',
  title: () => l10n.t('Managed identity'),
  pull: 'dependsOn',
  shared: 'identity',
  needs: () => 'Microsoft.ManagedIdentity/userAssignedIdentities/read',
  async run(facts) {
    const found = await facts.identity();
    const id = (await facts.rule()).identity?.id;
    if (id === undefined) return notApplicable(l10n.t('The rule has no managed identity.'));
    const name = armIdName(id);
    if (found !== undefined && found !== 'gone') {
      const evidence = [
        { text: l10n.t('Principal id {0}, in {1}.', found.principalId, found.location), resourceId: found.id },
      ];
      return ok(l10n.t('The managed identity {0} exists.', name), evidence);
    }
    const repair = await makeAgain(facts);
    return problem(
      l10n.t('The managed identity {0} was deleted: the rule cannot authenticate.', name),
      repair
        ? l10n.t('Make it again with its permission, or give the rule another identity.')
        : l10n.t('Give the rule another identity.'),
      { evidence: [{ text: l10n.t('Not found.'), resourceId: id }], ...(repair ? { repair } : {}) },
    );
  },
};

async function makeAgain(facts: Facts): Promise<Repair | undefined> {
  const [base, rule] = await Promise.all([repairLink(facts), facts.rule()]);
  if (!base) return undefined;
  const { mapping, downstream } = base;
  const link: CacheLink = {
    ...base.link,
    authentication: {
      kind: 'identity',
      identityId: base.link.authentication.identityId,
      create: { location: downstream.location },
    },
  };
  const { identityId: id } = link.authentication;
  return commonRepair({
    id: 'makeIdentityAgain',
    about: identityAndUpstream(link),
    link,
    title: () => l10n.t('Create {0} in {1} again, with its permission', armIdName(id), armIdResourceGroup(id)),
    once: (wanted) => [identity(wanted), roleAssignment(wanted)],
    each: (wanted) => [ruleIdentity(wanted, mapping, rule)],
  });
}
