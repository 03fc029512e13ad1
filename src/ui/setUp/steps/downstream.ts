import * as vscode from 'vscode';
import type { Registry } from '../../../domain/types.ts';
import { sameArmId } from '../../../domain/armId.ts';
import { answerWith, frameOf, type Step } from '../context.ts';
import { chooseDownstream, type Draft } from '../draft.ts';
import { pick } from '../../pages/pick.ts';
import { continueDraft } from '../found.ts';
import { leftRow, noticeOf, registryRows, showInventory } from './registryRows.ts';

/** Which registry is to cache. */
export const askDownstream: Step = async (context, draft, position) => {
  const { services, facts } = context;
  const left = context.left?.();
  let current: Registry | undefined;
  let continued: Draft | undefined;
  const answer = await pick<Registry | 'left'>(frameOf(position, vscode.l10n.t('Downstream Registry')), {
    placeholder: vscode.l10n.t('Choose the registry that will cache and serve the images'),
    load: (show, signal) =>
      showInventory(
        services,
        (state) => {
          const registries = [...state.registries.values()].map(({ registry }) => registry);
          const isEmpty = registries.length === 0 && state.freshness === 'current';
          show(
            [
              ...(left ? [leftRow<Registry | 'left'>(left, 'left')] : []),
              ...registryRows(registries, state.subscriptions),
            ],
            isEmpty ? vscode.l10n.t('The selected subscriptions have no container registry.') : noticeOf(state),
          );
        },
        signal,
      ),
    active: (choice) => choice !== 'left' && sameArmId(choice.id, draft.downstream?.id),
    // The list may be old: what follows works with what ARM says now.
    accept: async (choice) => {
      if (choice !== 'left') current = await facts.registry(choice.id);
      else if (left) continued = await continueDraft(facts, left);
      return undefined;
    },
  });
  if (continued) return { kind: 'next', state: continued, isWhole: true };
  return answerWith(answer, (listed) => chooseDownstream(draft, current ?? (listed as Registry)));
};
