import * as vscode from 'vscode';
import { armIdKey, sameArmId } from '../../../domain/armId.ts';
import type { Registry } from '../../../domain/types.ts';
import type { Services } from '../../services/services.ts';
import { frameOf } from '../../setUp/context.ts';
import type { Position } from '../../pages/flow.ts';
import { pick } from '../../pages/pick.ts';
import type { Answer } from '../../pages/quickInput.ts';
import { noticeOf, registryRows } from '../../setUp/steps/registryRows.ts';

/**
 * Which registry the workspace is to pull through; those whose rules serve most of it are marked. Gives its id.
 * @param served of `references` how many each registry serves, by `countServed`
 */
export async function askDownstream(
  { inventory }: Services,
  { served, references }: { readonly served: ReadonlyMap<string, number>; readonly references: number },
  position: Position,
  current: string | undefined,
): Promise<Answer<string>> {
  const countOf = ({ id }: Registry): number => served.get(armIdKey(id)) ?? 0;
  const { state } = inventory;
  const registries = [...state.registries.values()].map(({ registry }) => registry);
  const best = registries.reduce<Registry | undefined>(
    (most, one) => (countOf(one) > (most ? countOf(most) : 0) ? one : most),
    undefined,
  );
  const answer = await pick<Registry>(frameOf(position, vscode.l10n.t('Downstream Registry')), {
    placeholder: vscode.l10n.t('Choose the registry to pull through'),
    load: (show) =>
      show(
        registryRows(registries, state.subscriptions).map((row) =>
          row.value && countOf(row.value) > 0
            ? {
                ...row,
                description: [
                  row.description,
                  vscode.l10n.t('serves {0} of {1} references', countOf(row.value), references),
                ].join(' · '),
              }
            : row,
        ),
        noticeOf(state),
      ),
    active: ({ id }) => sameArmId(id, current ?? best?.id),
  });
  return answer.kind === 'value' ? { kind: 'value', value: answer.value.id } : answer;
}
