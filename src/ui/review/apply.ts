import * as vscode from 'vscode';
import { asError } from '../../common/asError.ts';
import { shownLine } from '../../common/shown.ts';
import type { Azure } from '../../azure/azure.ts';
import { isAzureError } from '../../azure/errors.ts';
import { applyPlan } from '../../provisioning/engine/apply.ts';
import { createJournal } from '../../provisioning/engine/journal.ts';
import type { Key } from '../../provisioning/engine/memo.ts';
import type { ApplyResult, Plan, StepProgress } from '../../provisioning/types.ts';
import { runCommand, showError } from '../shared/errors.ts';
import type { Services } from '../services/services.ts';
import type { Change } from './change.ts';
import {
  showErrorMessage,
  showInformationMessage,
  showWarningMessage,
  withProgress,
  type Progress,
} from '../shared/messages.ts';
import { documentScheme } from '../documents/documents.ts';
import { whileOpening } from '../pages/opening.ts';
import { withCancel } from '../shared/withCancel.ts';
import { resultMarkdown } from './planDocument.ts';
import { reviewChange } from './review.ts';

/**
 * Shows what a change would do as a page of its own, and does it when the user says so.
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws CancellationError if signing in is declined
 */
export async function reviewAndApply(services: Services, change: Change): Promise<ApplyResult | undefined> {
  const azure = await whileOpening(services, change.texts.page, (found) => found);
  const answer = await reviewChange(services, azure, change, { canGoBack: false });
  if (answer.kind !== 'apply') return undefined;
  return applyWithProgress(services, azure, answer.change, answer.plan);
}

/**
 * Applies the plan of a change with progress and Cancel, then tells what was done and what is left. Resolves when the work has
 * ended; the message, whose buttons are the change's offers or try again, stays.
 */
export async function applyWithProgress(
  services: Services,
  azure: Azure,
  change: Change,
  plan: Plan,
): Promise<ApplyResult> {
  const result = await withCancel(change.texts.activity, (progress, signal) =>
    applyPlan(azure, plan, {
      signal,
      // Of what is not complete an entry stays, and is offered in the next window.
      journal: createJournal(services.storage.journal.fsPath),
      onProgress: reporter(services, plan, progress),
    }),
  );
  await refreshInventory(services, plan, result);
  if (result.outcome === 'complete') change.onComplete?.(services, result);
  // Not awaited: a message that stays open must not keep the command running.
  void reportOutcome(services, azure, change, plan, result);
  return result;
}

/** Reports each step to the notification and to the log. */
function reporter(services: Services, plan: Plan, progress: Progress): (step: StepProgress) => void {
  const titles = new Map(plan.steps.map(({ requirement }) => [requirement.id, requirement.describe().title]));
  const states = new Map<string, StepProgress['state']>();
  return (step) => {
    const title = titles.get(step.requirementId) ?? step.requirementId;
    const before = states.get(step.requirementId);
    states.set(step.requirementId, step.state);
    const ended = isEnded(step.state) && !(before && isEnded(before));
    const endedCount = [...states.values()].filter(isEnded).length;
    progress.report({
      message: vscode.l10n.t('({0} of {1}) {2}', endedCount, titles.size, step.message || title),
      increment: ended ? 100 / Math.max(1, titles.size) : undefined,
    });
    const line = `${title}: ${step.state}${step.message ? `: ${step.message}` : ''}`;
    if (step.state === 'failed') services.log.error(line);
    else services.log.info(line);
  };
}

function isEnded(state: StepProgress['state']): boolean {
  return state !== 'waiting' && state !== 'running';
}

/** The tree shows the rules as they are now, and the registries if one was changed. Failing that, its own Refresh remains. */
async function refreshInventory({ inventory, log }: Services, plan: Plan, { steps }: ApplyResult): Promise<void> {
  const done = new Set(steps.filter(({ state }) => state === 'done').map(({ requirementId }) => requirementId));
  const written = plan.steps.filter(({ requirement }) => done.has(requirement.id));
  const isChanged = keysOf(written).some(({ kind }) => kind === 'registry');
  if (isChanged) void inventory.refresh({ force: true }).catch(() => undefined);
  const registries = new Set(keysOf(plan.steps).flatMap(({ kind, id }) => (kind === 'rules' && id ? [id] : [])));
  for (const id of registries) {
    try {
      await inventory.loadRules(id, { force: true });
    } catch (error) {
      log.warn(`Reading the cache rules again: ${asError(error).message}`);
    }
  }
}

