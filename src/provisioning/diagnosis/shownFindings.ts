import * as l10n from '@vscode/l10n';
import { commandLink, escapeMarkdown } from '../../common/markdown.ts';
import { armIdName } from '../../domain/armId.ts';
import type { RuleKnowledge } from '../../domain/ruleVerdict.ts';
import { type CheckResult, isFinding, verdictMark, worstFirst } from '../checks/check.ts';
import { titleOf } from '../checks/repairs.ts';
import type { CheckVerdict } from '../types.ts';

/** What "Repair Cache Rule…" is given: one finding, also in all rules that share it; all that pulls fail from, of a rule or registry. */
type RepairArgument =
  | { readonly ruleId: string; readonly check: string; readonly all?: true }
  | { readonly ruleId: string; readonly all: true }
  | { readonly registryId: string };

export function repairLink(argument: RepairArgument, label: string): string {
  return commandLink('acrCache.repairRule', argument, label);
}

/** What a check of a rule did not pass by, as it is shown. */
interface ShownFinding extends Pick<CheckResult, 'title' | 'reason' | 'next'> {
  readonly ruleId: string;
  readonly check: string;
  readonly verdict: CheckVerdict;
  /** What its repair does. */
  readonly repair: string | undefined;
}

export function findingsOf({
  ruleId,
  checks,
}: {
  readonly ruleId: string;
  readonly checks: readonly CheckResult[];
}): ShownFinding[] {
  return checks.filter(isFinding).map(({ id, title, verdict, reason, next, repair }) => ({
    ...{ ruleId, check: id, title, verdict, reason, next },
    repair: repair && repairLabel(verdict, titleOf(repair)),
  }));
}

/** What lets more be checked repairs nothing. */
function repairLabel(verdict: CheckVerdict, title: string): string {
  const label = title.replace(/\.$/, '');
  return verdict === 'unknown' ? label : l10n.t('Repair: {0}', label);
}

/** What is remembered of an earlier session, whose repairs are found by diagnosing again. */
export function rememberedFindings(ruleId: string, { checkup }: RuleKnowledge): ShownFinding[] {
  return (checkup?.findings ?? []).map(({ check, title, verdict, reason, hasRepair }) => ({
    ...{ ruleId, check, title, verdict, reason },
    repair: hasRepair ? l10n.t('Repair…') : undefined,
  }));
}

/** Findings as Markdown, worst first, each cause once. `naming`: with the names of the rules that have it. */
export function findingParts(findings: readonly ShownFinding[], naming = false): string[] {
  const groups = [...Map.groupBy(worstFirst(findings), causeOf).values()];
  return groups.flatMap((group, index) => [
    group[0]?.verdict === groups[index - 1]?.[0]?.verdict ? '' : `## ${headingOf(group[0]?.verdict)}`,
    causeText(group, naming),
  ]);
}

function causeOf({ verdict, reason, repair }: ShownFinding): string {
  return [verdict, reason, repair].join('\n');
}

function headingOf(verdict: CheckVerdict | undefined): string {
  switch (verdict) {
    case 'problem':
      return l10n.t('Problems');
    case 'unknown':
      return l10n.t('Could not be checked');
    default:
      return l10n.t('Warnings');
  }
}

/** Names of rules in one line. */
const maxNames = 10;

/** Findings of one cause. */
function causeText(group: readonly ShownFinding[], naming: boolean): string {
  const [first] = group;
  if (!first) return '';
  const { ruleId, check, verdict, reason, next, repair } = first;
  const titles = [...new Set(group.map(({ title }) => title))].join(', ');
  const names = [...new Set(group.map((one) => armIdName(one.ruleId)))];
  const shown = names.slice(0, maxNames).join(', ');
  const rules =
    names.length > maxNames ? l10n.t('{0} and {1} more', shown, names.length - maxNames) : l10n.t('In {0}', shown);
  const target = { ruleId, check, ...(names.length > 1 && { all: true as const }) };
  return [
    [`**${verdictMark(verdict)} ${escapeMarkdown(titles)}:**`, escapeMarkdown(reason), escapeMarkdown(next ?? '')]
      .join(' ')
      .trim(),
    ...(naming ? [escapeMarkdown(rules)] : []),
    ...(repair === undefined ? [] : [repairLink(target, repair)]),
  ].join('  \n');
}
