import * as l10n from '@vscode/l10n';
import type { Azure } from '../../../azure/azure.ts';
import { isCancelled } from '../../../azure/errors.ts';
import { explainFailure } from '../../engine/failureAdvice.ts';
import { abortLater } from '../../engine/graceSignal.ts';
import { ruleMark } from './planCleanUp.ts';
import { takeAway } from './takeAway.ts';
import type {
  CleanUpItem,
  CleanUpMemory,
  CleanUpPlan,
  CleanUpProgress,
  CleanUpResult,
  UnfinishedCleanUp,
} from './types.ts';

export interface ApplyCleanUpOptions {
  /** Cancel: nothing new is begun; a deletion under way is given half a minute to end. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CleanUpProgress) => void;
  readonly memory?: CleanUpMemory;
  /** Multiplies the waits, and the time a running deletion is given after a cancel; tests use less than 1. */
  readonly timeScale?: number;
}

const cancelGraceMs = 30_000;

/**
 * Takes away what is selected and offered, one after the other in the order of the plan, looking again before each whether
 * someone else needs it by now. Stops at the first failure. Never rejects. Run again, with what is remembered, it does the rest.
 */
export async function applyCleanUp(
  azure: Azure,
  plan: CleanUpPlan,
  selectedIds: ReadonlySet<string>,
  options: ApplyCleanUpOptions = {},
): Promise<CleanUpResult> {
  const cancel = options.signal ?? new AbortController().signal;
  const selected = plan.items.filter((item) => item.offered && selectedIds.has(item.id));
  const gone: string[] = [];
  const left = new Set(selected);
  const stays = plan.items.filter((item) => !selected.includes(item)).map(whyNotSelected);
  const emit = (item: CleanUpItem, state: CleanUpProgress['state'], message: string, error?: Error): void => {
    if (state === 'gone') gone.push(message);
    else if (state !== 'running') stays.push(message);
    options.onProgress?.({ itemId: item.id, state, message, ...(error ? { error } : {}) });
  };
  const remember = async (isUnderWay: boolean): Promise<void> => {
    if (selected.length > 0) await options.memory?.remember(whatToRemember(plan, selected, left), { isUnderWay });
  };
  await remember(true);

  const grace = abortLater(cancel, cancelGraceMs * (options.timeScale ?? 1));
  let outcome: CleanUpResult['outcome'] = 'complete';
  try {
    for (const item of selected) {
      if (outcome !== 'complete' || cancel.aborted) {
        if (outcome === 'complete') outcome = 'cancelled';
        emit(item, 'stays', l10n.t('Not begun: {0}', item.todo));
        continue;
      }
      emit(item, 'running', item.todo);
      try {
        const result = await takeAway(azure, plan, item, { signal: grace.signal, timeScale: options.timeScale });
        emit(item, result.gone ? 'gone' : 'stays', result.reason);
        if (result.gone) {
          left.delete(item);
          await remember(true);
        }
      } catch (error) {
        outcome = isCancelled(error) ? 'cancelled' : 'failed';
        const what = error instanceof Error ? explainFailure(error) : String(error);
        const known = l10n.t('Run the clean-up again to do the rest.');
        emit(item, 'failed', `${item.title}: ${what} ${known}`, error instanceof Error ? error : undefined);
      }
    }
  } finally {
    grace.dispose();
  }
  // What stays since it could not be checked may be taken away by a later run, to which nothing leads once the rule is gone.
  const isRuleGone = whatToRemember(plan, selected, left).mark === undefined;
  const isUnknown = isRuleGone && plan.items.some((item) => item.unknown !== undefined);
  if (outcome === 'complete' && left.size === 0 && !isUnknown) await options.memory?.forget(plan.ruleId);
  else await remember(false);
  return { outcome, gone, stays };
}

/** @param left what was selected and is not gone */
function whatToRemember(
  { ruleId, rule, link, target, principalId, items }: CleanUpPlan,
  selected: readonly CleanUpItem[],
  left: ReadonlySet<CleanUpItem>,
): UnfinishedCleanUp {
  const kept = items.filter((item) => item.offered && !selected.includes(item)).map(({ id }) => id);
  const chosen = [...left].map(({ id }) => id);
  const isRuleGone = selected.some((item) => item.kind === 'cacheRule' && !left.has(item));
  const mark = rule && !isRuleGone ? { mark: ruleMark(rule) } : {};
  const owner = principalId === undefined ? {} : { principalId };
  return { ruleId, ...(link ? { link } : {}), target, chosen, kept, ...mark, ...owner };
}

function whyNotSelected(item: CleanUpItem): string {
  const why = item.offered ? l10n.t('it was not selected.') : [...item.inUseBy, item.unknown ?? ''].join(' ').trim();
  return l10n.t('{0} stays: {1}', item.title, why);
}
