import * as vscode from 'vscode';
import { cloudOfRegistry } from '../../azure/clouds.ts';
import { shown, shownLines } from '../../common/shown.ts';
import { armIdKey, armIdName } from '../../domain/armId.ts';
import { type Health, judgeRule, type RuleKnowledge } from '../../domain/ruleVerdict.ts';
import type { CacheRule, Registry, Subscription } from '../../domain/types.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import { ageOf } from '../shared/age.ts';
import { localDate } from '../shared/localDate.ts';
import { verdictOf, verdictWithBasis } from '../shared/ruleVerdict.ts';
import type {
  ActionNode,
  MessageNode,
  ProblemNode,
  ReaderNode,
  RepositoryNode,
  TagNode,
  UnfinishedRule,
} from './nodes.ts';
import { sourceHost } from './readers.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

interface Look {
  readonly id?: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon: vscode.ThemeIcon;
  readonly contextValue: string;
  readonly state?: vscode.TreeItemCollapsibleState;
  /** Id of what a click runs, and what it is handed. */
  readonly command?: readonly [id: string, argument: unknown];
  /** What a screen reader says: whole words, nothing that only an icon or colour shows. */
  readonly spoken: string;
}

/** Of a tooltip, and of what is spoken. */
const maxTooltip = 2000;

/** What is shown of an item may come from outside, all of it. */
function item(look: Look): vscode.TreeItem {
  const result = new vscode.TreeItem(shown(look.label, 200), look.state ?? None);
  if (look.id !== undefined) result.id = look.id;
  if (look.description !== undefined) result.description = shown(look.description, 400);
  result.tooltip = shownLines(look.tooltip ?? look.spoken, maxTooltip);
  result.iconPath = look.icon;
  result.contextValue = look.contextValue;
  if (look.command) {
    const [command, argument] = look.command;
    // The title is seen nowhere.
    result.command = { command, title: '', arguments: [argument] };
  }
  result.accessibilityInformation = { label: shown(look.spoken, maxTooltip) };
  return result;
}

export interface SubscriptionLook {
  readonly registries: number;
  readonly failed: boolean;
  readonly expanded: boolean;
  /** Part of the id, so that another filter may expand what the user had collapsed. */
  readonly filter: string;
}

export function subscriptionItem(
  id: string,
  subscription: Subscription | undefined,
  { registries, failed, expanded, filter }: SubscriptionLook,
): vscode.TreeItem {
  const name = subscription?.name ?? id;
  const count = failed
    ? vscode.l10n.t('could not be read')
    : registries === 0
      ? vscode.l10n.t('no registries')
      : registries === 1
        ? vscode.l10n.t('1 registry')
        : vscode.l10n.t('{0} registries', registries);
  return item({
    id: `subscription:${id}:${filter}`,
    label: name,
    description: count,
    tooltip: lines([
      [vscode.l10n.t('Subscription'), name],
      [vscode.l10n.t('Subscription ID'), id],
      [vscode.l10n.t('Tenant'), subscription?.tenantId],
    ]),
    icon: failed ? new vscode.ThemeIcon('warning') : new vscode.ThemeIcon('key'),
    contextValue: 'subscription',
    state: failed || registries > 0 ? (expanded ? Expanded : Collapsed) : None,
    spoken: vscode.l10n.t('Subscription {0}, {1}', name, count),
  });
}

export interface RegistryLook {
  /** Rules, of whichever registry, that read from this one. */
  readonly readers: number;
  readonly unfinished: number;
  readonly expanded: boolean;
  /** As of a subscription. */
  readonly filter: string;
}

