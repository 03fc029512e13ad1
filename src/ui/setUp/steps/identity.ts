import * as vscode from 'vscode';
import { asError } from '../../../common/asError.ts';
import { armIdKey, sameArmId } from '../../../domain/armId.ts';
import type { Identity } from '../../../domain/types.ts';
import { pick } from '../../pages/pick.ts';
import { type Row, separator } from '../../pages/quickInput.ts';
import { icon } from '../../shared/icon.ts';
import { answerWith, frameOf, type Step } from '../context.ts';
import { type Draft, newIdentityOf } from '../draft.ts';
import { nothingFound, type Found, findAround } from '../found.ts';
import { identityFit } from '../identityFit.ts';
import { rulesByIdentity } from '../identityUse.ts';
import { askIdentityGroup } from './identityGroup.ts';
import { askIdentityName } from './identityName.ts';
import { askIdentityRegion } from './identityRegion.ts';

type Choice = Identity | 'new' | 'region';

/** As which managed identity the downstream reads the upstream; what a new one needs is asked on pages of its own. */
export const askIdentity: Step = async (context, initial, position) => {
  const { facts } = context;
  let draft = initial;
  let found = nothingFound;
  for (;;) {
    const answer = await pick<Choice>(frameOf(position, vscode.l10n.t('Managed Identity')), {
      placeholder: vscode.l10n.t('Choose the identity that {0} signs in as', draft.downstream?.name ?? ''),
      async load(show) {
        const unreadable = draft.downstream && facts.identities(draft.downstream.tenantId).then(() => '', asError);
        const paint = (more: Found) => show(rowsOf(draft, (found = more)));
        paint(found);
        paint(await findAround(facts, draft, paint));
        const error = await unreadable;
        if (error instanceof Error) throw error;
      },
      active: (choice) =>
        typeof choice === 'object' &&
        draft.identity?.kind === 'existing' &&
        sameArmId(choice.id, draft.identity.identity.id),
    });
    if (answer.kind !== 'value') return answerWith(answer, () => draft);
    const { value } = answer;
    if (typeof value === 'object')
      return { kind: 'next', state: { ...draft, identity: { kind: 'existing', identity: value } } };
    const further = { ...position, canGoBack: true };
    const fresh = withFreeName({ ...draft, identity: { kind: 'new' } }, found.identities);
    const next =
      value === 'region' ? await askIdentityRegion(context, fresh, further) : await askFresh(context, fresh, further);
    if (next.kind === 'cancelled' || (next.kind === 'next' && value === 'new')) return next;
    draft = next.kind === 'next' ? next.state : draft;
  }
};

/** Name, then the resource group unless there is only one. */
const askFresh: Step = async (context, draft, position) => {
  for (;;) {
    const named = await askIdentityName(context, draft, position);
    if (named.kind !== 'next') return named;
    draft = named.state;
    const grouped = await askIdentityGroup(context, draft, position);
    if (grouped.kind !== 'back') return grouped;
  }
};

/** Numbers the suggested name if an identity has it: that one can be chosen itself. */
function withFreeName(draft: Draft, identities: readonly Identity[]): Draft {
  const fresh = newIdentityOf(draft);
  if (!fresh || draft.newIdentity.name !== undefined) return draft;
  const taken = new Set(identities.map(({ name }) => name.toLowerCase()));
  let name = fresh.name;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${fresh.name}-${number}`;
  return { ...draft, newIdentity: { ...draft.newIdentity, name } };
}

function rowsOf(draft: Draft, { identities, assignments, rules }: Found): Row<Choice>[] {
  const mode = draft.upstream?.roleAssignmentMode ?? 'LegacyRegistryPermissions';
  const uses = rulesByIdentity(rules);
  const judged = identities
    .map((identity) => ({
      identity,
      fit: identityFit(identity, assignments, mode, draft.sources),
      used: uses.get(armIdKey(identity.id)) ?? 0,
    }))
    .sort((a, b) => b.fit.rank - a.fit.rank || b.used - a.used || a.identity.name.localeCompare(b.identity.name));
  const row = ({ identity, fit, used }: (typeof judged)[number]): Row<Choice> => ({
    iconPath: fit.rank === 2 ? icon('pass', 'passed') : icon('key'),
    label: identity.name,
    description: [...usesInWords(used), ...(fit.reason === undefined ? [] : [fit.reason])].join(' · '),
    detail: [identity.resourceGroup, identity.location].join(' · '),
    value: identity,
  });
  const fitting = judged.filter(({ fit }) => fit.rank === 2);
  const others = judged.filter(({ fit }) => fit.rank < 2);
  return [
    ...(fitting.length > 0 ? [separator(vscode.l10n.t('Can already read')), ...fitting.map(row)] : []),
    ...(others.length > 0 ? [separator(vscode.l10n.t('Get a role assignment')), ...others.map(row)] : []),
    separator(vscode.l10n.t('New')),
    {
      iconPath: icon('add'),
      label: vscode.l10n.t('Create a New Managed Identity…'),
      description: newIdentityOf(draft)?.location,
      value: 'new',
      alwaysShow: true,
      buttons: [{ iconPath: icon('globe'), tooltip: vscode.l10n.t('Change the region'), value: 'region' }],
    },
  ];
}

function usesInWords(used: number): string[] {
  if (used === 0) return [];
  return [used === 1 ? vscode.l10n.t('used by 1 rule') : vscode.l10n.t('used by {0} rules', used)];
}
