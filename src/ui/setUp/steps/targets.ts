import * as vscode from 'vscode';
import type { Registry, RepositoryPattern } from '../../../domain/types.ts';
import { answerWith, frameOf, type Step, type PageContext } from '../context.ts';
import { orUndefined } from '../reads.ts';
import type { Position } from '../../pages/flow.ts';
import {
  checkPrefix,
  checkTarget,
  mappingExample,
  normalizePrefix,
  previewMapping,
  type Surroundings,
} from '../mapping.ts';
import { choosePrefix, type Draft, nameTarget, sourceKey, targetTextOf } from '../draft.ts';
import { askText } from '../../pages/askText.ts';
import { pick } from '../../pages/pick.ts';
import { type Row, separator } from '../../pages/quickInput.ts';

/** What is done on the page that shows all mappings. */
type Choice = 'accept' | 'prefix' | { readonly source: RepositoryPattern };

/** The names in the downstream: one field for one repository, a list with a common prefix for several. */
export const askTargets: Step = async (context, draft, position) => {
  const { downstream, upstream, sources } = draft;
  const [only] = sources;
  if (!downstream || !upstream || !only) return { kind: 'back' };
  // Read once: what cannot be read is not asked for again with every key.
  const known = surroundingsOf(context, draft);
  if (sources.length === 1) {
    const { answer, typed } = await askTarget(known, draft, only, position);
    return answerWith(answer, (text) => nameTarget(draft, only, text), typed);
  }
  let current = draft;
  for (;;) {
    const answer = await pickMapping(known, current, position);
    if (answer.kind !== 'value') return answerWith(answer, () => current, current);
    if (answer.value === 'accept') return { kind: 'next', state: current };
    const page =
      answer.value === 'prefix'
        ? await askPrefix(known, current, position)
        : await nameOne(known, current, answer.value.source, position);
    if (page.kind === 'cancelled') return page;
    if (page.kind === 'next') current = page.state;
  }
};

function pickMapping(known: Promise<Surroundings>, draft: Draft, position: Position) {
  return pick<Choice>(frameOf(position, vscode.l10n.t('Target Names')), {
    placeholder: vscode.l10n.t('Check the names in {0}; choose one to change it', draft.downstream?.name ?? ''),
    load: async (show) => {
      show(choiceRows(draft, { rules: [] }));
      show(choiceRows(draft, await known));
    },
    accept: async (choice) => {
      if (choice !== 'accept') return undefined;
      const surroundings = await known;
      for (const source of draft.sources) {
        const problem = checkTarget(draft, source, targetTextOf(draft, source), surroundings);
        if (problem) return { ...problem, message: `${targetTextOf(draft, source)}: ${problem.message}` };
      }
      return undefined;
    },
  });
}

function choiceRows(draft: Draft, surroundings: Surroundings): Row<Choice>[] {
  const { downstream, upstream } = draft;
  if (!downstream || !upstream) return [];
  return [
    { label: `$(check) ${vscode.l10n.t('Use These Names')}`, value: 'accept', alwaysShow: true },
    {
      label: `$(symbol-namespace) ${vscode.l10n.t('Put All Below a Common Prefix…')}`,
      description: draft.targetPrefix && `${draft.targetPrefix}/`,
      value: 'prefix',
      alwaysShow: true,
    },
    separator(vscode.l10n.t('Mapping')),
    ...draft.sources.map((source): Row<Choice> => {
      const text = targetTextOf(draft, source);
      const problem = checkTarget(draft, source, text, surroundings);
      const { pulled, fetched } = mappingExample(downstream, upstream, source, text);
      return {
        label: problem ? `$(error) ${text}` : `$(arrow-right) ${pulled}`,
        detail: problem?.message ?? vscode.l10n.t('⇒ fetches {0}', fetched),
        value: { source },
      };
    }),
  ];
}

/** What is known of the downstream. Parts that cannot be read are left to the plan. */
async function surroundingsOf({ facts }: PageContext, draft: Draft): Promise<Surroundings> {
  if (!draft.downstream) return { rules: [] };
  const [rules, repositories] = await Promise.all([
    orUndefined(facts.rules(draft.downstream.id)),
    orUndefined(facts.repositories(draft.downstream)),
  ]);
  return { rules: rules ?? [], repositories };
}

async function nameOne(known: Promise<Surroundings>, draft: Draft, source: RepositoryPattern, position: Position) {
  const { answer } = await askTarget(known, draft, source, { ...position, canGoBack: true });
  return answerWith(answer, (text) => nameTarget(draft, source, text));
}

/** `typed`: the draft with the text as it stands when the page is left. */
async function askTarget(known: Promise<Surroundings>, draft: Draft, source: RepositoryPattern, position: Position) {
  const { downstream, upstream } = draft as { downstream: Registry; upstream: Registry };
  let typed = draft;
  const answer = await askText(frameOf(position, vscode.l10n.t('Target Name for {0}', sourceKey(source))), {
    value: targetTextOf(draft, source),
    placeholder: sourceKey(source),
    prompt: (text) => previewMapping(downstream, upstream, source, text || sourceKey(source)),
    check: async (text) => {
      const early = checkTarget(draft, source, text, { rules: [] });
      return early ?? checkTarget(draft, source, text, await known);
    },
    typed: (text) => {
      typed = nameTarget(draft, source, text);
    },
  });
  return { answer, typed };
}

async function askPrefix(known: Promise<Surroundings>, draft: Draft, position: Position) {
  const { downstream, upstream } = draft as { downstream: Registry; upstream: Registry };
  const [example] = draft.sources;
  const answer = await askText(
    { ...frameOf(position, vscode.l10n.t('Common Prefix of the Target Names')), canGoBack: true },
    {
      value: draft.targetPrefix,
      placeholder: vscode.l10n.t('cache'),
      prompt: (text) => {
        const prefixed = choosePrefix(draft, normalizePrefix(text));
        return example ? previewMapping(downstream, upstream, example, targetTextOf(prefixed, example)) : '';
      },
      check: async (text) => checkPrefix(draft, text, { rules: [] }) ?? checkPrefix(draft, text, await known),
    },
  );
  return answerWith(answer, (text) => choosePrefix(draft, normalizePrefix(text)));
}

/** Starts reading what this page and the next ones need, while the user is still busy with an earlier one. */
export function prefetch({ facts }: PageContext, { downstream, upstream, sources }: Draft): void {
  if (!downstream) return;
  void orUndefined(facts.rules(downstream.id));
  void orUndefined(facts.repositories(downstream));
  void orUndefined(facts.identities(downstream.tenantId));
  if (!upstream) return;
  void orUndefined(facts.repositories(upstream));
  void orUndefined(facts.assignments(upstream.id));
  // A switch to ABAC may take from the user what "Verify" needs to offer tags.
  const [first] = sources;
  if (upstream.roleAssignmentMode === 'LegacyRegistryPermissions' && first?.kind === 'repository') {
    void orUndefined(facts.tags(upstream, first.repository));
  }
}
