import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup } from '../../../domain/armId.ts';
import { accessRevocations } from '../../access/accessRevocations.ts';
import { readUsageBeside, usageKeys, usersOf } from '../../access/identityUsage.ts';
import { conflicting, missing } from '../../engine/inspection.ts';
import { identityKey, readIdentity } from '../../engine/reads.ts';
import type { CacheLink, Inspection, Requirement, WalkContext } from '../../types.ts';
import { findSurely, gone, keptFor, requireGone } from './absence.ts';

/**
 * The link's identity does not exist any more, unless something else uses it. While it is planned, the rule and what the identity
 * was given for it alone count as gone.
 * @param principalId of the identity that was looked at: another one of its name was made since
 */
export function withoutIdentity(link: CacheLink, ruleId: string, principalId: string): Requirement {
  const { identityId: id } = link.authentication;
  const name = armIdName(id);
  const subject = nameOfIdentity(id);
  const find = (context: WalkContext) => readIdentity(context, id);
  return {
    id: 'withoutIdentity',
    kind: 'withoutIdentity',
    needs: [],
    isOptional: true,
    rights: [
      {
        scope: id,
        action: 'Microsoft.ManagedIdentity/userAssignedIdentities/delete',
        advice: l10n.t('Deleting identities requires "Managed Identity Contributor" on the resource group.'),
      },
    ],
    reads: [identityKey(id), ...usageKeys(id)],
    writes: [identityKey(id)],
    describe: () => ({
      title: l10n.t('Delete identity {0}', name),
      todo: armIdResourceGroup(id),
      done: l10n.t('Identity {0} was deleted.', name),
      subject,
    }),

    async inspect(context): Promise<Inspection> {
      const present = await findSurely(context, find);
      if (!present) return gone(subject);
      const evidence = [{ text: present.principalId, resourceId: present.id }];
      if (present.principalId.toLowerCase() !== principalId.toLowerCase()) {
        const reason = l10n.t('It was recreated since the review, so it may be for something else. Review again.');
        return conflicting(reason, evidence, { code: 'madeAgain' });
      }
      const usage = await readUsageBeside(context, link, present, ruleId);
      const going = new Set(
        accessRevocations(link, usage).flatMap(({ action, assignment }) =>
          context.assumesNeeds && action.kind === 'delete' ? [assignment.id] : [],
        ),
      );
      const users = usersOf({ ...usage, assignments: usage.assignments.filter((one) => !going.has(one.id)) });
      if (users.length + usage.unknown.length > 0) return keptFor(users, usage.unknown, evidence);
      const reason = l10n.t('Nothing else uses identity {0}.', name);
      return missing(reason, evidence, { code: 'exists', fingerprint: { principalId } });
    },

    async satisfy(context) {
      await context.azure.identities.delete(id, { signal: context.signal });
      await requireGone(context, subject, find);
    },
  };
}

/** The identity as it is named where it is kept. */
export function nameOfIdentity(id: string): string {
  return l10n.t('Identity {0}', armIdName(id));
}
