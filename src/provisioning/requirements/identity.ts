import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import { assign, capture, command, quote, variable } from '../export/quote.ts';
import { findRulesOfIdentity } from '../identityUses.ts';
import { readIdentity, rememberIdentity, rememberNewPrincipal } from '../reads.ts';
import type { CacheLink, ExportLanguage, Requirement, Revocation, WalkContext } from '../types.ts';

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
    export: (_, language) => exportIdentity(link, language),
  };
}

async function revoke(context: WalkContext, id: string, name: string): Promise<Revocation> {
  const found = await readIdentity(context);
  if (!found) return { gone: true, reason: l10n.t('The managed identity {0} is gone.', name) };

  const uses = await findRulesOfIdentity(context, id);
  if (uses.rules.length > 0) {
    const rules = uses.rules.map((rule) => rule.name).join(', ');
    return {
      gone: false,
      reason: l10n.t('The managed identity {0} stays: it is used by the cache rules {1}.', name, rules),
    };
  }
  if (uses.unreadable > 0) {
    return {
      gone: false,
      reason: l10n.t(
        'The managed identity {0} stays: the rules of {1} registries could not be read, so its use there is unknown.',
        name,
        uses.unreadable,
      ),
    };
  }
  const subscriptions = context.azure.subscriptions.filter((s) => s.tenantId === found.tenantId);
  const assignments = await Promise.all(
    subscriptions.map((s) =>
      context.azure.roles.listForPrincipal(`/subscriptions/${s.id}`, found.principalId, { signal: context.signal }),
    ),
  );
  const others = assignments.flat();
  if (others[0]) {
    return {
      gone: false,
      reason: l10n.t(
        'The managed identity {0} stays: it still holds {1} role assignments, for example at {2}.',
        name,
        others.length,
        others[0].scope,
      ),
    };
  }
  await context.azure.identities.delete(id, { signal: context.signal });
  context.forget('identity:');
  return { gone: true, reason: l10n.t('The managed identity {0} was deleted.', name) };
}

function exportIdentity(link: CacheLink, language: ExportLanguage): string {
  const { id, create } = link.identity;
  const q = (text: string): string => quote(text, language);
  const lines: string[] = [];
  if (create) {
    lines.push(
      command(
        ['az', 'identity', 'create'],
        [
          ['--name', q(armIdName(id))],
          ['--resource-group', q(armIdResourceGroup(id))],
          ['--subscription', q(armIdSubscription(id))],
          ['--location', q(create.location)],
        ],
        language,
      ),
    );
  }
  lines.push(assign('IDENTITY_RESOURCE_ID', q(id), language));
  const show = [
    'az',
    'identity',
    'show',
    '--ids',
    variable('IDENTITY_RESOURCE_ID'),
    '--query',
    'principalId',
    '-o',
    'tsv',
  ];
  lines.push(capture('IDENTITY_PRINCIPAL_ID', show.join(' '), language));
  return lines.join('\n');
}
