import * as l10n from '@vscode/l10n';
import type { Platform } from '../../azure/azure.ts';
import { armIdName, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import { codeSpan, commandLink, escapeMarkdown as text, fenced, list, table } from '../../common/markdown.ts';
import { pullCommand, type ClientName } from '../../domain/pullCommand.ts';
import { judgeRule, type PullProof, type RuleKnowledge, verdictLine } from '../../domain/ruleVerdict.ts';
import { roleName } from '../../domain/roles.ts';
import { formatPlatform } from '../verification/cacheProbe.ts';
import type { CachedFacts, CachedRepository, CachedTag } from './cachedContent.ts';
import type { AccessFacts, IdentityFacts, MappingFacts, Part, RuleReport } from './readRuleReport.ts';

/** The report as Markdown; whatever comes from Azure is escaped. Parts that still load say so. `client`: of the pull command. */
export function ruleReportMarkdown(report: RuleReport, client: ClientName): string {
  const sections = [
    `# ${text(l10n.t('Cache rule {0}', armIdName(report.ruleId)))}`,
    text(l10n.t('Read {0}', report.readAt)),
    verdictText(report.knowledge ?? {}),
    commandLink('acrCache.verifyRule', { ruleId: report.ruleId }, l10n.t('Verify')),
    section(l10n.t('Mapping'), report.mapping, (facts) => mappingText(facts, client)),
    section(l10n.t('Who may pull from the upstream'), report.access, accessText),
    section(l10n.t('Identity'), report.identity, identityText),
    section(l10n.t('Cached'), report.cached, cachedText),
    section(l10n.t('The rule in Azure'), report.json, (json) => fenced(JSON.stringify(json, undefined, 2), 'json')),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** The verdict and what it rests on. */
function verdictText(known: RuleKnowledge): string {
  const { checkup, proof } = known;
  const basis = [
    ...(checkup ? [text(l10n.t('Diagnosed {0}', checkup.checkedAt))] : []),
    ...(proof ? [text(proofText(proof))] : []),
  ];
  const verdict = `**${text(verdictLine(judgeRule(known)))}**`;
  return basis.length === 0 ? verdict : `${verdict}\n\n${list(basis)}`;
}

function proofText({ by, image, provenAt }: PullProof): string {
  return by === 'api'
    ? l10n.t('Proven by pulling {0} through the registry API, {1}', image, provenAt)
    : l10n.t('Proven by pulling {0} with {1}, {2}', image, by, provenAt);
}

/** Name and where it is: a whole ARM id breaks over several lines of a table. The rule's JSON below has the ids. */
function resource(id: string): string {
  const [name, group, subscription] = [armIdName(id), armIdResourceGroup(id), armIdSubscription(id)];
  return `${codeSpan(name)} ${text(l10n.t('in resource group {0}, subscription {1}', group, subscription))}`;
}

function section<T>(title: string, part: Part<T>, show: (value: T) => string): string {
  const body =
    part.state === 'loading'
      ? `*${text(l10n.t('Loading…'))}*`
      : part.state === 'failed'
        ? text(l10n.t('Could not be read: {0}', part.reason))
        : show(part.value);
  return `## ${text(title)}\n\n${body}`;
}

function mappingText({ rule, registry, upstream, upstreamReason }: MappingFacts, client: ClientName): string {
  const command = pullCommand(client, registry.loginServer, rule.targetRepository);
  const rows: [string, string][] = [
    [l10n.t('Source'), codeSpan(rule.sourceRepository)],
    [l10n.t('Target'), codeSpan(`${registry.loginServer}/${rule.targetRepository}`)],
    [l10n.t('Registry'), resource(registry.id)],
    [l10n.t('Upstream registry'), upstream ? resource(upstream.id) : text(upstreamReason ?? '–')],
    [
      l10n.t('Identity'),
      rule.identity ? resource(rule.identity.id) : text(rule.identityUnknown ? l10n.t('not known') : l10n.t('none')),
    ],
    [l10n.t('Principal id'), rule.identity?.principalId ? codeSpan(rule.identity.principalId) : '–'],
    [l10n.t('Credential set'), rule.credentialSetId ? codeSpan(armIdName(rule.credentialSetId)) : text(l10n.t('none'))],
    [l10n.t('Created'), text(rule.creationDate ?? '–')],
    [l10n.t('Provisioning state'), text(rule.provisioningState ?? '–')],
  ];
  return [
    ...tableOf(
      [l10n.t('What'), l10n.t('Value')],
      rows.map(([name, value]) => [text(name), value]),
    ),
    command.ok ? fenced(command.value, 'sh') : text(command.problem.message),
  ].join('\n\n');
}

function accessText({ sentence, grants }: AccessFacts): string {
  const rows = grants.map((grant) => [
    text(grant.roleName),
    codeSpan(grant.scope),
    text(grant.explained),
    text(grant.compared),
  ]);
  const head = [l10n.t('Role'), l10n.t('Scope'), l10n.t('What it gives'), l10n.t('Compared with the rule')];
  const conditions = grants.flatMap(({ condition, roleName }) =>
    condition === undefined ? [] : [`${text(l10n.t('Condition of {0}:', roleName))}\n\n${fenced(condition, 'text')}`],
  );
  const none = text(l10n.t('The identity has no role assignment that bears on the upstream registry.'));
  return [text(sentence), ...(rows.length > 0 ? tableOf(head, rows) : [none]), ...conditions].join('\n\n');
}

function identityText({ identity, identityId, recreated, usage }: IdentityFacts): string {
  const about = identity
    ? list([
        `${text(l10n.t('Resource'))}: ${codeSpan(identity.id)}`,
        `${text(l10n.t('Principal id'))}: ${codeSpan(identity.principalId)}`,
        `${text(l10n.t('Client id'))}: ${codeSpan(identity.clientId)}`,
        `${text(l10n.t('Region'))}: ${text(identity.location)}`,
      ])
    : text(l10n.t('{0} does not exist any more.', identityId));
  const parts = [about];
  if (recreated) {
    const again = l10n.t(
      'The identity was made anew since the rule was written: its principal id differs. Diagnose the rule.',
    );
    parts.push(text(again));
  }
  if (!usage) {
    const why = l10n.t('What else uses it is not known, since the rule does not tell its principal id.');
    return [...parts, text(why)].join('\n\n');
  }
  const { rules, resources, federatedCredentials, assignments, unknown } = usage;
  const uses = [
    ...rules.map((rule) => text(l10n.t('Cache rule {0} of {1}', rule.name, armIdName(rule.registryId)))),
    ...resources.map(({ name, type }) => text(`${name} (${type})`)),
    ...federatedCredentials.map((name) => text(l10n.t('Federated credential {0}', name))),
    ...assignments.map(({ roleId, scope }) => `${text(roleName(roleId))}: ${codeSpan(scope)}`),
  ];
  if (uses.length > 0) parts.push(text(l10n.t('Also used by:')), list(uses));
  else if (unknown.length === 0) parts.push(text(l10n.t('Nothing else that this account sees uses it.')));
  if (unknown.length > 0) parts.push(list(unknown.map((sentence) => text(sentence))));
  return parts.join('\n\n');
}

function cachedText({ repositories, moreRepositories }: CachedFacts): string {
  if (repositories.length === 0) return text(l10n.t('Nothing is cached yet.'));
  const more = moreRepositories > 0 ? [text(l10n.t('And {0} more repositories.', moreRepositories))] : [];
  return [...repositories.map(repositoryText), ...more].join('\n\n');
}

function repositoryText(cached: CachedRepository): string {
  const { repository, source, tags, moreTags, untagged, moreUntagged, upstreamReason, reason } = cached;
  const title = `### ${text(repository)}`;
  if (reason !== undefined) return `${title}\n\n${text(l10n.t('Could not be read: {0}', reason))}`;
  const tagHead = [
    l10n.t('Tag'),
    l10n.t('Platforms'),
    l10n.t('Cached'),
    l10n.t('Digest here'),
    l10n.t('Digest in the upstream'),
    l10n.t('State'),
  ];
  const tagRows = tags.map((tag) => [
    codeSpan(tag.tag),
    platformNames(tag.platforms),
    text(tag.lastUpdated ?? '–'),
    codeSpan(tag.digest),
    tag.upstreamDigest ? codeSpan(tag.upstreamDigest) : '–',
    text(stateName(tag)),
  ]);
  const digestHead = [l10n.t('Pulled by digest'), l10n.t('Platforms'), l10n.t('Cached')];
  const digestRows = untagged.map(({ digest, platforms, createdTime }) => [
    codeSpan(digest),
    platformNames(platforms),
    text(createdTime ?? '–'),
  ]);
  return [
    title,
    text(l10n.t('From {0}', source)),
    ...(upstreamReason ? [text(upstreamReason)] : []),
    ...tableOf(tagHead, tagRows),
    ...(moreTags > 0 ? [text(l10n.t('And {0} more tags.', moreTags))] : []),
    ...tableOf(digestHead, digestRows),
    ...(moreUntagged > 0 ? [text(l10n.t('And {0} more without a tag.', moreUntagged))] : []),
    ...(tagRows.length + digestRows.length === 0 ? [text(l10n.t('The repository is there and empty.'))] : []),
  ].join('\n\n');
}

/** A table below plain titles; nothing without rows. */
function tableOf(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0
    ? []
    : [
        table(
          titles.map((title) => text(title)),
          rows,
        ),
      ];
}

function platformNames(platforms: readonly Platform[]): string {
  return text(platforms.map(formatPlatform).join(', ') || '–');
}

function stateName({ upstreamState }: CachedTag): string {
  switch (upstreamState) {
    case 'same':
      return l10n.t('current');
    case 'stale':
      return l10n.t('stale: the upstream has another image by now');
    case 'gone':
      return l10n.t('the upstream has no such tag any more');
    case 'unknown':
      return l10n.t('not known');
  }
}
