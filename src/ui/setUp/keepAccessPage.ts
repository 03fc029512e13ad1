import * as vscode from 'vscode';
import { asError } from '../../common/asError.ts';
import { roleName, shortRoleName } from '../../domain/roles.ts';
import type { Registry } from '../../domain/types.ts';
import type { ReplacementOffer, ReplacementOffers } from '../../provisioning/changes/replacementOffers.ts';
import type { KeptAccess } from '../../provisioning/types.ts';
import { type Facts, orUndefined } from './reads.ts';
import { type Answer, cancelRow, type Frame, type Row, separator } from '../pages/quickInput.ts';
import { note, rowsWithText, textRows } from '../pages/lines.ts';
import { chooseToggled, switchRow, type ToggleChoice } from '../pages/toggles.ts';

/** What the page knows so far. */
interface Known {
  offers?: ReplacementOffers;
  failure?: string;
  /** Object id in lower case → name of a managed identity. */
  names: ReadonlyMap<string, string>;
}

/**
 * Whom the switch of the registry to ABAC takes access from, each to be given roles for good before it: workloads are chosen at
 * first, people are not. What is temporary is named and given nothing.
 * @param before what was chosen when the page was left
 */
export async function chooseKeptAccess(
  facts: Facts,
  registry: Registry,
  frame: Frame,
  before?: readonly KeptAccess[],
): Promise<Answer<readonly KeptAccess[]>> {
  const selected = new Set(before?.map(keyOf));
  const known: Known = { names: new Map() };
  const answer = await chooseToggled(frame, {
    placeholder: vscode.l10n.t('Choose a row to switch it between Give and Leave; nothing has been changed yet'),
    selected,
    rows: () => rowsOf(registry, known, selected),
    async load() {
      try {
        const [offers, identities] = await Promise.all([
          facts.replacementOffers(registry),
          orUndefined(facts.identities(registry.tenantId)),
        ]);
        known.names = new Map((identities ?? []).map(({ principalId, name }) => [principalId.toLowerCase(), name]));
        known.offers = offers;
        if (before === undefined) for (const one of offers.offers) if (one.isPreselected) selected.add(keyOf(one));
      } catch (error) {
        known.failure = asError(error).message;
      }
    },
  });
  if (answer.kind !== 'value') return answer;
  const chosen = (known.offers?.offers ?? []).filter((one) => selected.has(keyOf(one)));
  return { kind: 'value', value: chosen.map((offer) => keptOf(offer, known)) };
}

function keptOf(offer: ReplacementOffer, { names }: Known): KeptAccess {
  const { principalId, principalType, roleIds, isSelf } = offer;
  const name = isSelf ? vscode.l10n.t('you ({0})', principalId) : names.get(principalId.toLowerCase());
  return { principalId, principalType, roleIds, name };
}

function keyOf({ principalId }: KeptAccess): string {
  return principalId.toLowerCase();
}

function rowsOf(registry: Registry, known: Known, selected: ReadonlySet<string>): Row<ToggleChoice>[] {
  if (known.failure !== undefined) {
    return [
      note('error', vscode.l10n.t('The role assignments could not be read, so nobody can be given roles')),
      ...textRows('blank', known.failure),
      continueRow(registry, 0),
      cancelRow(),
    ];
  }
  if (!known.offers) return [note('loading~spin', vscode.l10n.t('Reading the role assignments…')), cancelRow()];
  const { offers, temporary, left, conditioned, unknown } = known.offers;
  return [
    continueRow(registry, selected.size),
    cancelRow(),
    separator(vscode.l10n.t('Permanent roles')),
    ...(offers.length > 0
      ? offers.flatMap((offer) => offerRows(offer, known, selected.has(keyOf(offer))))
      : [note('pass', vscode.l10n.t('Nobody was found who needs other roles'))]),
    ...(temporary.length + left.length + conditioned.length > 0 ? [separator(vscode.l10n.t('Who gets none'))] : []),
    ...temporary.flatMap(({ assignment, endsAt }) => {
      const until =
        endsAt === undefined
          ? vscode.l10n.t('temporary')
          : vscode.l10n.t('temporary, until {0}', new Date(endsAt).toLocaleString(vscode.env.language));
      return rowsWithText(
        'watch',
        `${roleName(assignment.roleId)}: ${nameOf(assignment.principalId, known)}`,
        [assignment.principalType, until].filter(Boolean).join(', '),
        vscode.l10n.t('It is not made permanent. Make an eligible assignment of a repository role instead.'),
      );
    }),
    ...conditioned.flatMap(({ principalId, role }) =>
      rowsWithText(
        'law',
        `${role.name}: ${nameOf(principalId, known)}`,
        '',
        vscode.l10n.t('It is there with a condition, which stays. Extend it by hand if more is needed.'),
      ),
    ),
    ...left.flatMap(({ principalId, principalType = '–' }) =>
      rowsWithText(
        'circle-slash',
        principalId,
        principalType,
        vscode.l10n.t('Cannot be given roles from here: assign them in the portal.'),
      ),
    ),
    ...unknown.flatMap((sentence) => textRows('question', sentence)),
  ];
}

function continueRow({ name }: Registry, count: number): Row<ToggleChoice> {
  return {
    label: `$(arrow-right) ${vscode.l10n.t('Continue')}`,
    detail:
      count === 0
        ? vscode.l10n.t('Nobody gets other roles on {0}: everyone who is affected loses access.', name)
        : vscode.l10n.t('Those chosen get their roles on {0} permanently: {1}.', name, count),
    value: 'continue',
    alwaysShow: true,
  };
}

function offerRows(offer: ReplacementOffer, known: Known, isSelected: boolean): Row<ToggleChoice>[] {
  const { principalId, principalType, roleIds, isSelf } = offer;
  const who = isSelf ? vscode.l10n.t('You') : nameOf(principalId, known);
  const state = isSelected ? vscode.l10n.t('Give: {0}', who) : vscode.l10n.t('Leave: {0}', who);
  const names = roleIds.map((id) => shortRoleName(roleName(id))).join(', ');
  const given = vscode.l10n.t('Permanently: {0}.', names);
  const why = isSelf
    ? textRows(
        'blank',
        vscode.l10n.t('Without them the proof of a pull and the diagnosis cannot see the images any more.'),
      )
    : [];
  return [switchRow(keyOf(offer), isSelected, state, principalType, given), ...why];
}

function nameOf(principalId: string, { names }: Known): string {
  return names.get(principalId.toLowerCase()) ?? principalId;
}
