import * as vscode from 'vscode';
import type { CacheRule } from '../../domain/types.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { findRule, knowledgeOf } from '../../inventory/knowledge.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import { explainError } from '../shared/errors.ts';
import type { Connection } from '../services/services.ts';
import { createFilter } from './filter.ts';
import { detailItem, messageItem, registryItem, ruleItem, subscriptionItem } from './items.ts';
import {
  type MessageNode,
  type RegistryNode,
  type RuleNode,
  type SubscriptionNode,
  type TreeNode,
  createNodeStore,
} from './nodes.ts';

/** Subscriptions open by themselves up to this many registries in all; beyond it the list is too long to be of use. */
const expandUpTo = 60;

/** What the view as a whole shows; the context key `acrCache.view`, on which the welcome pages depend. */
export type ViewState = 'starting' | 'signedOut' | 'noSubscription' | 'noRegistry' | 'noMatch' | 'error' | 'ready';

/** The inventory as a tree. Knows nothing of the view it is shown in. */
export interface TreeModel extends vscode.TreeDataProvider<TreeNode> {
  readonly viewState: ViewState;
  /** What stands in the way of what is shown being up to date. */
  readonly error: Error | undefined;
  filter: string;
  node(registryId: string, ruleId?: string): RegistryNode | RuleNode | undefined;
  /** Repaints one registry, or everything. */
  repaint(registryId?: string): void;
}