export function registryItem(
  { registry, rules, rulesError, knowledge }: RegistryEntry,
  { readers, unfinished, expanded, filter }: RegistryLook = { readers: 0, unfinished: 0, expanded: false, filter: '' },
): vscode.TreeItem {
  const isAbac = registry.roleAssignmentMode === 'AbacRepositoryPermissions';
  // Of an upstream registry it says nothing that it caches nothing itself.
  const hasCount = rules && (rules.length > 0 || readers === 0);
  const sick = [...(knowledge?.values() ?? [])].filter((known) => judgeRule(known).health === 'problems').length;
  const troubles = [
    ...(sick > 0 ? [troubledCount(sick)] : []),
    ...(unfinished > 0 ? [vscode.l10n.t('{0} incomplete', unfinished)] : []),
  ];
  const uses = readers > 0 ? [readerCount(readers)] : [];
  const counts = [...(hasCount ? [ruleCount(rules.length)] : []), ...uses, ...troubles];
  const shortCounts = [...troubles, ...(hasCount ? [shortRuleCount(rules.length)] : []), ...uses];
  return item({
    id: `registry:${registry.id.toLowerCase()}:${filter}`,
    label: registry.name,
    // The side bar has little room: what matters most comes first.
    description: [...shortCounts, isAbac ? 'ABAC' : 'RBAC'].join(' · '),
    tooltip: lines([
      [vscode.l10n.t('Login server'), registry.loginServer],
      [vscode.l10n.t('Resource group'), registry.resourceGroup],
      [vscode.l10n.t('Region'), registry.location],
      [vscode.l10n.t('Tier'), registry.sku],
      [vscode.l10n.t('Permissions'), modeInWords(registry)],
      [vscode.l10n.t('Network'), networkInWords(registry)],
      [vscode.l10n.t('Cache rules'), rulesError ? rulesError.message : counts.join(', ')],
    ]),
    icon: new vscode.ThemeIcon('package'),
    contextValue: isAbac ? 'registry.abac' : 'registry.rbac',
    state: expanded ? Expanded : Collapsed,
    spoken: [
      vscode.l10n.t('Registry {0}, tier {1}, {2}', registry.name, registry.sku, modeInWords(registry)),
      ...counts,
    ].join(', '),
  });
}

/** Icon and its colour for a verdict; the words are beside it. */
const healthIcons: Readonly<Record<Health, readonly [icon: string, color?: string]>> = {
  works: ['pass', 'testing.iconPassed'],
  problems: ['error', 'problemsErrorIcon.foreground'],
  unknown: ['question', 'problemsWarningIcon.foreground'],
  unproven: ['cloud-download'],
};

function icon(name: string, color?: string): vscode.ThemeIcon {
  return color === undefined ? new vscode.ThemeIcon(name) : new vscode.ThemeIcon(name, new vscode.ThemeColor(color));
}

const warning = ['warning', 'problemsWarningIcon.foreground'] as const;

/** The name of a known registry, by its login server. */
export type NameOf = (loginServer: string) => string | undefined;

export interface RuleLook {
  readonly unfinished?: UnfinishedRule;
  readonly expanded?: boolean;
  readonly sourceName?: NameOf;
}

/** @param known what diagnoses and verified pulls found out about the rule */
export function ruleItem(
  rule: CacheRule,
  known: RuleKnowledge = {},
  { unfinished, expanded = false, sourceName }: RuleLook = {},
): vscode.TreeItem {
  const identity = rule.identity && armIdName(rule.identity.id);
  const settled = !rule.provisioningState || rule.provisioningState === 'Succeeded';
  const trouble = unfinished ? unfinishedInWords(unfinished) : settled ? undefined : rule.provisioningState;
  return item({
    id: `rule:${rule.id.toLowerCase()}`,
    label: rule.targetRepository,
    description: [...(trouble ? [trouble] : []), sourceInWords(rule, sourceName)].join(' '),
    tooltip: lines([
      [vscode.l10n.t('Verdict'), verdictWithBasis(known)],
      [vscode.l10n.t('Unfinished'), unfinished && unfinishedInWords(unfinished)],
      [vscode.l10n.t('Source'), rule.sourceRepository],
      [vscode.l10n.t('Target'), rule.targetRepository],
      [vscode.l10n.t('Cache rule'), rule.name],
      [vscode.l10n.t('Identity'), identity],
      [vscode.l10n.t('Credential set'), rule.credentialSetId && armIdName(rule.credentialSetId)],
      [vscode.l10n.t('Created'), rule.creationDate && localDate(rule.creationDate)],
      [vscode.l10n.t('Provisioning state'), rule.provisioningState],
    ]),
    icon: trouble ? icon(...warning) : icon(...healthIcons[judgeRule(known).health]),
    contextValue: unfinished ? 'rule.incomplete' : 'rule',
    state: expanded ? Expanded : Collapsed,
    command: ['acrCache.openRule', { ruleId: rule.id }],
    spoken: [
      identity
        ? vscode.l10n.t(
            'Cache rule {0}: {1} is fetched from {2} as identity {3}',
            rule.name,
            rule.targetRepository,
            rule.sourceRepository,
            identity,
          )
        : vscode.l10n.t(
            'Cache rule {0}: {1} is fetched from {2}',
            rule.name,
            rule.targetRepository,
            rule.sourceRepository,
          ),
      ...(trouble ? [trouble] : []),
      vscode.l10n.t('verdict: {0}', verdictOf(known)),
    ].join(', '),
  });
}

