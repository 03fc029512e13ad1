import * as vscode from 'vscode';
import { shown } from '../../common/shown.ts';
import type { FoundReference } from '../../files/types.ts';
import { whyKept } from './keptNames.ts';

/** What of a change of names did not happen. */
export interface Left {
  /** References that keep their name. */
  readonly left?: readonly FoundReference[];
  /** Paths of files that were changed since they were looked at, or are gone. */
  readonly changed?: readonly string[];
  /** Paths that could not be looked at, or not all of what is below them. */
  readonly skipped: readonly string[];
}

const maxNames = 3;

/** A sentence for each; none if nothing was left. */
export function leftInWords({ left = [], changed = [], skipped }: Left): string[] {
  return [
    ...(left.length > 0
      ? [
          vscode.l10n.t('{0} references keep their name.', left.length),
          ...new Set(left.map(({ name }) => whyKept(name))),
        ]
      : []),
    ...(changed.length > 0
      ? [
          vscode.l10n.t(
            'Left, since they were changed or removed meanwhile ({0}): {1}.',
            changed.length,
            names(changed),
          ),
        ]
      : []),
    ...(skipped.length > 0
      ? [vscode.l10n.t('Not looked at, or not completely ({0}): {1}.', skipped.length, names(skipped))]
      : []),
  ];
}

function names(paths: readonly string[]): string {
  const told = paths.slice(0, maxNames).map((path) => shown(path));
  return [...told, ...(paths.length > told.length ? ['…'] : [])].join(', ');
}
