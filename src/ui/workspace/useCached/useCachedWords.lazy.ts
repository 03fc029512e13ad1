import * as vscode from 'vscode';
import { shown } from '../../../common/shown.ts';

/** What came of using cached names, as far as it is not seen. */
export interface UseCachedOutcome {
  readonly ruleName: string;
  /** References that got another name. */
  readonly count: number;
  /** Why references keep their name, in a sentence each. */
  readonly left: readonly string[];
  /** Paths of files that were changed since they were looked at, or are gone. */
  readonly changed: readonly string[];
  /** Paths that could not be looked at, or not all of what is below them. */
  readonly skipped: readonly string[];
}

const maxNames = 3;

/** Only what did not happen: the rest is seen. Undefined: nothing of that kind. */
export function useCachedInWords({ ruleName, count, left, changed, skipped }: UseCachedOutcome): string | undefined {
  const all = [
    ...(count + left.length + changed.length === 0 ? [noneInWords(ruleName, skipped.length === 0)] : []),
    ...(left.length > 0 ? [vscode.l10n.t('{0} references keep their name.', left.length), ...new Set(left)] : []),
    ...(changed.length > 0
      ? [
          vscode.l10n.t(
            'Left, since they were changed or removed meanwhile ({0}): {1}.',
            changed.length,
            names(changed),
          ),
        ]
      : []),
    ...(skipped.length > 0 ? [skippedInWords(skipped)] : []),
  ];
  return all.length > 0 ? all.join(' ') : undefined;
}

/** @param paths that could not be looked at, or not all of what is below them */
export function skippedInWords(paths: readonly string[]): string {
  return vscode.l10n.t('Not looked at, or not completely ({0}): {1}.', paths.length, names(paths));
}

function noneInWords(ruleName: string, isAll: boolean): string {
  return isAll
    ? vscode.l10n.t('There is no image that cache rule {0} maps under another name.', ruleName)
    : vscode.l10n.t('In what was looked at, there is no image that cache rule {0} maps under another name.', ruleName);
}

function names(paths: readonly string[]): string {
  const told = paths.slice(0, maxNames).map((path) => shown(path));
  return [...told, ...(paths.length > told.length ? ['…'] : [])].join(', ');
}
