import * as vscode from 'vscode';
import type { Registry } from '../../../domain/types.ts';
import { abacSwitchEffects, type AffectedAssignment, affectedAssignments } from '../../../provisioning/abacImpact.ts';
import { answerWith, frameOf, type Step, type WizardContext } from '../context.ts';
import { orUndefined } from '../facts.ts';
import type { Position } from '../flow.ts';
import { askText } from '../askText.ts';
import { pick } from '../pick.ts';
import { note, type Row, rowsWithText, separator, textRows } from '../quickInput.ts';

type Choice = 'switch' | 'keep' | 'cancel';

/** The upstream is in RBAC mode: switch it to ABAC, knowing what that breaks, or leave it and use AcrPull. */
export const askPermissionMode: Step = async (context, draft, position) => {
  const { upstream } = draft;
  if (!upstream) return { kind: 'back' };
  for (;;) {
    const answer = await pick<Choice>(frameOf(position, vscode.l10n.t('Permissions of {0}', upstream.name)), {
      placeholder: vscode.l10n.t('{0} is in RBAC mode; documented is caching from ABAC mode only', upstream.name),
      load: async (show) => {
        show(rowsOf(upstream, undefined));
        try {
          show(rowsOf(upstream, await readAffected(context, upstream)));
        } catch (error) {
          show(rowsOf(upstream, undefined, error instanceof Error ? error.message : String(error)));
        }
      },
      active: (choice) => choice === draft.permissionMode,
      matchOnDetail: false,
    });
    if (answer.kind !== 'value') return answerWith(answer, () => draft);
    if (answer.value === 'cancel') return { kind: 'cancelled' };
    if (answer.value === 'keep') return { kind: 'next', state: { ...draft, permissionMode: 'keep' } };
    const confirmed = await confirm(context, upstream, position);
    if (confirmed.kind === 'value') return { kind: 'next', state: { ...draft, permissionMode: 'switch' } };
    if (confirmed.kind === 'cancelled') return confirmed;
  }
};

async function readAffected({ facts }: WizardContext, upstream: Registry): Promise<AffectedAssignment[]> {
  const identities = await orUndefined(facts.identities(upstream.tenantId));
  return affectedAssignments(upstream, await facts.assignments(upstream.id), identities);
}

function rowsOf(
  upstream: Registry,
  affected: readonly AffectedAssignment[] | undefined,
  failure?: string,
): Row<Choice>[] {
  return [
    {
      label: `$(shield) ${vscode.l10n.t('Switch {0} to Repository Permissions (ABAC)…', upstream.name)}`,
      detail: vscode.l10n.t('The documented way. Breaks what is listed below; you will be asked to confirm.'),
      value: 'switch',
      alwaysShow: true,
    },
    {
      label: `$(beaker) ${vscode.l10n.t('Leave It and Use AcrPull')}`,
      detail: vscode.l10n.t('Not documented for cache rules: may fail; the identity can pull everything.'),
      value: 'keep',
      alwaysShow: true,
    },
    { label: `$(close) ${vscode.l10n.t('Cancel')}`, value: 'cancel', alwaysShow: true },
    separator(vscode.l10n.t('Who is affected')),
    ...affectedRows(affected, failure),
    separator(vscode.l10n.t('Effects')),
    ...abacSwitchEffects(upstream.name).flatMap((effect) => textRows('warning', effect)),
  ];
}

function affectedRows(affected: readonly AffectedAssignment[] | undefined, failure: string | undefined): Row<never>[] {
  if (failure)
    return [note('error', vscode.l10n.t('The role assignments could not be read')), ...textRows('blank', failure)];
  if (!affected) return [note('loading~spin', vscode.l10n.t('Reading the role assignments…'))];
  if (affected.length === 0) return [note('pass', vscode.l10n.t('No assignment of the affected roles was found'))];
  return [
    note(
      'organization',
      affected.length === 1
        ? vscode.l10n.t('1 role assignment loses its effect')
        : vscode.l10n.t('{0} role assignments lose their effect', affected.length),
    ),
    ...affected.flatMap(affectedRow),
  ];
}

function affectedRow({ roleName, principal, principalType, where, consequence }: AffectedAssignment): Row<never>[] {
  return rowsWithText(
    'account',
    `${roleName}: ${principal}`,
    [principalType, where].filter(Boolean).join(', '),
    consequence,
  );
}

/** The registry's name has to be typed: the switch affects people who are not asked. */
async function confirm(context: WizardContext, upstream: Registry, position: Position) {
  const affected = await orUndefined(readAffected(context, upstream));
  return askText(
    { ...frameOf(position, vscode.l10n.t('Confirm the Switch of {0}', upstream.name)), canGoBack: true },
    {
      value: '',
      placeholder: upstream.name,
      prompt: () =>
        affected
          ? vscode.l10n.t(
              '{0} role assignments lose their effect and all present logins to {1} are refused. Type "{1}" to confirm.',
              affected.length,
              upstream.name,
            )
          : vscode.l10n.t(
              'All present logins to {0} are refused, and roles such as AcrPull lose their effect. Type "{0}" to confirm.',
              upstream.name,
            ),
      check: (text) =>
        text === upstream.name
          ? undefined
          : {
              code: 'switch.notConfirmed',
              message: vscode.l10n.t('Type "{0}" to confirm, or go back.', upstream.name),
            },
    },
  );
}
