import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { isAzureError } from '../../azure/errors.ts';
import { armIdName, cacheRuleArmId } from '../../domain/armId.ts';
import { applyPlan } from '../../provisioning/apply.ts';
import { requirementsOf } from '../../provisioning/graph.ts';
import { createJournal } from '../../provisioning/journal.ts';
import { makePlan } from '../../provisioning/plan.ts';
import type { ApplyResult, CacheLink, Plan, StepProgress } from '../../provisioning/types.ts';
import { showError } from '../shared/errors.ts';
import type { Services } from '../shared/services.ts';

/** Sentences of one kind in a message. */
const maxSentences = 4;

/**
 * Applies the plan with progress and Cancel, then tells what was done and what is left. Resolves when the work has ended;
 * the message, whose buttons verify, show or try again, stays.
 */
export async function applyWithProgress(services: Services, azure: Azure, plan: Plan): Promise<ApplyResult> {
  const { link } = plan;
  const journal = createJournal(services.storage.journal.fsPath);
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, cancellable: true, title: titleOf(link) },
    async (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return applyPlan(azure, plan, {
        signal: abort.signal,
        // Begins an entry and ends it; of a set-up that is not complete it stays, and is offered in the next window.
        journal,
        onProgress: reporter(services, link, progress),
      });
    },
  );
  await refreshInventory(services, link, result);
  // Not awaited: a message that stays open must not keep the command running.
  void tell(services, azure, link, result);
  return result;
}

function titleOf(link: CacheLink): string {
  const [first] = link.mappings;
  return link.mappings.length === 1 && first
    ? vscode.l10n.t('Setting up cache rule "{0}"', first.ruleName)
    : vscode.l10n.t('Setting up {0} cache rules', link.mappings.length);
}

