import * as vscode from 'vscode';
import type { Registry, RepositoryPattern } from '../../../domain/types.ts';
import { askText } from '../../pages/askText.ts';
import type { Position, StepAnswer } from '../../pages/flow.ts';
import { answerWith, frameOf } from '../context.ts';
import { choosePrefix, type Draft, nameTarget, sourceKey, targetTextOf } from '../draft.ts';
import { checkPrefix, checkTarget, normalizePrefix, previewMapping, type Surroundings } from '../mapping.ts';

/** The name of one repository in the downstream, with a preview of what a pull of it fetches. */
export async function askTarget(
  draft: Draft,
  surroundings: Surroundings,
  source: RepositoryPattern,
  position: Position,
): Promise<StepAnswer<Draft>> {
  const { downstream, upstream } = draft as { downstream: Registry; upstream: Registry };
  let typed = draft;
  const answer = await askText(frameOf(position, vscode.l10n.t('Target Name for {0}', sourceKey(source))), {
    value: targetTextOf(draft, source),
    placeholder: sourceKey(source),
    prompt: (text) => previewMapping(downstream, upstream, source, text || sourceKey(source)),
    check: (text) => checkTarget(draft, source, text, surroundings),
    typed: (text) => {
      typed = nameTarget(draft, source, text);
    },
  });
  return answerWith(answer, (text) => nameTarget(draft, source, text), typed);
}

/** One prefix for all names in the downstream. */
export async function askPrefix(
  draft: Draft,
  surroundings: Surroundings,
  position: Position,
): Promise<StepAnswer<Draft>> {
  const { downstream, upstream } = draft as { downstream: Registry; upstream: Registry };
  const [example] = draft.sources;
  const answer = await askText(frameOf(position, vscode.l10n.t('Common Prefix of the Target Names')), {
    value: draft.targetPrefix,
    placeholder: vscode.l10n.t('cache'),
    prompt: (text) => {
      const prefixed = choosePrefix(draft, normalizePrefix(text));
      return example ? previewMapping(downstream, upstream, example, targetTextOf(prefixed, example)) : '';
    },
    check: (text) => checkPrefix(draft, text, surroundings),
  });
  return answerWith(answer, (text) => choosePrefix(draft, normalizePrefix(text)));
}
