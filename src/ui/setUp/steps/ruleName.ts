import * as vscode from 'vscode';
import type { CacheRule, RepositoryPattern } from '../../../domain/types.ts';
import { askText } from '../../pages/askText.ts';
import type { Position, StepAnswer } from '../../pages/flow.ts';
import { answerWith, frameOf } from '../context.ts';
import { type Draft, nameRule, sourceKey, targetTextOf } from '../draft.ts';
import { checkRuleName, ruleNamesOf } from '../mapping.ts';

/** The name of the cache rule for a source. `rules`: those of the downstream. */
export async function askRuleName(
  draft: Draft,
  rules: readonly CacheRule[],
  source: RepositoryPattern,
  position: Position,
): Promise<StepAnswer<Draft>> {
  let typed = draft;
  const answer = await askText(frameOf(position, vscode.l10n.t('Name of the Cache Rule')), {
    value: ruleNamesOf(draft, rules).get(sourceKey(source)) ?? '',
    prompt: () =>
      vscode.l10n.t('Name of the rule that caches {0} as {1}', sourceKey(source), targetTextOf(draft, source)),
    check: (text) => checkRuleName(draft, source, text, rules),
    typed: (text) => {
      typed = nameRule(draft, source, text);
    },
  });
  return answerWith(answer, (text) => nameRule(draft, source, text), typed);
}
