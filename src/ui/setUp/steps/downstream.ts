import * as vscode from 'vscode';
import type { Registry } from '../../../domain/types.ts';
import { sameArmId } from '../../../domain/armId.ts';
import { answerWith, frameOf, type Step } from '../context.ts';
import { chooseDownstream } from '../draft.ts';
import { pick } from '../../pages/pick.ts';
import { note } from '../../pages/lines.ts';
import { failureRows, registryRows, showInventory } from './registryRows.ts';

/** Which registry is to cache. */
export const askDownstream: Step = async ({ services, facts }, draft, position) => {
  let current: Registry | undefined;
  const answer = await pick<Registry>(frameOf(position, vscode.l10n.t('Downstream Registry')), {
    placeholder: vscode.l10n.t('Choose the registry that will cache and serve the images'),
    load: (show, signal) =>
      showInventory(
        services,
        (state) => {
          const registries = [...state.registries.values()].map(({ registry }) => registry);
          const empty = registries.length === 0 && state.freshness === 'current';
          show([
            ...(empty ? [note('info', vscode.l10n.t('There is no registry in the chosen subscriptions'))] : []),
            ...registryRows(registries, state.subscriptions),
            ...failureRows(state),
          ]);
        },
        signal,
      ),
    active: ({ id }) => sameArmId(id, draft.downstream?.id),
    // The list may be old: the wizard works with what ARM says now.
    accept: async ({ id }) => {
      current = await facts.registry(id);
      return undefined;
    },
  });
  return answerWith(answer, (listed) => chooseDownstream(draft, current ?? listed));
};