/** A rule that is not there (yet, or any more), since what was to create or delete it has not ended. */
export function unfinishedItem(unfinished: UnfinishedRule, sourceName?: NameOf): vscode.TreeItem {
  const { ruleId, target, source } = unfinished;
  const trouble = unfinishedInWords(unfinished);
  const from =
    source === undefined ? [] : [sourceInWords({ sourceRepository: source, targetRepository: target }, sourceName)];
  return item({
    id: `rule:${armIdKey(ruleId)}`,
    label: target,
    description: [trouble, ...from].join(' '),
    tooltip: lines([
      [vscode.l10n.t('Unfinished'), trouble],
      [vscode.l10n.t('Source'), source],
      [vscode.l10n.t('Target'), target],
      [vscode.l10n.t('Cache rule'), armIdName(ruleId)],
    ]),
    icon: icon(...warning),
    contextValue: 'incomplete',
    spoken: vscode.l10n.t('Cache rule {0} for {1}, {2}', armIdName(ruleId), target, trouble),
  });
}

/** `← upstreamregistry`, with the path only where it is another one than the target's. */
function sourceInWords(
  rule: Pick<CacheRule, 'sourceRepository' | 'targetRepository'>,
  sourceName: NameOf | undefined,
): string {
  const host = sourceHost(rule);
  const name = sourceName?.(host) ?? shortName(host);
  const path = rule.sourceRepository.slice(host.length + 1);
  return path.toLowerCase() === rule.targetRepository.toLowerCase() ? `← ${name}` : `← ${name}/${path}`;
}

/** Of a registry of Azure its name, of another one its host. */
function shortName(host: string): string {
  const suffix = cloudOfRegistry(host)?.registrySuffix;
  return suffix === undefined ? host : host.slice(0, -suffix.length);
}

function unfinishedInWords({ purpose }: UnfinishedRule): string {
  switch (purpose) {
    case 'setUp':
      return vscode.l10n.t('setup incomplete');
    case 'replace':
      return vscode.l10n.t('replacement incomplete');
    case 'changeIdentity':
      return vscode.l10n.t('change of identity incomplete');
    case 'cleanUp':
      return vscode.l10n.t('deletion incomplete');
  }
}

/** @param registry the one that the rule belongs to */
export function readerItem({ parent, ruleId }: ReaderNode, rule: CacheRule, registry: Registry): vscode.TreeItem {
  const path = rule.sourceRepository.slice(sourceHost(rule).length + 1);
  const target = path === rule.targetRepository ? registry.name : `${registry.name}/${rule.targetRepository}`;
  return item({
    id: `reader:${armIdKey(parent.registryId)}:${armIdKey(ruleId)}`,
    label: path,
    description: `→ ${target}`,
    tooltip: lines([
      [vscode.l10n.t('Cache rule'), rule.name],
      [vscode.l10n.t('Registry'), registry.name],
      [vscode.l10n.t('Target'), rule.targetRepository],
    ]),
    icon: icon('references'),
    contextValue: 'reader',
    command: ['acrCache.showCacheRules', { registryId: registry.id, ruleId }],
    spoken: vscode.l10n.t('{0} is cached in {1} by the cache rule {2}', path, target, rule.name),
  });
}

export function repositoryItem({ ruleId, repository, source }: RepositoryNode, expanded: boolean): vscode.TreeItem {
  return item({
    id: `repository:${armIdKey(ruleId)}:${repository}`,
    label: repository,
    ...(source !== repository && { description: `← ${source}` }),
    icon: icon('folder'),
    contextValue: 'repository',
    state: expanded ? Expanded : Collapsed,
    spoken: vscode.l10n.t('Cached repository {0}', repository),
  });
}