function keysOf(steps: Plan['steps']): Key[] {
  return steps.flatMap(({ requirement }) => requirement.writes);
}

/** One sentence and what may follow from it; the document of the outcome says what became of each step. */
async function reportOutcome(
  services: Services,
  azure: Azure,
  change: Change,
  plan: Plan,
  result: ApplyResult,
): Promise<void> {
  const details = vscode.l10n.t('Show Details');
  const text = outcomeText(change, plan, result);
  const showDetails = change.showDetails ?? showResult(change);
  if (result.outcome === 'complete') {
    const isNothingDone = result.kept.length > 0 && result.done.length === 0;
    const titles = [...change.offers.map(({ title }) => title), ...(change.showDetails ? [details] : [])];
    const chosen = isNothingDone
      ? await showWarningMessage(text, ...titles)
      : await showInformationMessage(text, ...titles);
    const offer = change.offers.find(({ title }) => title === chosen);
    if (offer) await runCommand(offer.title, services.log, () => offer.run(services, result));
    if (chosen === details) await showDetails(services, plan, result);
    return;
  }
  const failure = result.steps.find(({ state }) => state === 'failed');
  const again = result.outcome === 'cancelled' ? vscode.l10n.t('Continue') : vscode.l10n.t('Try Again');
  // The service may demand a preview feature; registering it changes the subscription, so it needs a click of its own.
  const withFeature =
    change.setUp?.link.allowFeatureRegistration !== true &&
    isCode(failure?.error, 'CannotCreateCacheRuleWithManagedIdentity')
      ? change.setUp?.withFeature()
      : undefined;
  const register = vscode.l10n.t('Register Feature and Try Again');
  const buttons = [withFeature ? register : again, details];
  const chosen =
    result.outcome === 'cancelled'
      ? await showWarningMessage(text, ...buttons)
      : await showErrorMessage(text, ...buttons);
  if (chosen === details) await showDetails(services, plan, result);
  if (chosen === again) await applyAgain(services, azure, change, isCode(failure?.error, 'ChangedSinceReview'));
  if (chosen === register && withFeature) await applyAgain(services, azure, withFeature);
}

function isCode(error: Error | undefined, code: string): boolean {
  return isAzureError(error) && error.code === code;
}

/** Longest reason of a failure in a message; the details have it whole. */
const maxReason = 160;

function outcomeText({ texts }: Change, plan: Plan, result: ApplyResult): string {
  const { outcome, steps } = result;
  const own = texts.outcome?.(plan, result);
  if (own !== undefined) return own;
  if (outcome === 'complete') return typeof texts.complete === 'string' ? texts.complete : texts.complete(result);
  const reason = shownLine(steps.find(({ state }) => state === 'failed')?.message ?? '', maxReason);
  const count = countText(result);
  return outcome === 'cancelled' ? `${texts.cancelled} ${count}` : texts.failed(reason || count);
}

/** How far it came. */
function countText({ steps, done, begun }: ApplyResult): string {
  if (begun.length > 0) {
    return vscode.l10n.t('{0} of {1} steps are done; Azure may still complete one more.', done.length, steps.length);
  }
  return done.length === 0
    ? vscode.l10n.t('Nothing was changed.')
    : vscode.l10n.t('{0} of {1} steps are done.', done.length, steps.length);
}

/** The outcome as a document. */
function showResult({ texts }: Change): NonNullable<Change['showDetails']> {
  return async ({ documents }, plan, result) => {
    const uri = vscode.Uri.from({ scheme: documentScheme, path: `/${vscode.l10n.t('Outcome')}.md` });
    await documents.showReport(uri, resultMarkdown(texts.page, countText(result), plan, result));
  };
}

/** Inspects again, since time has passed, and does only what is left; what nobody has reviewed is reviewed first. */
async function applyAgain(services: Services, azure: Azure, change: Change, isOther = false): Promise<void> {
  try {
    const progress = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Checking the remaining steps'),
    };
    const isReviewed = !change.choose && !isOther;
    const plan = isReviewed ? await withProgress(progress, () => change.plan(azure, {})) : undefined;
    // If something stands in the way, the review says what.
    if (plan?.canApply) await applyWithProgress(services, azure, change, plan);
    else await reviewAndApply(services, change);
  } catch (error) {
    await showError(error, { activity: change.texts.activity, log: services.log });
  }
}
