import * as vscode from 'vscode';
import { type Row, separator } from '../../pages/quickInput.ts';
import type { Position } from '../../pages/flow.ts';
import { icon } from '../../shared/icon.ts';
import type { PageContext } from '../context.ts';
import { type Draft, isUndecided, linkOf } from '../draft.ts';
import { defaultIdentity, type Found } from '../found.ts';
import { askHub, type HubAnswer, type HubChoice } from '../hub.ts';
import { mappingRow, nameProblem, problemRows, signInRows, undecidedRows } from '../hubRows.ts';
import { ruleNamesOf } from '../mapping.ts';
import { setUpChange } from '../setUpChange.ts';

/** The hub of the setup. */
export function askReview(context: PageContext, initial: Draft, { canGoBack }: Position): Promise<HubAnswer> {
  return askHub(context, initial, {
    title: vscode.l10n.t('Cache {0} in {1}', initial.upstream?.name ?? '', initial.downstream?.name ?? ''),
    canGoBack,
    isSetUp: true,
    withDefaults: (draft, found) => ({ ...draft, identity: draft.identity ?? defaultIdentity(draft, found) }),
    rows: rowsOf,
    change(draft, found) {
      if (isUndecided(draft) || nameProblem(draft, found)) return undefined;
      const link = linkOf(draft, ruleNamesOf(draft, found.rules));
      return link && setUpChange(link);
    },
  });
}

function rowsOf(draft: Draft, found: Found): Row<HubChoice>[] {
  const { downstream, sources, targetPrefix } = draft;
  const open = undecidedRows(draft);
  return [
    ...(open.length > 0 ? open : problemRows(draft, found)),
    separator(vscode.l10n.t('What is cached')),
    ...sources.map((source) =>
      mappingRow(draft, found, source, [
        { iconPath: icon('close'), tooltip: vscode.l10n.t('Remove'), value: { about: 'remove', source } },
      ]),
    ),
    {
      iconPath: icon('add'),
      label: vscode.l10n.t('Add Repositories…'),
      value: { about: 'repositories' },
    },
    ...(sources.length > 1 || targetPrefix !== '' ? [prefixRow(draft)] : []),
    separator(vscode.l10n.t('How {0} signs in', downstream?.name ?? '')),
    ...signInRows(draft),
  ];
}

function prefixRow({ targetPrefix }: Draft): Row<HubChoice> {
  return {
    iconPath: icon('symbol-namespace'),
    label: vscode.l10n.t('Put All Below a Prefix…'),
    description: targetPrefix === '' ? vscode.l10n.t('none') : `${targetPrefix}/`,
    value: { about: 'prefix' },
  };
}
