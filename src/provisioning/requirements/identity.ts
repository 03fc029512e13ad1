import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup } from '../../domain/armId.ts';
import { exportIdentity } from '../export/steps/identity.ts';
import { readIdentityUsage, usersOf } from '../access/identityUsage.ts';
import { readIdentity, rememberIdentity, rememberNewPrincipal } from '../engine/reads.ts';
import type { CacheLink, Requirement, Revocation, WalkContext } from '../types.ts';

/** The user-assigned identity exists. An existing one is taken as it is. */
export function identity(link: CacheLink): Requirement {
  const { id, create } = link.identity;
  const name = armIdName(id);
  const group = armIdResourceGroup(id);
  return {
    id: 'identity',
    kind: 'identity',
    needs: [],
    describe: () => ({
      title: l10n.t('Managed identity {0}', name),
      todo: create
        ? l10n.t('Create the managed identity {0} in resource group {1}, {2}.', name, group, create.location)
        : l10n.t('Use the managed identity {0} in resource group {1}.', name, group),
      done: l10n.t('The managed identity {0} exists.', name),
      undo: l10n.t('Delete the managed identity {0}, unless something else uses it.', name),
    }),

    async inspect(context) {
      const found = await readIdentity(context);
      if (found) {
        return {
          verdict: 'satisfied',
          reason: l10n.t('The managed identity {0} exists.', name),
          evidence: [
            { text: l10n.t('Principal id {0}, in {1}.', found.principalId, found.location), resourceId: found.id },
          ],
        };
      }
      const absent = l10n.t('The managed identity {0} does not exist in resource group {1}.', name, group);
      return create
        ? { verdict: 'missing', reason: absent, evidence: [] }
        : {
            verdict: 'conflicting',
            reason: `${absent} ${l10n.t('It may have been deleted: choose another identity, or let a new one be created.')}`,
            evidence: [],
          };
    },

    async satisfy(context) {
      if (!create) throw new Error(l10n.t('The managed identity {0} is not to be created.', name));
      const created = await context.azure.identities.create(id, create.location, { signal: context.signal });
      rememberIdentity(context, created);
      rememberNewPrincipal(context, created.principalId);
    },

    revoke: (context) => revoke(context, id, name),
    export: exportIdentity,
  };
}

async function revoke(context: WalkContext, id: string, name: string): Promise<Revocation> {
  const found = await readIdentity(context);
  if (!found) return { gone: true, reason: l10n.t('The managed identity {0} is gone.', name) };

  const usage = await readIdentityUsage(context, found);
  const why = [...usersOf(usage), ...usage.unknown];
  if (why.length > 0) {
    return { gone: false, reason: l10n.t('The managed identity {0} stays: {1}', name, why.join(' ')) };
  }
  await context.azure.identities.delete(id, { signal: context.signal });
  context.forget('identity:');
  return { gone: true, reason: l10n.t('The managed identity {0} was deleted.', name) };
}
