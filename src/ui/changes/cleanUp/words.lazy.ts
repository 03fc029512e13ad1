import * as l10n from '@vscode/l10n';
import { armIdName } from '../../../domain/armId.ts';
import type { CleanUpItem, CleanUpPlan, CleanUpResult } from '../../../provisioning/changes/cleanUp/types.ts';
import { codeSpan, escapeMarkdown, list } from '../../../common/markdown.ts';

/** Bytes as people say them, in decimal units as registries count: `999 B`, `1.5 MB`. */
export function sizeInWords(bytes: number, language: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  // 999.95 would be shown as 1,000.0.
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toLocaleString(language, { maximumFractionDigits: unit === 0 ? 0 : 1 })} ${units[unit]}`;
}

/** Why an item is not offered: who uses it, or why that cannot be known. Empty for one that is offered. */
export function whyItStays({ offered, inUseBy, unknown }: CleanUpItem): string {
  if (offered) return '';
  return [...inUseBy, unknown ?? ''].filter(Boolean).join(' ');
}

/** What a modal confirmation says: every deletion that follows, and what stays. */
export function confirmationText(plan: CleanUpPlan, selected: ReadonlySet<string>): string {
  const doing = plan.items.filter((item) => item.offered && selected.has(item.id));
  const staying = plan.items.filter((item) => !doing.includes(item));
  return [
    // Of an assignment only a part may go, which is said without naming it.
    ...doing.map(({ kind, title, todo }) => (kind === 'roleAssignment' ? `• ${title}: ${todo}` : `• ${todo}`)),
    ...(staying.length > 0 ? ['', l10n.t('These stay:'), ...staying.map(({ title }) => `• ${title}`)] : []),
    '',
    l10n.t('Nothing of it can be restored from here.'),
  ].join('\n');
}

/** The list of what is gone and what stays, as Markdown. Texts of Azure are shown as they are, never as markup. */
export function cleanUpReport(
  ruleId: string,
  { outcome, gone, stays }: CleanUpResult,
  now: { readonly date: Date; readonly language: string },
): string {
  const section = (title: string, sentences: readonly string[]): string[] => [
    `## ${title}`,
    '',
    sentences.length === 0 ? l10n.t('Nothing.') : list(sentences.map((sentence) => escapeMarkdown(sentence))),
    '',
  ];
  return [
    `# ${l10n.t('Clean-up of {0}', escapeMarkdown(armIdName(ruleId)))}`,
    '',
    codeSpan(ruleId),
    '',
    `${now.date.toLocaleString(now.language)}: ${outcomeInWords(outcome)}`,
    '',
    ...section(l10n.t('Gone'), gone),
    ...section(l10n.t('Stays'), stays),
  ].join('\n');
}

export function outcomeInWords(outcome: CleanUpResult['outcome']): string {
  switch (outcome) {
    case 'complete':
      return l10n.t('The clean-up is complete.');
    case 'failed':
      return l10n.t('The clean-up stopped at a failure. Run it again to do the rest.');
    case 'cancelled':
      return l10n.t('The clean-up was cancelled. Run it again to do the rest.');
  }
}
