import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { createIndex } from '../../common/listIndex.ts';
import { armIdKey } from '../../domain/armId.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { findRule } from '../../inventory/knowledge.ts';
import type { Subscription } from '../../domain/types.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import type { Connection } from '../services/services.ts';
import { createFilter, type Filter } from './filter.ts';
import {
  createNodeStore,
  type NodeStore,
  type ReadingNode,
  type ReadScope,
  type RegistryNode,
  type RuleNode,
  type TreeNode,
  type UnfinishedRule,
} from './nodes.ts';
import { createReaders, type Readers } from './readers.ts';
import type { Rows } from './rows.lazy.ts';

/** What the view as a whole shows; the context key `acrCache.view`, on which the welcome pages depend. */
export type ViewState = 'starting' | 'signedOut' | 'noSubscription' | 'noRegistry' | 'noMatch' | 'error' | 'ready';

/** What the tree is made of. */
export interface TreeSources {
  readonly inventory: Inventory;
  readonly connection: Connection;
  /** For what is cached. Never asks to sign in. @throws AzureError */
  azure(): Promise<Azure>;
}

/** What the rows are made of. */
export interface TreeState extends TreeSources {
  readonly nodes: NodeStore;
  readonly readers: Readers;
  readonly filter: Filter;
  readonly unfinished: readonly UnfinishedRule[];
  readonly error: Error | undefined;
  /** The registries that the filter lets through, by lower-case subscription id, in order of name. */
  groups(): ReadonlyMap<string, readonly RegistryEntry[]>;
  subscription(id: string): Subscription | undefined;
  subscriptionName(id: string): string;
  /** The user has opened the row, when there was no filter. */
  isExpanded(node: TreeNode): boolean;
  repaint(node: TreeNode): void;
}

/** The inventory as a tree. Knows nothing of the view it is shown in. */
export interface TreeModel extends vscode.TreeDataProvider<TreeNode> {
  readonly viewState: ViewState;
  /** What stands in the way of what is shown being up to date. */
  readonly error: Error | undefined;
  filter: string;
  /** What is in the journal. */
  unfinished: readonly UnfinishedRule[];
  node(registryId: string, ruleId?: string): RegistryNode | RuleNode | undefined;
  /** Repaints one registry, and those whose readers changed with it, or everything. */
  repaint(registryId?: string): void;
  noteExpanded(node: TreeNode, isExpanded: boolean): void;
  /** Gives up reading what stands below a row. */
  cancelReading(node: ReadingNode): void;
  /** What is cached is read again, everywhere if nothing is named. */
  readAgain(of?: ReadScope): void;
}

export function createTreeModel(sources: TreeSources): TreeModel {
  const { inventory, connection } = sources;
  const nodes = createNodeStore();
  const readers = createReaders();
  const changed = new vscode.EventEmitter<TreeNode | undefined>();
  const expanded = new Set<TreeNode>();
  let filter = createFilter('');
  let groups: Map<string, RegistryEntry[]> | undefined;
  let unfinished: readonly UnfinishedRule[] = [];
  let rows: Rows | undefined;

  const error = () => connection.error ?? inventory.state.error;
  const subscriptions = createIndex(({ id }: Subscription) => id);
  const subscriptionOf = (id: string) => subscriptions(inventory.state.subscriptions, id);
  const nameOf = (id: string) => subscriptionOf(id)?.name ?? id;

  /** Kept until repainted. */
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

  const state: TreeState = {
    ...sources,
    nodes,
    readers,
    get filter() {
      return filter;
    },
    get unfinished() {
      return unfinished;
    },
    get error() {
      return error();
    },
    groups: grouped,
    subscription: subscriptionOf,
    subscriptionName: nameOf,
    isExpanded: (node) => expanded.has(node),
    repaint: (node) => changed.fire(node),
  };

  async function loadedRows(): Promise<Rows> {
    const { createRows } = await import('./rows.lazy.ts');
    return (rows ??= createRows(state));
  }

  function repaint(registryId?: string): void {
    groups = undefined;
    const { registries } = inventory.state;
    const isKnown = registryId !== undefined && registries.has(armIdKey(registryId));
    const hosts = readers.update(registries, isKnown ? registryId : undefined);
    // With a filter, new rules can bring a registry into view or take it away.
    if (!isKnown || filter.text !== '') {
      changed.fire(undefined);
      return;
    }
    const upstreams = [...hosts].flatMap((host) => readers.registry(host)?.registry.id ?? []);
    for (const node of new Set([registryId, ...upstreams].map(nodes.registry))) changed.fire(node);
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
      repaint();
    },
    get unfinished() {
      return unfinished;
    },
    set unfinished(found) {
      if (JSON.stringify(found) === JSON.stringify(unfinished)) return;
      unfinished = found;
      repaint();
    },
    node(registryId, ruleId) {
      const entry = inventory.entry(registryId);
      if (!entry) return undefined;
      if (ruleId === undefined) return nodes.registry(entry.registry.id);
      return findRule(inventory.state, ruleId) && nodes.rule(entry.registry.id, ruleId);
    },
    repaint,
    noteExpanded(node, isExpanded) {
      if (filter.text !== '') return;
      if (isExpanded) expanded.add(node);
      else expanded.delete(node);
    },
    cancelReading: (node) => rows?.cancelReading(node),
    readAgain: (of) => rows?.readAgain(of),
    getChildren: async (node) => (node || viewState() === 'ready' ? (await loadedRows()).children(node) : []),
    getTreeItem: async (node) => (await loadedRows()).item(node),
    getParent(node) {
      switch (node.kind) {
        case 'subscription':
          return undefined;
        case 'registry': {
          const entry = inventory.entry(node.registryId);
          return entry && nodes.subscription(entry.registry.subscriptionId);
        }
        case 'rule':
          return nodes.registry(node.registryId);
        default:
          return node.parent;
      }
    },
  };
}
