import * as l10n from '@vscode/l10n';
import { codeSpan, commandLink, escapeMarkdown, list } from '../../common/markdown.ts';
import { armIdName, parentArmId } from '../../domain/armId.ts';
import { formatImageReference } from '../../domain/imageReference.ts';
import type { PullExplanation } from '../verification/explainPullText.ts';

/** Why a pull failed, as Markdown: the cause, what to do, and links that do it. What the text brought is escaped. */
export function explanationMarkdown(explanation: PullExplanation): string {
  const { problem, image } = explanation;
  const title = image
    ? l10n.t('Why {0} could not be pulled', escapeMarkdown(formatImageReference(image)))
    : l10n.t('Why the image could not be pulled');
  const mayPass = l10n.t('This may resolve by itself. Pull again in a few minutes.');
  const facts = factsOf(explanation);
  const parts = [
    `# ${title}`,
    links(explanation),
    `**${l10n.t('Cause:')}** ${escapeMarkdown(problem.reason)}`,
    `**${l10n.t('What to do:')}** ${escapeMarkdown(problem.next)}`,
    ...(problem.mayPass ? [escapeMarkdown(mayPass)] : []),
    ...(facts.length > 0 ? [`## ${l10n.t('Found in the text')}`, list(facts)] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function links({ ruleId, image }: PullExplanation): string {
  if (ruleId === undefined) return commandLink('acrCache.diagnoseRule', {}, l10n.t('Diagnose a Rule…'));
  const tag = image?.tag;
  return [
    commandLink(
      'acrCache.diagnoseRule',
      { ruleId, ...(tag !== undefined && { tag }) },
      l10n.t('Diagnose and Repair {0}', armIdName(ruleId)),
    ),
    commandLink('acrCache.openRule', { ruleId }, l10n.t('Open Rule')),
  ].join(' · ');
}

function factsOf({ problem, image, ruleId, source, correlationId }: PullExplanation): string[] {
  const from = source ?? problem.source;
  const id = correlationId ?? problem.correlationId;
  return [
    ...(image ? [l10n.t('Image: {0}', codeSpan(formatImageReference(image)))] : []),
    ...ruleFacts(ruleId, problem.ruleName),
    ...(from === undefined ? [] : [l10n.t('Source: {0}', codeSpan(from))]),
    ...(id === undefined ? [] : [l10n.t('Correlation ID for Microsoft support: {0}', codeSpan(id))]),
  ];
}

function ruleFacts(ruleId: string | undefined, ruleName: string | undefined): string[] {
  if (ruleId !== undefined) {
    const registry = codeSpan(armIdName(parentArmId(ruleId) ?? ''));
    return [l10n.t('Cache rule: {0} of {1}', codeSpan(armIdName(ruleId)), registry)];
  }
  return ruleName === undefined
    ? []
    : [l10n.t('Cache rule: {0}, which is not in a registry you can see', codeSpan(ruleName))];
}
