import * as l10n from '@vscode/l10n';
import { codeSpan, escapeMarkdown as text, fenced, list } from '../../common/markdown.ts';
import { armIdName } from '../../domain/armId.ts';
import { type ClientName, pullCommand } from '../../domain/pullCommand.ts';
import { roleName } from '../../domain/roles.ts';
import { withShortIds } from '../../domain/shortIds.ts';
import type { AccessFacts, IdentityFacts, MappingFacts } from './readRuleReport.ts';

export interface RuleReportView {
  /** Of the pull command. */
  readonly client: ClientName;
  /** ISO 8601 as the reader writes times. */
  readonly time: (iso: string) => string;
}

/** What is pulled from where, and how the registry signs in. */
export function mappingText(
  { rule, registry, upstreamReason }: MappingFacts,
  { client, time }: RuleReportView,
): string {
  const command = pullCommand(client, registry.loginServer, rule.targetRepository);
  const signsInAs = rule.identity
    ? l10n.t('signs in as {0}', armIdName(rule.identity.id))
    : rule.credentialSetId
      ? l10n.t('signs in by credential set {0}', armIdName(rule.credentialSetId))
      : rule.identityUnknown
        ? l10n.t('how it signs in is not known')
        : l10n.t('signs in to the upstream without an identity');
  const about = [
    l10n.t('rule {0}', rule.name),
    ...(rule.creationDate ? [l10n.t('created {0}', time(rule.creationDate))] : []),
    signsInAs,
  ];
  return [
    command.ok ? fenced(command.value, 'sh') : text(command.problem.message),
    `${text(l10n.t('Fetched from'))} ${codeSpan(rule.sourceRepository)} · ${text(about.join(' · '))}`,
    ...(upstreamReason === undefined ? [] : [text(withShortIds(upstreamReason))]),
  ].join('\n\n');
}

/** What lets the identity read the source. */
export function accessText({ sentence, sufficient, grants }: AccessFacts): string {
  const none = l10n.t('The identity has no role assignment that affects the upstream registry.');
  const rows = grants.map(({ explained, compared }) => `${text(withShortIds(explained))} ${text(compared)}`);
  return [text(`${sufficient ? '✓' : '✗'} ${sentence}`), rows.length > 0 ? list(rows) : text(none)].join('\n\n');
}

/** Whether the identity is the rule's, and who else uses it. */
export function identityText({ identity, identityId, recreated, usage }: IdentityFacts): string {
  const name = armIdName(identityId);
  const parts: string[] = [];
  if (!identity) parts.push(text(l10n.t('✗ {0} was deleted.', name)));
  if (recreated)
    parts.push(text(l10n.t('✗ {0} was recreated after the rule was written: its principal differs.', name)));
  if (!usage) {
    const unknown = l10n.t('What else uses {0} is not known, since its principal id is not known.', name);
    return [...parts, text(unknown)].join('\n\n');
  }
  const { rules, resources, federatedCredentials, assignments, unknown } = usage;
  const uses = [
    ...rules.map((rule) => l10n.t('cache rule {0} of {1}', rule.name, armIdName(rule.registryId))),
    ...resources.map((resource) => `${resource.name} (${resource.type})`),
    ...federatedCredentials.map((credential) => l10n.t('federated credential {0}', credential)),
    ...assignments.map(({ roleId, scope }) => l10n.t('{0} at {1}', roleName(roleId), armIdName(scope))),
  ];
  if (uses.length > 0) parts.push(text(l10n.t('{0} is also used by: {1}', name, withShortIds(uses.join(', ')))));
  else if (unknown.length === 0) parts.push(text(l10n.t('Nothing else that you can see uses {0}.', name)));
  return [...parts, ...unknown.map((sentence) => text(withShortIds(sentence)))].join('\n\n');
}
