import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup, resourceGroupArmId } from '../../domain/armId.ts';
import { conflicting, missing, satisfied } from '../engine/inspection.ts';
import { assignmentsKey, identityKey, newPrincipalKey, readIdentity } from '../engine/reads.ts';
import type { CacheLink, Requirement } from '../types.ts';

/** The user-assigned identity exists. An existing one is taken as it is. */
export function identity(link: CacheLink): Requirement {
  const { identityId: id, create } = link.authentication;
  const name = armIdName(id);
  const group = armIdResourceGroup(id);
  return {
    id: 'identity',
    kind: 'identity',
    needs: [],
    describe: () => ({
      title: create ? l10n.t('Create identity {0}', name) : l10n.t('Use identity {0}', name),
      todo: create ? `${group} · ${create.location}` : group,
      done: l10n.t('Identity {0} was created.', name),
    }),

    async inspect(context) {
      const found = await readIdentity(context, id);
      if (found) {
        return satisfied(l10n.t('Identity {0} exists.', name), [
          { text: l10n.t('Principal ID {0}, region {1}.', found.principalId, found.location), resourceId: found.id },
        ]);
      }
      const absent = l10n.t('Identity {0} is not in resource group {1}.', name, group);
      return create
        ? missing(absent)
        : conflicting(
            `${absent} ${l10n.t('It may have been deleted: choose another identity, or let a new one be created.')}`,
          );
    },

    async satisfy(context) {
      if (!create) throw new Error(l10n.t('Identity {0} does not exist, and this setup does not create it.', name));
      const created = await context.azure.identities.create(id, create.location, { signal: context.signal });
      context.remember(identityKey(id), created);
      context.remember(newPrincipalKey(created.principalId), true);
      // One that was made now cannot have assignments yet: saves the request.
      context.remember(assignmentsKey(link.source.id, created.principalId), []);
    },

    rights: [
      {
        // It may not be there yet.
        scope: resourceGroupArmId(id),
        action: 'Microsoft.ManagedIdentity/userAssignedIdentities/write',
        advice: l10n.t('Creating identities requires "Managed Identity Contributor" on the resource group.'),
      },
    ],
    reads: [identityKey(id)],
    writes: [identityKey(id)],
  };
}
