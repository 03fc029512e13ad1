import * as l10n from '@vscode/l10n';
import { isAzureError } from '../../azure/errors.ts';
import { codeSpan, commandLink, escapeMarkdown as text, fenced, list } from '../../common/markdown.ts';
import { armIdName } from '../../domain/armId.ts';
import { healthMark, judgeRule, type RuleFinding, verdictLine } from '../../domain/ruleVerdict.ts';
import { shortDigest, withShortIds } from '../../domain/shortIds.ts';
import { verdictMark } from '../checks/check.ts';
import { cachedText, cachedTagCount, digestsOf } from './cachedText.ts';
import { type Part, type RuleReport, valueOf } from './readRuleReport.ts';
import { accessText, identityText, mappingText, type RuleReportView } from './setupText.ts';

/**
 * The report as Markdown: verdict and links, what is wrong, what is cached and how that is known; whole ids and what Azure said at
 * its end. Whatever comes from outside is escaped.
 */
export function ruleReportMarkdown(report: RuleReport, view: RuleReportView): string {
  const sections = [
    `# ${text(titleOf(report))}`,
    verdictText(report, view),
    linksText(report.ruleId),
    ...noticesOf(report),
    ...section(l10n.t('Problems'), problemsText(report, view)),
    ...partSection(l10n.t('Cached'), report.cached, (facts) => cachedText(facts, view.time)),
    ...section(l10n.t('Proof'), proofText(report, view)),
    ...partSection(l10n.t('Mapping'), report.mapping, (facts) => mappingText(facts, view)),
    ...partSection(l10n.t('Permission'), report.access, accessText),
    ...partText(report.identity, identityText),
    ...section(l10n.t('Skipped checks'), skippedText(report)),
    ...section(l10n.t('Ids'), idsText(report)),
    ...detailsOf(report),
    text(l10n.t('Read from Azure: {0}', view.time(report.readAt))),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** What is pulled, once it is known. */
function titleOf({ ruleId, mapping }: RuleReport): string {
  const known = valueOf(mapping);
  return known ? `${known.registry.loginServer}/${known.rule.targetRepository}` : armIdName(ruleId);
}

function verdictText({ knowledge = {}, mapping, cached }: RuleReport, { time }: RuleReportView): string {
  const { checkup, proof } = knowledge;
  const verdict = judgeRule(knowledge);
  const words = `**${text(`${healthMark(verdict.health)} ${verdictLine(verdict)}`)}**`;
  const state = valueOf(mapping)?.rule.provisioningState;
  const isFailed = ['failed', 'canceled'].includes(state?.toLowerCase() ?? '');
  const facts = valueOf(cached);
  return [
    checkup ? `${words} ${text(l10n.t('(diagnosed {0})', time(checkup.checkedAt)))}` : words,
    ...(proof ? [text(proofInWords(proof.by, time(proof.provenAt)))] : []),
    ...(facts ? [text(tagsInWords(cachedTagCount(facts)))] : []),
    ...(isFailed ? [text(l10n.t('state {0}', state ?? ''))] : []),
  ].join(' · ');
}

function proofInWords(by: string, when: string): string {
  return by === 'api'
    ? l10n.t('verified {0} through the registry API', when)
    : l10n.t('verified {0} with {1}', when, by);
}

function tagsInWords(count: number): string {
  if (count === 0) return l10n.t('no tag cached');
  return count === 1 ? l10n.t('1 tag cached') : l10n.t('{0} tags cached', count);
}

function linksText(ruleId: string): string {
  return [
    commandLink('acrCache.verifyRule', { ruleId }, l10n.t('Verify')),
    commandLink('acrCache.diagnoseRule', { ruleId }, l10n.t('Diagnose')),
    commandLink('acrCache.changeIdentity', { ruleId }, l10n.t('Change Identity')),
    commandLink('acrCache.refreshReport', { ruleId }, l10n.t('Refresh')),
  ].join(' · ');
}

/** One line for each reason why something could not be read, however many parts it concerns. */
function noticesOf(report: RuleReport): string[] {
  const titles = new Map<string, string[]>();
  for (const [title, part] of namedParts(report)) {
    if (part.state !== 'failed') continue;
    const reason = withShortIds(part.reason);
    titles.set(reason, [...(titles.get(reason) ?? []), title]);
  }
  const failures = [...titles].map(([reason, names]) =>
    text(l10n.t('⚠ Could not be read now: {0}. {1}', names.join(', '), reason), 600),
  );
  const hasEarlier = namedParts(report).some(([, part]) => part.state === 'failed' && part.earlier !== undefined);
  const earlier = hasEarlier ? [text(l10n.t('What was read earlier is shown.'))] : [];
  return [...(report.notice === undefined ? [] : [text(report.notice)]), ...failures, ...earlier];
}

function namedParts({ mapping, access, identity, cached, json }: RuleReport): [title: string, part: Part<unknown>][] {
  return [
    [l10n.t('Cached'), cached],
    [l10n.t('Mapping'), mapping],
    [l10n.t('Permission'), access],
    [l10n.t('Identity'), identity],
    [l10n.t('The rule in Azure'), json],
  ];
}

/** What the last diagnosis found wrong, and a pull of this session that failed. */
function problemsText(report: RuleReport, { time }: RuleReportView): string | undefined {
  const findings = report.knowledge?.checkup?.findings ?? [];
  const found = (['problem', 'warning'] as const).flatMap((verdict) =>
    findings.filter((finding) => finding.verdict === verdict),
  );
  return listOf([...failedPull(report, time), ...found.map((finding) => findingText(report.ruleId, finding))]);
}

/** Nothing once a later diagnosis has found that the rule works. */
function failedPull({ pull, knowledge = {} }: RuleReport, time: RuleReportView['time']): string[] {
  if (!pull || pull.proof.verdict === 'cached') return [];
  const isOver = judgeRule(knowledge).health === 'works' && (knowledge.checkup?.checkedAt ?? '') > pull.at;
  if (isOver) return [];
  const { verdict, problem, sentence } = pull.proof;
  const title = l10n.t('{0} Pull of {1}, {2}:', verdict === 'proxied' ? '⚠' : '✗', pull.image, time(pull.at));
  const words = problem ? `${problem.reason} ${problem.next}` : sentence;
  return [`**${text(title)}** ${text(withShortIds(words), 600)}`];
}

function skippedText({ ruleId, knowledge }: RuleReport): string | undefined {
  const findings = knowledge?.checkup?.findings ?? [];
  return listOf(findings.filter(({ verdict }) => verdict === 'unknown').map((finding) => findingText(ruleId, finding)));
}

function findingText(ruleId: string, { check, verdict, title, reason, hasRepair }: RuleFinding): string {
  const repair = hasRepair ? ` ${commandLink('acrCache.repairRule', { ruleId, check }, l10n.t('Repair'))}` : '';
  return `**${text(`${verdictMark(verdict)} ${title}:`)}** ${text(withShortIds(reason))}${repair}`;
}

/** What the last verified pull has shown. */
function proofText({ knowledge, mapping, pull }: RuleReport, { time }: RuleReportView): string | undefined {
  const proof = knowledge?.proof;
  if (!proof) return undefined;
  const { image, by, provenAt, digest, upstream, platforms } = proof;
  const pulled =
    by === 'api'
      ? l10n.t('{0}, pulled {1} through the registry API:', image, time(provenAt))
      : l10n.t('{0}, pulled {1} with {2}:', image, time(provenAt), by);
  const registry = valueOf(mapping)?.registry.name;
  const served = registry
    ? l10n.t('✓ Served by {0} itself, not passed on from the upstream (no X-Azure-Origin header)', registry)
    : l10n.t('✓ Served by the registry itself, not passed on from the upstream (no X-Azure-Origin header)');
  return `${text(pulled)}\n\n${list([
    text(served),
    text(comparedInWords(upstream, shortDigest(digest))),
    ...(platforms ? [text(platformsInWords(platforms.cached, platforms.count))] : []),
    ...(by === 'api' && pull?.apiBecause ? [text(l10n.t('○ Not kept on this machine. {0}', pull.apiBecause))] : []),
  ])}`;
}

function comparedInWords(upstream: 'same' | 'newer' | 'unknown', digest: string): string {
  switch (upstream) {
    case 'same':
      return l10n.t('✓ Digest {0}, the same as in the upstream', digest);
    case 'newer':
      return l10n.t('⚠ Digest {0}; the upstream has a newer image under this tag', digest);
    case 'unknown':
      return l10n.t('○ Digest {0}; the upstream could not be read to compare', digest);
  }
}

function platformsInWords(cached: readonly string[], count: number): string {
  return cached.length === 0
    ? l10n.t('○ Which of the {0} platforms are cached could not be seen', count)
    : l10n.t('✓ {0} of {1} platforms cached: {2}', cached.length, count, cached.join(', '));
}

/** Whole ids, each once. */
function idsText({ ruleId, mapping, identity, access, cached, knowledge }: RuleReport): string | undefined {
  const [known, about] = [valueOf(mapping), valueOf(identity)?.identity];
  const recorded = known?.rule.identity;
  const scopes = (valueOf(access)?.grants ?? []).map(({ scope }): [string, string] => [l10n.t('Role at'), scope]);
  const principal = about?.principalId ?? recorded?.principalId;
  const ids: [label: string, id: string | undefined][] = [
    [l10n.t('Rule'), ruleId],
    [l10n.t('Upstream registry'), known?.upstream?.id],
    [l10n.t('Identity'), about?.id ?? recorded?.id],
    [l10n.t('Principal ID'), principal],
    [l10n.t('Principal id in the rule'), recorded?.principalId],
    [l10n.t('Client ID'), about?.clientId],
    [l10n.t('Credential set'), known?.rule.credentialSetId],
    ...scopes,
    ...digestsOf(valueOf(cached)),
    [l10n.t('Proof'), knowledge?.proof?.digest],
  ];
  const seen = new Set<string>();
  const isNew = (id: string | undefined): id is string => {
    if (id === undefined || id === '' || seen.has(id.toLowerCase())) return false;
    seen.add(id.toLowerCase());
    return true;
  };
  return listOf(ids.flatMap(([label, id]) => (isNew(id) ? [`${text(label)}: ${codeSpan(id)}`] : [])));
}

/** What only somebody who looks for a cause reads. */
function detailsOf(report: RuleReport): string[] {
  const { access, json, pull } = report;
  const conditions = (valueOf(access)?.grants ?? []).flatMap(({ condition }) => condition ?? []);
  const answers = (pull?.proof.evidence ?? []).map(({ text: fact, correlationId }) =>
    correlationId === undefined ? fact : l10n.t('{0} Correlation id {1}', fact, correlationId),
  );
  const requests = namedParts(report).flatMap(([, part]) =>
    part.state === 'failed' && isAzureError(part.error)
      ? [[part.error.request ?? part.error.code, part.error.correlationId].filter(Boolean).join(' · ')]
      : [],
  );
  const rule = valueOf(json);
  return [
    ...folded(l10n.t('What the registries answered to the last pull'), listOf(answers.map((each) => text(each)))),
    ...folded(l10n.t('Requests that failed'), listOf([...new Set(requests)].map((each) => codeSpan(each)))),
    ...folded(l10n.t('Conditions'), joined(conditions.map((each) => fenced(each, 'text')))),
    ...folded(
      l10n.t('The rule in Azure'),
      rule === undefined ? undefined : fenced(JSON.stringify(rule, undefined, 2), 'json'),
    ),
  ];
}

function folded(title: string, body: string | undefined): string[] {
  return body === undefined ? [] : [`<details><summary>${text(title)}</summary>\n\n${body}\n\n</details>`];
}

function section(title: string, body: string | undefined): string[] {
  return body === undefined ? [] : [`## ${text(title)}\n\n${body}`];
}

/** Nothing of what failed and was never read: the notice above says so. */
function partSection<T>(title: string, part: Part<T>, show: (value: T) => string): string[] {
  return partText(part, show).flatMap((body) => section(title, body));
}

function partText<T>(part: Part<T>, show: (value: T) => string): string[] {
  const value = valueOf(part);
  if (value !== undefined) return [show(value)];
  return part.state === 'loading' ? [`*${text(l10n.t('Reading…'))}*`] : [];
}

function listOf(items: readonly string[]): string | undefined {
  return items.length === 0 ? undefined : list(items);
}

function joined(blocks: readonly string[]): string | undefined {
  return blocks.length === 0 ? undefined : blocks.join('\n\n');
}
