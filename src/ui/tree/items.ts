import * as vscode from 'vscode';
import { armIdName } from '../../domain/armId.ts';
import type { CacheRule, Registry, Subscription } from '../../domain/types.ts';
import { type Health, judgeRule, type RuleKnowledge } from '../../domain/ruleVerdict.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import { verdictOf, verdictWithBasis } from '../shared/ruleVerdict.ts';
import type { DetailNode, MessageNode } from './nodes.ts';
import { shown, shownLines } from '../../common/shown.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

interface Look {
  readonly id?: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon: vscode.ThemeIcon;
  readonly contextValue: string;
  readonly state: vscode.TreeItemCollapsibleState;
  /** What a screen reader says: whole words, nothing that only an icon or colour shows. */
  readonly spoken: string;
}

/** Of a tooltip, and of what is spoken. */
const maxTooltip = 2000;

/** What is shown of an item may come from outside, all of it. */
function item(look: Look): vscode.TreeItem {
  const result = new vscode.TreeItem(shown(look.label, 200), look.state);
  if (look.id !== undefined) result.id = look.id;
  if (look.description !== undefined) result.description = shown(look.description, 400);
  result.tooltip = shownLines(look.tooltip ?? look.spoken, maxTooltip);
  result.iconPath = look.icon;
  result.contextValue = look.contextValue;
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

export function registryItem({ registry, rules, rulesError, knowledge }: RegistryEntry): vscode.TreeItem {
  const mode = registry.roleAssignmentMode === 'AbacRepositoryPermissions' ? 'ABAC' : 'RBAC';
  const count = rules && ruleCount(rules.length);
  const shortCount = rules && shortRuleCount(rules.length);
  const sick = [...(knowledge?.values() ?? [])].filter((known) => judgeRule(known).health === 'problems').length;
  const problems = sick === 0 ? undefined : troubledCount(sick);
  return item({
    id: `registry:${registry.id.toLowerCase()}`,
    label: registry.name,
    description: [registry.sku, mode, shortCount, problems].filter(Boolean).join(' · '),
    tooltip: lines([
      [vscode.l10n.t('Login server'), registry.loginServer],
      [vscode.l10n.t('Resource group'), registry.resourceGroup],
      [vscode.l10n.t('Region'), registry.location],
      [vscode.l10n.t('Tier'), registry.sku],
      [vscode.l10n.t('Permissions'), modeInWords(registry)],
      [vscode.l10n.t('Network'), networkInWords(registry)],
      [vscode.l10n.t('Cache rules'), rulesError ? rulesError.message : [count, problems].filter(Boolean).join(', ')],
    ]),
    icon: new vscode.ThemeIcon('package'),
    contextValue: 'registry',
    state: Collapsed,
    spoken: [
      vscode.l10n.t('Registry {0}, tier {1}, {2}', registry.name, registry.sku, modeInWords(registry)),
      ...(count ? [count] : []),
      ...(problems ? [problems] : []),
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

function healthIcon(known: RuleKnowledge): vscode.ThemeIcon {
  const [icon, color] = healthIcons[judgeRule(known).health];
  return color === undefined ? new vscode.ThemeIcon(icon) : new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
}

/** @param known what diagnoses and verified pulls found out about the rule */
export function ruleItem(rule: CacheRule, known: RuleKnowledge = {}): vscode.TreeItem {
  const identity = rule.identity && armIdName(rule.identity.id);
  const settled = !rule.provisioningState || rule.provisioningState === 'Succeeded';
  return item({
    id: `rule:${rule.id.toLowerCase()}`,
    label: rule.targetRepository,
    description: [settled ? verdictOf(known) : rule.provisioningState, `← ${rule.sourceRepository}`, identity]
      .filter(Boolean)
      .join(' · '),
    tooltip: lines([
      [vscode.l10n.t('Cache rule'), rule.name],
      [vscode.l10n.t('Target'), rule.targetRepository],
      [vscode.l10n.t('Source'), rule.sourceRepository],
      [vscode.l10n.t('Identity'), identity],
      [vscode.l10n.t('Credential set'), rule.credentialSetId && armIdName(rule.credentialSetId)],
      [vscode.l10n.t('Provisioning state'), rule.provisioningState],
      [vscode.l10n.t('Verdict'), verdictWithBasis(known)],
    ]),
    icon: settled ? healthIcon(known) : new vscode.ThemeIcon('warning'),
    contextValue: 'rule',
    state: Collapsed,
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
      ...(settled ? [] : [rule.provisioningState]),
      vscode.l10n.t('verdict: {0}', verdictOf(known)),
    ].join(', '),
  });
}

export function detailItem(node: DetailNode): vscode.TreeItem {
  return item({
    id: `detail:${node.parent.ruleId.toLowerCase()}:${node.name}`,
    label: node.label,
    description: node.value,
    tooltip: node.full ?? node.value,
    icon: new vscode.ThemeIcon(node.icon),
    contextValue: 'detail',
    state: None,
    spoken: `${node.label}: ${node.value}`,
  });
}

export function messageItem(node: MessageNode): vscode.TreeItem {
  const isError = node.severity === 'error';
  const shown = item({
    label: node.label,
    description: node.detail,
    ...(node.full === undefined ? {} : { tooltip: `${node.label}: ${node.full}` }),
    icon: new vscode.ThemeIcon(node.severity === 'error' ? 'error' : 'info'),
    contextValue: node.severity,
    state: None,
    spoken: [...(isError ? [vscode.l10n.t('Error')] : []), node.label, ...(node.detail ? [node.detail] : [])].join(
      ': ',
    ),
  });
  if (isError) shown.command = { command: 'acrCache.refresh', title: vscode.l10n.t('Refresh'), arguments: [node] };
  return shown;
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
