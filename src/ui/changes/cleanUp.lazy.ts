import * as vscode from 'vscode';
import { armIdName, parentArmId, sameArmId } from '../../domain/armId.ts';
import { shownLine } from '../../common/shown.ts';
import { cleanUpPlan, withChoice, type CleanUpPlan } from '../../provisioning/changes/cleanUp.ts';
import { subjectOf } from '../../provisioning/requirements/absence/absence.ts';
import type { ApplyResult, Plan } from '../../provisioning/types.ts';
import { showBeside } from '../pages/leftPage.ts';
import { reviewAndApply } from '../review/apply.ts';
import { whyLeftOut } from '../review/chooseSteps.ts';
import type { Services } from '../services/services.ts';
import { documentScheme } from '../documents/documents.ts';
import { showWarningMessage } from '../shared/messages.ts';
import { cleanUpPlanDocument, cleanUpReport } from './cleanUpDocuments.lazy.ts';
import { unfinishedCleanUps } from './unfinishedCleanUps.lazy.ts';

/**
 * "Delete Cache Rule…": finds the rule and whatever only it needs, lets the user choose, asks once more, deletes, and says what became
 * of each. Resolves when the work has ended; the message stays.
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws AzureError when the rule cannot be read; CancellationError
 */
export async function cleanUp(services: Services, ruleId: string): Promise<ApplyResult | undefined> {
  const { documents } = services;
  const name = armIdName(ruleId);
  const start = vscode.l10n.t('Delete');
  /** Of the plan, then of what became of it. Rules of one name may be in several registries. */
  const path = `/${armIdName(parentArmId(ruleId) ?? '')}/${vscode.l10n.t('Deletion of {0}', name)}.md`;
  const document = vscode.Uri.from({ scheme: documentScheme, path });
  const reportOf = (plan: Plan, result: ApplyResult) =>
    cleanUpReport(ruleId, plan, result, { date: new Date(), language: vscode.env.language });
  let last: CleanUpPlan | undefined;
  let confirmed: Plan | undefined;
  const result = await reviewAndApply(services, {
    offers: [],
    texts: {
      page: vscode.l10n.t('Delete Cache Rule {0}', name),
      start,
      blocked: vscode.l10n.t('Nothing can be deleted.'),
      activity: vscode.l10n.t('Deleting cache rule {0}', name),
      complete: '',
      cancelled: '',
      failed: (reason) => reason,
      outcome: (plan, result) => messageOf(name, plan, result),
    },
    async plan(azure, { signal }) {
      const unfinished = (await unfinishedCleanUps(services)).find((one) => sameArmId(one.ruleId, ruleId));
      // Another window may have ended it meanwhile: then it is said that nothing is left.
      const begun = unfinished ?? (last && { ...last.purpose, chosen: [], kept: [] });
      last = await cleanUpPlan(azure, ruleId, { signal, begun });
      return last;
    },
    choose: withChoice,
    showPlan: (plan) => showBeside(documents, document, cleanUpPlanDocument(ruleId, plan)),
    async confirm(plan) {
      confirmed = plan;
      if (plan.steps.length === 0) return true;
      const question = vscode.l10n.t('Delete cache rule {0}?', name);
      return (await showWarningMessage(question, { modal: true, detail: confirmationText(plan) }, start)) === start;
    },
    showDetails: (_, plan, ended) => documents.showReport(document, reportOf(plan, ended)),
  });
  if (result && confirmed) documents.update(document, reportOf(confirmed, result));
  return result;
}

/** Lines of a list in a modal message, and characters of one: VS Code shows it whole, so it has to end on the screen. */
const maxGoing = 15;
const maxStaying = 8;
const maxLine = 160;

/** What a modal confirmation says: every deletion that follows, and what is kept; of many the first, and how many more there are. */
export function confirmationText({ steps }: Plan): string {
  const going = steps.filter(({ inspection, isLeftOut }) => inspection.verdict === 'missing' && !isLeftOut);
  const staying = steps.filter((step) => !going.includes(step));
  const warnings = going.flatMap(({ because }) => (because === 'lastTrace' ? [whyLeftOut(because)] : []));
  return [
    ...firstLines(
      going.map(({ requirement }) => {
        const { title, todo } = requirement.describe();
        return `${title}: ${todo}`;
      }),
      maxGoing,
    ),
    ...(staying.length > 0 ? ['', vscode.l10n.t('Kept:')] : []),
    ...firstLines(
      staying.map(({ requirement }) => subjectOf(requirement)),
      maxStaying,
    ),
    '',
    ...warnings,
    vscode.l10n.t('This cannot be undone.'),
  ].join('\n');
}

function firstLines(lines: readonly string[], limit: number): string[] {
  const first = lines.slice(0, limit).map((line) => `• ${shownLine(line, maxLine)}`);
  const more = lines.length - first.length;
  return more > 0 ? [...first, `• ${vscode.l10n.t('{0} more: see the plan', more)}`] : first;
}

/** One sentence: how it ended, and how much of what was chosen is gone. */
export function messageOf(name: string, { steps }: Plan, { outcome, begun, steps: ended }: ApplyResult): string {
  if (steps.length === 0) return vscode.l10n.t('Nothing of cache rule {0} is left.', name);
  const chosen = steps.filter(({ inspection, isLeftOut }) => inspection.verdict === 'missing' && !isLeftOut).length;
  const gone = ended.filter(({ state }) => state === 'done' || state === 'alreadyDone').length;
  const kept = steps.length - gone;
  switch (outcome) {
    case 'complete':
      return kept === 0
        ? vscode.l10n.t('Cache rule {0} and everything that belonged to it were deleted.', name)
        : vscode.l10n.t('Cache rule {0}: {1} deleted, {2} kept.', name, gone, kept);
    case 'failed':
      return vscode.l10n.t('Deleting cache rule {0} failed: {1} of {2} deleted.', name, gone, chosen);
    case 'cancelled':
      return begun.length === 0
        ? vscode.l10n.t('Deleting cache rule {0} was cancelled: {1} of {2} deleted.', name, gone, chosen)
        : vscode.l10n.t(
            'Deleting cache rule {0} was cancelled: {1} of {2} deleted, {3} started.',
            name,
            gone,
            chosen,
            begun.length,
          );
  }
}
