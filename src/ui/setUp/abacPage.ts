import * as vscode from 'vscode';
import { asError } from '../../common/asError.ts';
import type { Registry } from '../../domain/types.ts';
import {
  abacSwitchEffects,
  type AffectedAssignment,
  affectedAssignments,
} from '../../provisioning/changes/abacImpact.ts';
import { askText } from '../pages/askText.ts';
import { type Facts, orUndefined } from './reads.ts';
import type { Answer, Frame } from '../pages/quickInput.ts';
import { type Row, separator } from '../pages/quickInput.ts';
import { note, rowsWithText, textRows } from '../pages/lines.ts';

/** Who is affected as far as it is known: still being read, not readable, or read. */
export interface Affected {
  readonly assignments?: readonly AffectedAssignment[];
  /** Why they could not be read. */
  readonly failure?: string;
}

/**
 * The assignments that a switch of the registry takes the effect from, with the names of those that are managed identities.
 * @throws AzureError
 */
async function readAffected(facts: Facts, registry: Registry): Promise<AffectedAssignment[]> {
  const identities = await orUndefined(facts.identities(registry.tenantId));
  return affectedAssignments(registry, await facts.assignments(registry.id), identities);
}

/** Shows rows at once and again when it is known who is affected. */
export async function showAffected<T>(
  facts: Facts,
  registry: Registry,
  show: (rows: readonly Row<T>[]) => void,
  rowsOf: (affected: Affected) => readonly Row<T>[],
): Promise<void> {
  show(rowsOf({}));
  try {
    show(rowsOf({ assignments: await readAffected(facts, registry) }));
  } catch (error) {
    show(rowsOf({ failure: asError(error).message }));
  }
}

/** What a switch of the registry breaks, and for whom: the lower part of every page that offers one. */
export function impactRows(registry: Registry, affected: Affected): Row<never>[] {
  return [
    separator(vscode.l10n.t('Who is affected')),
    ...affectedRows(affected),
    separator(vscode.l10n.t('Effects')),
    ...abacSwitchEffects(registry.name).flatMap((effect) => textRows('warning', effect)),
  ];
}

function affectedRows({ assignments, failure }: Affected): Row<never>[] {
  if (failure)
    return [note('error', vscode.l10n.t('The role assignments could not be read')), ...textRows('blank', failure)];
  if (!assignments) return [note('loading~spin', vscode.l10n.t('Reading the role assignments…'))];
  if (assignments.length === 0) return [note('pass', vscode.l10n.t('No assignment of the affected roles was found'))];
  return [
    note(
      'organization',
      assignments.length === 1
        ? vscode.l10n.t('1 role assignment loses its effect')
        : vscode.l10n.t('{0} role assignments lose their effect', assignments.length),
    ),
    ...assignments.flatMap(affectedRow),
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
export async function confirmSwitch(facts: Facts, registry: Registry, frame: Frame): Promise<Answer<string>> {
  const affected = await orUndefined(readAffected(facts, registry));
  return askText(frame, {
    value: '',
    placeholder: registry.name,
    prompt: () =>
      affected
        ? vscode.l10n.t(
            'Role assignments that lose their effect: {0}. All present logins to {1} are refused. Type "{1}" to confirm.',
            affected.length,
            registry.name,
          )
        : vscode.l10n.t(
            'All present logins to {0} are refused, and roles such as AcrPull lose their effect. Type "{0}" to confirm.',
            registry.name,
          ),
    check: (text) =>
      text === registry.name
        ? undefined
        : {
            code: 'switch.notConfirmed',
            message: vscode.l10n.t('Type "{0}" to confirm, or go back.', registry.name),
          },
  });
}
