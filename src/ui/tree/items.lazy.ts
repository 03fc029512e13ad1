import * as vscode from 'vscode';
import { judgeRule } from '../../domain/ruleVerdict.ts';
import type { Registry, Subscription } from '../../domain/types.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import { icon } from '../shared/icon.ts';
import type { ActionNode, MessageNode } from './nodes.ts';
import { item, lines } from './treeItem.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

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
    icon: failed ? icon('warning', 'warning') : icon('key'),
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
    icon: icon('package'),
    contextValue: isAbac ? 'registry.abac' : 'registry.rbac',
    state: expanded ? Expanded : Collapsed,
    spoken: [
      vscode.l10n.t('Registry {0}, tier {1}, {2}', registry.name, registry.sku, modeInWords(registry)),
      ...counts,
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
    icon: isError ? icon('error', 'error') : icon('info'),
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
    ? vscode.l10n.t('roles per registry or repository (ABAC)')
    : vscode.l10n.t('roles per registry (RBAC)');
}

function networkInWords(registry: Registry): string | undefined {
  if (registry.publicNetworkAccess === 'Disabled') return vscode.l10n.t('public access is off');
  if (registry.publicNetworkAccess === 'SecuredByPerimeter') return vscode.l10n.t('secured by a network perimeter');
  return registry.networkDefaultAction === 'Deny' ? vscode.l10n.t('selected networks only') : undefined;
}