export function createTreeModel(inventory: Inventory, connection: Connection): TreeModel {
  const nodes = createNodeStore();
  const changed = new vscode.EventEmitter<TreeNode | undefined>();
  let filter = createFilter('');
  let groups: Map<string, RegistryEntry[]> | undefined;

  const error = () => connection.error ?? inventory.state.error;
  const entryOf = (registryId: string) => inventory.entry(registryId);
  const ruleOf = ({ ruleId }: RuleNode) => findRule(inventory.state, ruleId);
  const subscriptionOf = (id: string) =>
    inventory.state.subscriptions.find((subscription) => subscription.id.toLowerCase() === id.toLowerCase());
  const nameOf = (subscriptionId: string) => subscriptionOf(subscriptionId)?.name ?? subscriptionId;
  const failureOf = (id: string) =>
    inventory.state.failures.find(({ subscriptionId }) => subscriptionId.toLowerCase() === id.toLowerCase())?.error;

  /** The registries that the filter lets through, by lower-case subscription id, in order of name. Kept until repainted. */
  function grouped(): Map<string, RegistryEntry[]> {
    if (groups) return groups;
    groups = new Map();
    for (const entry of inventory.state.registries.values()) {
      const { subscriptionId } = entry.registry;
      if (!filter.registry(entry, nameOf(subscriptionId))) continue;
      const key = subscriptionId.toLowerCase();
      const group = groups.get(key);
      if (group) group.push(entry);
      else groups.set(key, [entry]);
    }
    for (const group of groups.values()) group.sort((a, b) => a.registry.name.localeCompare(b.registry.name));
    return groups;
  }

  function viewState(): ViewState {
    const { signedIn, registries, subscriptions, freshness, failures } = inventory.state;
    if (signedIn === false && !connection.busy && !connection.error) return 'signedOut';
    if (registries.size === 0 && failures.length === 0) {
      if (connection.busy || freshness === 'loading') return 'starting';
      if (error()) return 'error';
      if (signedIn !== true) return 'starting';
      return subscriptions.length === 0 ? 'noSubscription' : 'noRegistry';
    }
    return filter.text && grouped().size === 0 ? 'noMatch' : 'ready';
  }

  function roots(): TreeNode[] {
    if (viewState() !== 'ready') return [];
    const ids = new Map<string, string>();
    for (const { id } of inventory.state.subscriptions) ids.set(id.toLowerCase(), id);
    for (const { subscriptionId } of inventory.state.failures) ids.set(subscriptionId.toLowerCase(), subscriptionId);
    // A snapshot or a page of a running refresh may hold registries of subscriptions not listed yet.
    for (const [key, [first]] of grouped()) if (first) ids.set(key, first.registry.subscriptionId);
    const shown = [...ids].filter(([key]) => !filter.text || grouped().has(key)).map(([, id]) => id);
    shown.sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
    return [...errorAtTop(), ...shown.map((id) => nodes.subscription(id))];
  }

  function errorAtTop(): MessageNode[] {
    const problem = error();
    if (!problem || connection.busy) return [];
    return [
      {
        kind: 'message',
        severity: 'error',
        label: vscode.l10n.t('Shown as last known: refreshing failed'),
        ...inWords(problem),
      },
    ];
  }

  function registriesOf(parent: SubscriptionNode): TreeNode[] {
    const failure = failureOf(parent.subscriptionId);
    const failed: MessageNode[] = failure
      ? [
          {
            kind: 'message',
            parent,
            severity: 'error',
            label: vscode.l10n.t('Registries could not be read'),
            ...inWords(failure),
          },
        ]
      : [];
    const entries = grouped().get(parent.subscriptionId.toLowerCase()) ?? [];
    return [...failed, ...entries.map(({ registry }) => nodes.registry(registry.id))];
  }

  async function rulesOf(parent: RegistryNode): Promise<TreeNode[]> {
    let entry = entryOf(parent.registryId);
    if (entry && !entry.rules && entry.rulesFreshness !== 'failed') {
      // Nothing to show yet: the row shows VS Code's spinner until they are here.
      await connection.start();
      await inventory.loadRules(parent.registryId);
      entry = entryOf(parent.registryId);
    } else if (entry?.rulesFreshness === 'snapshot') {
      void connection.start().then(() => inventory.loadRules(parent.registryId));
    }
    if (!entry) return [];
    const shown = filter.rules(entry, nameOf(entry.registry.subscriptionId));
    return [...ruleMessages(parent, entry, shown), ...shown.map(({ id }) => nodes.rule(parent.registryId, id))];
  }

  function ruleMessages(parent: RegistryNode, entry: RegistryEntry, shown: readonly CacheRule[]): MessageNode[] {
    const problem = entry.rulesError ?? (entry.rules ? undefined : error());
    if (problem) {
      const label = vscode.l10n.t('Cache rules could not be read');
      return [{ kind: 'message', parent, severity: 'error', label, ...inWords(problem) }];
    }
    if (shown.length > 0 || !entry.rules) return [];
    const label =
      entry.rules.length > 0 ? vscode.l10n.t('No cache rule matches the filter') : vscode.l10n.t('No cache rules');
    return [{ kind: 'message', parent, severity: 'information', label }];
  }

  async function detailsOf(parent: RuleNode): Promise<TreeNode[]> {
    const { ruleDetails } = await import('./ruleDetails.lazy.ts');
    const found = ruleOf(parent);
    return found ? ruleDetails(parent, found.rule, found.entry.registry, knowledgeOf(found.entry, parent.ruleId)) : [];
  }

  return {
    onDidChangeTreeData: changed.event,
    get viewState() {
      return viewState();
    },
    get error() {
      return error();
    },
    get filter() {
      return filter.text;
    },
    set filter(text) {
      filter = createFilter(text);
      this.repaint();
    },
    node(registryId, ruleId) {
      const entry = entryOf(registryId);
      if (!entry) return undefined;
      if (ruleId === undefined) return nodes.registry(entry.registry.id);
      const node = nodes.rule(entry.registry.id, ruleId);
      return ruleOf(node) && node;
    },
    repaint(registryId) {
      groups = undefined;
      // With a filter, new rules can bring a registry into view or take it away.
      const whole = registryId === undefined || filter.text !== '' || !entryOf(registryId);
      changed.fire(whole ? undefined : nodes.registry(registryId));
    },
    getChildren(node) {
      switch (node?.kind) {
        case undefined:
          return roots();
        case 'subscription':
          return registriesOf(node);
        case 'registry':
          return rulesOf(node);
        case 'rule':
          return detailsOf(node);
        case 'detail':
        case 'message':
          return [];
      }
    },
    getParent(node) {
      switch (node.kind) {
        case 'subscription':
          return undefined;
        case 'registry': {
          const entry = entryOf(node.registryId);
          return entry && nodes.subscription(entry.registry.subscriptionId);
        }
        case 'rule':
          return nodes.registry(node.registryId);
        case 'detail':
        case 'message':
          return node.parent;
      }
    },
    getTreeItem(node) {
      switch (node.kind) {
        case 'subscription': {
          const entries = grouped().get(node.subscriptionId.toLowerCase()) ?? [];
          return subscriptionItem(node.subscriptionId, subscriptionOf(node.subscriptionId), {
            registries: entries.length,
            failed: failureOf(node.subscriptionId) !== undefined,
            expanded: inventory.state.registries.size <= expandUpTo || filter.text !== '',
            filter: filter.text,
          });
        }
        case 'registry': {
          const entry = entryOf(node.registryId);
          return entry ? registryItem(entry) : goneItem();
        }
        case 'rule': {
          const found = ruleOf(node);
          return found ? ruleItem(found.rule, knowledgeOf(found.entry, node.ruleId)) : goneItem();
        }
        case 'detail':
          return detailItem(node);
        case 'message':
          return messageItem(node);
      }
    },
  };
}

/** An error's row: Azure's message in the line, code, correlation id and what to do on hovering. */
function inWords(error: Error): Pick<MessageNode, 'detail' | 'full'> {
  return { detail: error.message, full: explainError(error) };
}

/** For the moment between a removal and the repaint that follows it. */
function goneItem(): vscode.TreeItem {
  return messageItem({ kind: 'message', severity: 'information', label: vscode.l10n.t('No longer there') });
}