/** Reports each step to the notification and to the log. */
function reporter(
  services: Services,
  link: CacheLink,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
): (step: StepProgress) => void {
  const titles = new Map(requirementsOf(link).map((requirement) => [requirement.id, requirement.describe().title]));
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

/** The tree shows the new rules, and the upstream's mode if it was switched. Failing that, its own Refresh remains. */
async function refreshInventory({ inventory, log }: Services, link: CacheLink, { steps }: ApplyResult): Promise<void> {
  const requirements = requirementsOf(link);
  const switched = requirements.some(
    ({ id, kind }) => kind === 'abacMode' && steps.some((step) => step.requirementId === id && step.state === 'done'),
  );
  try {
    if (switched) void inventory.refresh({ force: true }).catch(() => undefined);
    await inventory.loadRules(link.downstream.id, { force: true });
  } catch (error) {
    log.warn(`Reading the cache rules again: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function tell(services: Services, azure: Azure, link: CacheLink, result: ApplyResult): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  if (result.outcome === 'complete') {
    const [verify, showRule] = [vscode.l10n.t('Verify'), vscode.l10n.t('Show Rule')];
    const chosen = await vscode.window.showInformationMessage(completeText(link, result), verify, showRule);
    if (chosen === verify) await verifyRule(services, link, result);
    if (chosen === showRule) await revealRule(services, link, result);
    return;
  }
  const failure = result.steps.find(({ state }) => state === 'failed');
  const again = result.outcome === 'cancelled' ? vscode.l10n.t('Continue') : vscode.l10n.t('Try Again');
  // The service may demand a preview feature; registering it changes the subscription, so it needs a click of its own.
  const demandsFeature =
    !link.allowFeatureRegistration && isCode(failure?.error, 'CannotCreateCacheRuleWithManagedIdentity');
  const register = vscode.l10n.t('Register Feature and Try Again');
  const text = incompleteText(result, failure);
  const buttons = [...(demandsFeature ? [register] : [again]), showLog];
  const chosen =
    result.outcome === 'cancelled'
      ? await vscode.window.showWarningMessage(text, ...buttons)
      : await vscode.window.showErrorMessage(text, ...buttons);
  if (chosen === showLog) services.log.show();
  if (chosen === again) await applyAgain(services, azure, link);
  if (chosen === register) await applyAgain(services, azure, { ...link, allowFeatureRegistration: true });
}

function isCode(error: Error | undefined, code: string): boolean {
  return isAzureError(error) && error.code === code;
}

function completeText(link: CacheLink, result: ApplyResult): string {
  const { done } = result;
  const [first] = link.mappings;
  const summary =
    link.mappings.length === 1 && first
      ? vscode.l10n.t('Cache rule "{0}" is set up.', armIdName(ruleIdOf(link, first.ruleName, result)))
      : vscode.l10n.t('{0} cache rules are set up.', link.mappings.length);
  const changes = done.length === 0 ? vscode.l10n.t('Everything was in place already.') : shortened(done);
  return `${summary} ${changes} ${vscode.l10n.t('The first pull fetches an image and caches it.')}`;
}

/** The rule that serves the mapping: one of another name may have done so before. */
function ruleIdOf(link: CacheLink, ruleName: string, { steps }: ApplyResult): string {
  const step = steps.find(({ requirementId }) => requirementId === `cacheRule:${ruleName}`);
  return step?.resourceId ?? cacheRuleArmId(link.downstream.id, ruleName);
}

function incompleteText({ outcome, done, begun, left }: ApplyResult, failure: StepProgress | undefined): string {
  const start =
    outcome === 'cancelled'
      ? vscode.l10n.t('The set-up was cancelled.')
      : vscode.l10n.t('The set-up failed: {0}', failure?.message ?? '');
  return [
    start,
    done.length > 0 ? vscode.l10n.t('Done and kept: {0}', shortened(done)) : '',
    begun.length > 0 ? vscode.l10n.t('Begun, and Azure may still finish it: {0}', shortened(begun)) : '',
    done.length === 0 && begun.length === 0 ? vscode.l10n.t('Nothing was changed.') : '',
    left.length > 0 ? vscode.l10n.t('Left to do: {0}', shortened(left)) : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** A message has room for a few sentences; the log has all. */
function shortened(sentences: readonly string[]): string {
  const [shown, rest] = [sentences.slice(0, maxSentences), sentences.slice(maxSentences)];
  return rest.length === 0
    ? shown.join(' ')
    : `${shown.join(' ')} ${vscode.l10n.t('And {0} more: see the log.', rest.length)}`;
}

/** Inspects again, since time has passed, and does only what is left. */
async function applyAgain(services: Services, azure: Azure, link: CacheLink): Promise<void> {
  try {
    const plan = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Checking what is left to do') },
      () => makePlan(azure, link),
    );
    if (plan.canApply) {
      await applyWithProgress(services, azure, plan);
      return;
    }
    // Something stands in the way: the review says what.
    const { resumeSetUp } = await import('./resume.ts');
    await resumeSetUp(services, { link });
  } catch (error) {
    await showError(error, { doing: titleOf(link), log: services.log });
  }
}

async function verifyRule(services: Services, link: CacheLink, result: ApplyResult): Promise<void> {
  const ruleName = await chooseRule(link, vscode.l10n.t('Choose the rule to verify'));
  if (ruleName === undefined) return;
  const { runVerify } = await import('../verify/verify.ts');
  try {
    await runVerify(services, { ruleId: ruleIdOf(link, ruleName, result) });
  } catch (error) {
    await showError(error, { doing: vscode.l10n.t('Verifying cache rule "{0}"', ruleName), log: services.log });
  }
}

async function revealRule({ tree }: Services, link: CacheLink, result: ApplyResult): Promise<void> {
  const [first] = link.mappings;
  if (first) await tree.reveal(link.downstream.id, ruleIdOf(link, first.ruleName, result));
}

async function chooseRule(link: CacheLink, placeHolder: string): Promise<string | undefined> {
  const names = link.mappings.map(({ ruleName }) => ruleName);
  return names.length === 1 ? names[0] : vscode.window.showQuickPick(names, { placeHolder });
}
