import * as vscode from 'vscode';
import { roleName, shortRoleName } from '../../domain/roles.ts';
import type { Registry } from '../../domain/types.ts';
import type { ReplacementOffer, ReplacementOffers } from '../../provisioning/changes/replacementOffers.ts';
import type { KeptAccess } from '../../provisioning/types.ts';
import type { Answer, Frame, Row } from '../pages/quickInput.ts';
import { chooseToggled, switchRow, type ToggleChoice } from '../pages/toggles.ts';
import { icon } from '../shared/icon.ts';

/**
 * Whom the switch of the registry to ABAC takes access from, each to be given roles for good before it or not.
 * @param before who is given roles so far
 */
export async function chooseKeptAccess(
  registry: Registry,
  frame: Frame,
  { offers }: ReplacementOffers,
  before: readonly KeptAccess[],
): Promise<Answer<readonly KeptAccess[]>> {
  const selected = new Set(before.map(keyOf));
  const answer = await chooseToggled(
    { ...frame, title: vscode.l10n.t('Who Gets New Roles on {0}', registry.name) },
    {
      placeholder: vscode.l10n.t('Choose a row to switch it between new roles and none; nothing has been changed yet'),
      selected,
      rows: () => [continueRow(selected.size), ...offers.map((offer) => offerRow(offer, selected.has(keyOf(offer))))],
    },
  );
  return answer.kind === 'value' ? { kind: 'value', value: offers.filter((one) => selected.has(keyOf(one))) } : answer;
}

function keyOf({ principalId }: KeptAccess): string {
  return principalId.toLowerCase();
}

function continueRow(count: number): Row<ToggleChoice> {
  return {
    iconPath: icon('arrow-right'),
    label: vscode.l10n.t('Continue'),
    detail:
      count === 0
        ? vscode.l10n.t('Nobody gets new roles, so all affected principals can no longer pull.')
        : vscode.l10n.t('The chosen principals get the roles permanently.'),
    value: 'continue',
    alwaysShow: true,
  };
}

function offerRow(offer: ReplacementOffer, isOn: boolean): Row<ToggleChoice> {
  const { isSelf, name, principalType, roleIds } = offer;
  const who = isSelf ? vscode.l10n.t('you') : name;
  const label = isOn ? vscode.l10n.t('New roles for {0}', who) : vscode.l10n.t('No new roles for {0}', who);
  const about = isSelf ? vscode.l10n.t('to verify and diagnose') : kindInWords(principalType);
  const names = roleIds.map((id) => shortRoleName(roleName(id))).join(', ');
  return switchRow(keyOf(offer), isOn, label, about, names);
}

function kindInWords(type: KeptAccess['principalType']): string {
  switch (type) {
    case 'User':
      return vscode.l10n.t('user');
    case 'Group':
      return vscode.l10n.t('group');
    case 'ServicePrincipal':
      return vscode.l10n.t('service principal');
  }
}
