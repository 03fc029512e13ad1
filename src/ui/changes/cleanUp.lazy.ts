import * as vscode from 'vscode';
import { codeSpan, escapeMarkdown, list } from '../../common/markdown.ts';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import { cleanUpPlan, withChoice, type CleanUpPlan } from '../../provisioning/changes/cleanUp.ts';
import { subjectOf } from '../../provisioning/requirements/absence.ts';
import type { ApplyResult, Plan } from '../../provisioning/types.ts';
import { reviewAndApply } from '../review/apply.ts';
import type { Services } from '../services/services.ts';
import { documentScheme } from '../shared/documents.ts';
import { showWarningMessage } from '../shared/messages.ts';
import { unfinishedCleanUps } from './unfinishedCleanUps.lazy.ts';

/** Sentences of one kind in a message. */
const maxSentences = 3;

/**
 * "Clean Up…": dry run, choice, confirmation, deletion, and a list of what is gone and what stays. Resolves when the work has
 * ended; the message stays.
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws AzureError when the rule cannot be read; CancellationError
 */
export function cleanUp(services: Services, ruleId: string): Promise<ApplyResult | undefined> {
  const name = armIdName(ruleId);
  const start = vscode.l10n.t('Clean Up');
  let last: CleanUpPlan | undefined;
  return reviewAndApply(services, {
    requirements: [],
    offers: [],
    texts: {
      page: vscode.l10n.t('Clean Up {0}', name),
      start,
      blocked: vscode.l10n.t('There is nothing that can be cleaned up'),
      activity: vscode.l10n.t('Cleaning up {0}', name),
      complete: '',
      cancelled: '',
      failed: (reason) => reason,
      outcome: (plan, result) =>
        plan.steps.length === 0
          ? vscode.l10n.t('Nothing is left of the cache rule {0}.', name)
          : messageOf(plan, result),
    },
    async plan(azure, { signal }) {
      const unfinished = (await unfinishedCleanUps(services)).find((one) => sameArmId(one.ruleId, ruleId));
      // Another window may have ended it meanwhile: then it is said that nothing is left.
      const begun = unfinished ?? (last && { ...last.purpose, chosen: [], kept: [] });
      last = await cleanUpPlan(azure, ruleId, { signal, begun });
      return last;
    },
    choose: withChoice,
    async confirm(plan) {
      if (plan.steps.length === 0) return true;
      const question = vscode.l10n.t('Clean up the cache rule {0}?', name);
      return (await showWarningMessage(question, { modal: true, detail: confirmationText(plan) }, start)) === start;
    },
    async showDetails({ documents }, plan, result) {
      const now = { date: new Date(), language: vscode.env.language };
      const path = `/${vscode.l10n.t('Clean-up of {0}', name)}.md`;
      const uri = vscode.Uri.from({ scheme: documentScheme, path });
      await documents.showReport(uri, cleanUpReport(ruleId, plan, result, now));
    },
  });
}

/** What a modal confirmation says: every deletion that follows, and what stays. */
export function confirmationText({ steps }: Plan): string {
  const going = steps.filter(({ inspection, isLeftOut }) => inspection.verdict === 'missing' && !isLeftOut);
  const staying = steps.filter((step) => !going.includes(step));
  return [
    ...going.map(({ requirement }) => `• ${requirement.describe().title}`),
    ...(staying.length > 0 ? ['', vscode.l10n.t('These stay:')] : []),
    ...staying.map(({ requirement }) => `• ${subjectOf(requirement)}`),
    '',
    vscode.l10n.t('Nothing of it can be restored from here.'),
  ].join('\n');
}

/** One sentence each, in the order of the plan. */
function fatesOf({ steps }: Plan, result: ApplyResult): { readonly gone: string[]; readonly stays: string[] } {
  const [gone, stays]: [string[], string[]] = [[], []];
  for (const { requirementId, state, message } of result.steps) {
    const planned = steps.find(({ requirement: { id } }) => id === requirementId)?.requirement.describe();
    const { title = '', done = '', subject = title } = planned ?? {};
    if (state === 'done') gone.push(done);
    else if (state === 'alreadyDone') gone.push(message);
    else if (state === 'kept') stays.push(vscode.l10n.t('{0} is kept: {1}', subject, message));
    else if (state === 'failed')
      stays.push(`${subject}: ${message} ${vscode.l10n.t('Run the clean-up again to do the rest.')}`);
    else stays.push(state === 'skipped' ? vscode.l10n.t('Not started: {0}', title) : message);
  }
  return { gone, stays };
}

/** What is gone, what Azure may still finish, and what stays. */
export function messageOf(plan: Plan, result: ApplyResult): string {
  const { gone, stays } = fatesOf(plan, result);
  const { outcome, begun } = result;
  return [
    outcomeInWords(outcome),
    gone.length > 0 ? vscode.l10n.t('Gone: {0}', shortened(gone)) : '',
    begun.length > 0 ? vscode.l10n.t('Started, not confirmed: {0}', shortened(begun)) : '',
    gone.length + begun.length === 0 ? vscode.l10n.t('Nothing was deleted.') : '',
    stays.length > 0 ? vscode.l10n.t('Stays: {0}', shortened(stays)) : '',
  ]
    .filter(Boolean)
    .join(' ');
}

function shortened(sentences: readonly string[]): string {
  const rest = sentences.length - maxSentences;
  const shown = sentences.slice(0, maxSentences).join(' ');
  return rest > 0 ? `${shown} ${vscode.l10n.t('And {0} more: see the details.', rest)}` : shown;
}

function outcomeInWords(outcome: ApplyResult['outcome']): string {
  switch (outcome) {
    case 'complete':
      return vscode.l10n.t('The clean-up is complete.');
    case 'failed':
      return vscode.l10n.t('The clean-up stopped at a failure. Run it again to do the rest.');
    case 'cancelled':
      return vscode.l10n.t('The clean-up was cancelled. Run it again to do the rest.');
  }
}

/** The list of what is gone and what stays, as Markdown. Texts of Azure are shown as they are, never as markup. */
export function cleanUpReport(
  ruleId: string,
  plan: Plan,
  result: ApplyResult,
  now: { readonly date: Date; readonly language: string },
): string {
  const { gone, stays } = fatesOf(plan, result);
  const section = (title: string, sentences: readonly string[]): string[] => [
    `## ${title}`,
    '',
    sentences.length === 0 ? vscode.l10n.t('Nothing.') : list(sentences.map((sentence) => escapeMarkdown(sentence))),
    '',
  ];
  return [
    `# ${vscode.l10n.t('Clean-up of {0}', escapeMarkdown(armIdName(ruleId)))}`,
    '',
    codeSpan(ruleId),
    '',
    `${now.date.toLocaleString(now.language)}: ${outcomeInWords(result.outcome)}`,
    '',
    ...section(vscode.l10n.t('Gone'), gone),
    ...section(vscode.l10n.t('Stays'), stays),
  ].join('\n');
}
