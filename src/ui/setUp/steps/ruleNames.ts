import * as vscode from 'vscode';
import type { CacheRule, RepositoryPattern } from '../../../domain/types.ts';
import { answerWith, frameOf, type Step, type PageContext } from '../context.ts';
import { orUndefined } from '../reads.ts';
import type { Position } from '../../pages/flow.ts';
import { checkRuleName, ruleNamesOf } from '../mapping.ts';
import { type Draft, nameRule, sourceKey, targetTextOf } from '../draft.ts';
import { askText } from '../../pages/askText.ts';
import { pick } from '../../pages/pick.ts';
import { type Row, separator } from '../../pages/quickInput.ts';
import { whileReading } from '../../shared/opening.ts';

type Choice = 'accept' | { readonly source: RepositoryPattern };

/** The names of the cache rules: one field for one rule, a list of suggestions for several. */
export const askRuleNames: Step = async (context, draft, position) => {
  const [only] = draft.sources;
  if (!only) return { kind: 'back' };
  if (draft.sources.length === 1) return askRuleName(context, draft, only, position);
  let current = draft;
  for (;;) {
    const answer = await pickName(context, current, position);
    if (answer.kind !== 'value') return answerWith(answer, () => current, current);
    if (answer.value === 'accept') return { kind: 'next', state: current };
    const page = await askRuleName(context, current, answer.value.source, { ...position, canGoBack: true });
    if (page.kind === 'cancelled') return page;
    if (page.kind === 'next') current = page.state;
  }
};

/** The downstream's rules; none if they cannot be read, which the plan will say. */
export async function knownRules({ facts }: PageContext, draft: Draft): Promise<readonly CacheRule[]> {
  return (draft.downstream && (await orUndefined(facts.rules(draft.downstream.id)))) ?? [];
}

function pickName(context: PageContext, draft: Draft, position: Position) {
  return pick<Choice>(frameOf(position, vscode.l10n.t('Rule Names')), {
    placeholder: vscode.l10n.t('Check the names of the cache rules; choose one to change it'),
    load: async (show) => show(rowsOf(draft, await knownRules(context, draft))),
    accept: async (choice) => {
      if (choice !== 'accept') return undefined;
      const rules = await knownRules(context, draft);
      const names = ruleNamesOf(draft, rules);
      for (const source of draft.sources) {
        const name = names.get(sourceKey(source)) ?? '';
        const problem = checkRuleName(draft, source, name, rules);
        if (problem) return { ...problem, message: `${name}: ${problem.message}` };
      }
      return undefined;
    },
  });
}

function rowsOf(draft: Draft, rules: readonly CacheRule[]): Row<Choice>[] {
  const names = ruleNamesOf(draft, rules);
  return [
    { label: `$(check) ${vscode.l10n.t('Use These Names')}`, value: 'accept', alwaysShow: true },
    separator(vscode.l10n.t('Cache rules')),
    ...draft.sources.map((source): Row<Choice> => {
      const name = names.get(sourceKey(source)) ?? '';
      const problem = checkRuleName(draft, source, name, rules);
      return {
        label: `${problem ? '$(error)' : '$(database)'} ${name}`,
        description: vscode.l10n.t('{0} → {1}', sourceKey(source), targetTextOf(draft, source)),
        detail: problem?.message,
        value: { source },
      };
    }),
  ];
}

async function askRuleName(context: PageContext, draft: Draft, source: RepositoryPattern, position: Position) {
  const frame = frameOf(position, vscode.l10n.t('Name of the Cache Rule'));
  const rules = await whileReading(frame.title, knownRules(context, draft));
  let typed = draft;
  const answer = await askText(frame, {
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