export function tagItem(node: TagNode): vscode.TreeItem {
  const { ruleId, repository, tag, digest, lastUpdated, platforms, upstreamState, upstreamReason } = node;
  const age = lastUpdated === undefined ? [] : [ageOf(lastUpdated)];
  const state = upstreamStateInWords(upstreamState);
  return item({
    id: `tag:${armIdKey(ruleId)}:${repository}:${tag}`,
    label: tag,
    description: [...age, state].join(' · '),
    tooltip: lines([
      [vscode.l10n.t('Cached tag'), `${repository}:${tag}`],
      [vscode.l10n.t('Cached'), lastUpdated && localDate(lastUpdated)],
      [vscode.l10n.t('Compared with upstream'), upstreamReason ? `${state} (${upstreamReason})` : state],
      [vscode.l10n.t('Platforms'), platforms.join(', ')],
      [vscode.l10n.t('Digest'), digest],
    ]),
    icon: upstreamState === 'stale' || upstreamState === 'gone' ? icon('tag', 'list.warningForeground') : icon('tag'),
    contextValue: 'tag',
    spoken: [
      vscode.l10n.t('Cached tag {0} of {1}', tag, repository),
      ...age,
      vscode.l10n.t('compared with upstream: {0}', state),
      ...platforms,
    ].join(', '),
  });
}

function upstreamStateInWords(state: TagNode['upstreamState']): string {
  switch (state) {
    case 'same':
      return vscode.l10n.t('same as upstream');
    case 'stale':
      return vscode.l10n.t('behind');
    case 'gone':
      return vscode.l10n.t('not in upstream');
    case 'unknown':
      return vscode.l10n.t('not known');
  }
}

export function problemItem({ ruleId, check, severity, title, reason, hasRepair }: ProblemNode): vscode.TreeItem {
  return item({
    id: `problem:${armIdKey(ruleId)}:${check}`,
    label: title,
    description: reason,
    tooltip: reason,
    icon: severity === 'problem' ? icon('error', 'problemsErrorIcon.foreground') : icon(...warning),
    contextValue: hasRepair ? 'problem.repairable' : 'problem',
    command: ['acrCache.openRule', { ruleId }],
    spoken: [
      severity === 'problem' ? vscode.l10n.t('Problem: {0}', title) : vscode.l10n.t('Warning: {0}', title),
      reason,
    ].join(', '),
  });
}

export function actionItem(node: ActionNode): vscode.TreeItem {
  return item({
    label: node.label,
    description: node.detail,
    icon: icon(node.icon),
    contextValue: 'action',
    command: [node.command, node.parent],
    spoken: [node.label, ...(node.detail === undefined ? [] : [node.detail])].join(', '),
  });
}

export function messageItem(node: MessageNode): vscode.TreeItem {
  const isError = node.severity === 'error';
  return item({
    label: node.label,
    description: node.detail,
    ...(node.full !== undefined && { tooltip: `${node.label}: ${node.full}` }),
    icon: icon(isError ? 'error' : 'info'),
    contextValue: node.severity,
    ...(isError && { command: ['acrCache.refresh', node] as const }),
    spoken: [...(isError ? [vscode.l10n.t('Error')] : []), node.label, ...(node.detail ? [node.detail] : [])].join(
      ': ',
    ),
  });
}

function ruleCount(count: number): string {
  if (count === 0) return vscode.l10n.t('no cache rules');
  return count === 1 ? vscode.l10n.t('1 cache rule') : vscode.l10n.t('{0} cache rules', count);
}

function shortRuleCount(count: number): string {
  if (count === 0) return vscode.l10n.t('no rules');
  return count === 1 ? vscode.l10n.t('1 rule') : vscode.l10n.t('{0} rules', count);
}

function troubledCount(count: number): string {
  return count === 1 ? vscode.l10n.t('1 rule has problems') : vscode.l10n.t('{0} rules have problems', count);
}

function readerCount(count: number): string {
  return count === 1 ? vscode.l10n.t('upstream of 1 rule') : vscode.l10n.t('upstream of {0} rules', count);
}

function modeInWords(registry: Registry): string {
  return registry.roleAssignmentMode === 'AbacRepositoryPermissions'
    ? vscode.l10n.t('roles per registry and repository (ABAC)')
    : vscode.l10n.t('roles per registry (RBAC)');
}

function networkInWords(registry: Registry): string | undefined {
  if (registry.publicNetworkAccess === 'Disabled') return vscode.l10n.t('public access is off');
  if (registry.publicNetworkAccess === 'SecuredByPerimeter') return vscode.l10n.t('secured by a network perimeter');
  return registry.networkDefaultAction === 'Deny' ? vscode.l10n.t('selected networks only') : undefined;
}

/** `label: value` lines; those without value are left out. Plain text, so nothing in it is rendered; a value makes no line of its own. */
function lines(pairs: readonly (readonly [string, string | undefined])[]): string {
  return pairs.flatMap(([label, value]) => (value ? [`${label}: ${shown(value, 400)}`] : [])).join('\n');
}
