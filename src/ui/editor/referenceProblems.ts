import * as vscode from 'vscode';
import { shown } from '../../common/shown.ts';
import type { ServedImage } from '../../inventory/resolutionTypes.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import { wrongInWords } from './referenceHover.ts';
import type { InspectedReference } from './types.ts';
import { failedState, stateInWords, verdictWithBasis } from '../shared/ruleVerdict.ts';
import { freshnessInWords, shownImage } from './words.ts';

/** What a problem is about; also the name of the setting with its level, and the diagnostic's code. */
export type ReferenceProblemKind = 'bypassedRule' | 'unservedTarget' | 'wrongRule' | 'brokenRule';

export interface ReferenceProblem {
  readonly kind: ReferenceProblemKind;
  /** Plain words: what, to what, and what to do next. */
  readonly message: string;
}

/** What is wrong with a reference, as far as is known. */
export function problemsOf({ found, resolution }: InspectedReference): ReferenceProblem[] {
  const { image, entry, served, cachedBy, meant } = resolution;
  if (resolution.verdict === 'bypassed') {
    const [use] = cachedBy;
    if (!use) return [];
    const { rule } = use.match;
    const what = vscode.l10n.t(
      '"{0}" is pulled from {1}, although cache rule {2} in {3} covers it.',
      shown(found.written, 160),
      image.host,
      rule.name,
      use.entry.registry.name,
    );
    const next = use.broken
      ? vscode.l10n.t(
          'Diagnose that rule ({0}), then use {1} instead.',
          stateInWords(rule, use.known),
          shownImage(use.image),
        )
      : vscode.l10n.t('Use {0} instead.', shownImage(use.image));
    return [
      {
        kind: 'bypassedRule',
        message: sentences([what, next, freshnessInWords(use.entry)]),
      },
    ];
  }
  // What was seen in the registry can be pulled.
  if (resolution.verdict === 'unserved' && entry && !resolution.isListed) {
    const message = vscode.l10n.t(
      'No cache rule in {0} serves "{1}"; it can be pulled only if it was pushed there.',
      entry.registry.name,
      shown(image.repository, 160),
    );
    const next = meant
      ? vscode.l10n.t(
          'Did you mean "{0}" (served by cache rule {1})?',
          shown(meant.repository, 160),
          meant.match.rule.name,
        )
      : vscode.l10n.t('Check the name.');
    return [
      {
        kind: 'unservedTarget',
        message: sentences([message, next, freshnessInWords(entry)]),
      },
    ];
  }
  return resolution.verdict === 'served' && served && entry ? ofServed(served, entry) : [];
}

function ofServed(served: ServedImage, { registry }: RegistryEntry): ReferenceProblem[] {
  const { rule } = served.match;
  const problems: ReferenceProblem[] = [];
  if (served.wrong) {
    const source = `${served.match.source.loginServer}/${served.match.sourceRepository}`;
    const next =
      served.wrong.kind === 'shadowed'
        ? vscode.l10n.t('It comes from {0}. If that is not intended, use another name.', source)
        : vscode.l10n.t('Correct the name, or the source of cache rule {0}.', rule.name);
    problems.push({
      kind: 'wrongRule',
      message: `${wrongInWords(served.wrong)} ${next}`,
    });
  }
  if (served.broken) {
    const what = failedState(rule) ?? verdictWithBasis(served.known);
    problems.push({
      kind: 'brokenRule',
      message: vscode.l10n.t(
        'Cache rule {0} in {1}, which serves this image, is not healthy: {2}. Diagnose it to see what to do.',
        rule.name,
        registry.name,
        what,
      ),
    });
  }
  return problems;
}

function sentences(all: readonly (string | undefined)[]): string {
  return all.filter((sentence) => sentence !== undefined).join(' ');
}
