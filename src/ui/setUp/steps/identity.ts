import * as vscode from 'vscode';
import { asError } from '../../../common/asError.ts';
import { armIdKey, sameArmId } from '../../../domain/armId.ts';
import { rulesByIdentity } from '../identityUse.ts';
import type { Identity, RoleAssignment } from '../../../domain/types.ts';
import { answerWith, frameOf, type Step } from '../context.ts';
import { orUndefined } from '../reads.ts';
import { identityFit } from '../identityFit.ts';
import type { Draft } from '../draft.ts';
import { newIdentityOf } from '../draft.ts';
import { pick } from '../../pages/pick.ts';
import { type Row, separator } from '../../pages/quickInput.ts';
import { note } from '../../pages/lines.ts';

type Choice = NonNullable<Draft['identity']>;

/** As which managed identity the downstream reads the upstream. */
export const askIdentity: Step = async ({ facts }, draft, position) => {
  const { downstream, upstream } = draft;
  if (!downstream || !upstream) return { kind: 'back' };
  const answer = await pick<Choice>(frameOf(position, vscode.l10n.t('Managed Identity')), {
    placeholder: vscode.l10n.t('Choose the identity that {0} uses to read {1}', downstream.name, upstream.name),
    load: async (show) => {
      let assignments: readonly RoleAssignment[] = [];
      let known: readonly Identity[] = [];
      let uses: ReadonlyMap<string, number> = new Map();
      let unreadable: string | undefined;
      const paint = () => show(identityRows(draft, known, assignments, uses, unreadable));
      paint();
      await Promise.all([
        facts
          .identities(downstream.tenantId, (identities) => {
            known = identities;
            paint();
          })
          .catch((error: unknown) => {
            unreadable = asError(error).message;
          }),
        // Without them the list is only less well ordered.
        orUndefined(facts.assignments(upstream.id)).then((found) => {
          assignments = found ?? [];
        }),
        orUndefined(facts.rules(downstream.id)).then((rules) => {
          uses = rulesByIdentity(rules ?? []);
        }),
      ]);
      paint();
    },
    active: (choice) =>
      draft.identity?.kind === 'existing'
        ? choice.kind === 'existing' && sameArmId(choice.identity.id, draft.identity.identity.id)
        : draft.identity?.kind === 'new' && choice.kind === 'new',
  });
  return answerWith(answer, (identity) => ({ ...draft, identity }));
};

function identityRows(
  draft: Draft,
  identities: readonly Identity[],
  assignments: readonly RoleAssignment[],
  uses: ReadonlyMap<string, number>,
  unreadable: string | undefined,
): Row<Choice>[] {
  const mode = draft.upstream?.roleAssignmentMode ?? 'LegacyRegistryPermissions';
  const judged = identities
    .map((identity) => ({
      identity,
      fit: identityFit(identity, assignments, mode, draft.sources),
      used: uses.get(armIdKey(identity.id)) ?? 0,
    }))
    .sort((a, b) => b.fit.rank - a.fit.rank || b.used - a.used || a.identity.name.localeCompare(b.identity.name));
  const row = ({ identity, fit, used }: (typeof judged)[number]): Row<Choice> => ({
    label: `$(${fit.rank === 2 ? 'pass' : 'key'}) ${identity.name}`,
    description: [fit.reason, used > 0 ? vscode.l10n.t('used by {0} rules', used) : ''].filter(Boolean).join(' · '),
    detail: [identity.resourceGroup, identity.location].join(' · '),
    value: { kind: 'existing', identity },
  });
  const fitting = judged.filter(({ fit }) => fit.rank === 2);
  const others = judged.filter(({ fit }) => fit.rank < 2);
  const suggested = newIdentityOf(draft);
  return [
    ...(fitting.length > 0 ? [separator(vscode.l10n.t('Can already read the repositories')), ...fitting.map(row)] : []),
    ...(others.length > 0
      ? [separator(vscode.l10n.t('Other identities: get a role assignment')), ...others.map(row)]
      : []),
    ...(unreadable ? [note('warning', vscode.l10n.t('The existing identities could not be listed'), unreadable)] : []),
    separator(vscode.l10n.t('New')),
    {
      label: `$(add) ${vscode.l10n.t('Create a New Managed Identity…')}`,
      description: suggested?.name,
      value: { kind: 'new' },
      alwaysShow: true,
    },
  ];
}
