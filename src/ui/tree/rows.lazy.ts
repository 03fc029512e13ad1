import * as vscode from 'vscode';
import { createIndex } from '../../common/listIndex.ts';
import { armIdKey, armIdName, sameArmId } from '../../domain/armId.ts';
import { findRule, knowledgeOf } from '../../inventory/knowledge.ts';
import type { InventoryState, RegistryEntry } from '../../inventory/types.ts';
import { explainError } from '../shared/errors.ts';
import { createCached } from './cached.lazy.ts';
import { actionItem, messageItem, registryItem, subscriptionItem } from './items.lazy.ts';
import type {
  ActionNode,
  MessageNode,
  ProblemNode,
  ReaderNode,
  ReadScope,
  ReadingNode,
  RegistryNode,
  RepositoryNode,
  RuleNode,
  SubscriptionNode,
  TreeNode,
  UnfinishedRule,
} from './nodes.ts';
import { createReadings } from './readings.ts';
import { problemItem, readerItem, repositoryItem, ruleItem, tagItem, unfinishedItem } from './ruleItems.lazy.ts';
import type { TreeState } from './treeModel.ts';

/** Subscriptions open by themselves up to this many registries in all; beyond it the list is too long to be of use. */
const expandUpTo = 60;

/** The rows of the tree. Their code is loaded with the first one. */
export interface Rows {
  children(node?: TreeNode): Promise<TreeNode[]>;
  item(node: TreeNode): vscode.TreeItem;
  cancelReading(node: ReadingNode): void;
  readAgain(of?: ReadScope): void;
}

export function createRows(state: TreeState): Rows {
  const { inventory, connection, nodes, readers } = state;
  const readings = createReadings((node) => state.repaint(node));
  const cached = createCached(state, readings);

  const ruleOf = (ruleId: string) => findRule(inventory.state, ruleId);
  const unfinishedOf = (ruleId: string) => state.unfinished.find((one) => sameArmId(one.ruleId, ruleId));
  const failures = createIndex(({ subscriptionId }: InventoryState['failures'][number]) => subscriptionId);
  const failureOf = (id: string) => failures(inventory.state.failures, id)?.error;
  const groupOf = (subscriptionId: string) => state.groups().get(subscriptionId.toLowerCase()) ?? [];

  function roots(): TreeNode[] {
    const ids = new Map<string, string>();
    for (const { id } of inventory.state.subscriptions) ids.set(id.toLowerCase(), id);
    for (const { subscriptionId } of inventory.state.failures) ids.set(subscriptionId.toLowerCase(), subscriptionId);
    // A snapshot or a page of a running refresh may hold registries of subscriptions not listed yet.
    for (const [key, [first]] of state.groups()) if (first) ids.set(key, first.registry.subscriptionId);
    const shown = [...ids].filter(([key]) => !state.filter.text || state.groups().has(key)).map(([, id]) => id);
    shown.sort((a, b) => state.subscriptionName(a).localeCompare(state.subscriptionName(b)));
    const problem = connection.busy ? undefined : state.error;
    const failed = problem ? [failure(vscode.l10n.t('Not up to date: refreshing failed'), problem)] : [];
    return [...failed, ...shown.map((id) => nodes.subscription(id))];
  }

  function registriesOf(parent: SubscriptionNode): TreeNode[] {
    const problem = failureOf(parent.subscriptionId);
    return [
      ...(problem ? [failure(vscode.l10n.t('Could not load the registries'), problem, parent)] : []),
      ...groupOf(parent.subscriptionId).map(({ registry }) => nodes.registry(registry.id)),
    ];
  }

  async function rulesOf(parent: RegistryNode): Promise<TreeNode[]> {
    const known = inventory.entry(parent.registryId);
    if (known && !known.rules && known.rulesFreshness !== 'failed') {
      // Nothing to show yet: the row shows VS Code's spinner until they are here.
      const outcome = await readings.wait(parent, async (signal) => {
        await connection.start();
        await inventory.loadRules(parent.registryId, { signal });
      });
      if (outcome !== 'read') return inPlace(parent, outcome);
    } else if (known?.rulesFreshness === 'snapshot') {
      void connection.start().then(() => inventory.loadRules(parent.registryId));
    }
    const entry = inventory.entry(parent.registryId);
    return entry ? belowRegistry(parent, entry) : [];
  }

  function belowRegistry(parent: RegistryNode, entry: RegistryEntry): TreeNode[] {
    const subscription = state.subscriptionName(entry.registry.subscriptionId);
    const shown = state.filter.rules(entry, subscription);
    const toBe = unfinishedIn(entry).filter(({ ruleId, target, source = '' }) => {
      const rule = { name: armIdName(ruleId), targetRepository: target, sourceRepository: source };
      return !ruleOf(ruleId) && state.filter.rule(entry, subscription, rule);
    });
    const others = readersOf(parent, entry);
    const problem = entry.rulesError ?? (entry.rules ? undefined : state.error);
    const rows: TreeNode[] = [
      ...toBe.map(({ ruleId }) => nodes.rule(parent.registryId, ruleId)),
      ...shown.map(({ id }) => nodes.rule(parent.registryId, id)),
      ...others,
    ];
    if (problem) return [failure(vscode.l10n.t('Could not load the cache rules'), problem, parent), ...rows];
    if (rows.length > 0 || !entry.rules) return rows;
    if (entry.rules.length > 0) return [information(parent, vscode.l10n.t('No cache rule matches the filter'))];
    return [action(parent, vscode.l10n.t('Set up a cache…'), 'add', 'acrCache.setUpCache')];
  }

  /** Rules of other registries that read from this one. */
  function readersOf(parent: RegistryNode, { registry }: RegistryEntry): ReaderNode[] {
    return readers.of(registry.loginServer).flatMap(({ id }): ReaderNode[] => {
      const found = ruleOf(id);
      if (!found) return [];
      const { entry, rule } = found;
      const subscription = state.subscriptionName(entry.registry.subscriptionId);
      if (!state.filter.rule(entry, subscription, rule)) return [];
      return [{ kind: 'reader', parent, registryId: entry.registry.id, ruleId: id }];
    });
  }

  function unfinishedIn({ registry }: RegistryEntry): UnfinishedRule[] {
    return state.unfinished.filter(({ registryId }) => sameArmId(registryId, registry.id));
  }

  async function belowRule(parent: RuleNode): Promise<TreeNode[]> {
    if (!ruleOf(parent.ruleId)) return [];
    return [...(await cachedOf(parent)), ...problemsOf(parent)];
  }

  function problemsOf(parent: RuleNode): ProblemNode[] {
    const { registryId, ruleId } = parent;
    const findings = inventory.knowledge(ruleId).checkup?.findings ?? [];
    return findings.flatMap(({ check, verdict, title, reason, hasRepair }): ProblemNode[] =>
      verdict === 'unknown'
        ? []
        : [{ kind: 'problem', parent, registryId, ruleId, check, severity: verdict, title, reason, hasRepair }],
    );
  }

  async function cachedOf(parent: RuleNode | RepositoryNode): Promise<TreeNode[]> {
    const content = await cached.of(parent);
    if (content === 'late' || content === 'cancelled') return inPlace(parent, content);
    if (!content) return [];
    if (content instanceof Error) {
      return [failure(vscode.l10n.t('Could not load what is cached'), content, parent)];
    }
    const { rows, more, untagged, isCut } = content;
    const open = (label: string) => action(parent, label, 'ellipsis', 'acrCache.openRule');
    const rest = [
      ...(more > 0 ? [open(vscode.l10n.t('{0} more: open the rule', more))] : []),
      ...(untagged > 0 ? [open(vscode.l10n.t('Images without a tag: {0}', untagged))] : []),
      ...(isCut ? [open(vscode.l10n.t('Too many repositories to list all'))] : []),
    ];
    if (rows.length + rest.length > 0) return [...rows, ...rest];
    const verify = action(parent, vscode.l10n.t('Nothing cached yet'), 'circle-outline', 'acrCache.verifyRule');
    return [{ ...verify, detail: vscode.l10n.t('verify by pulling') }];
  }

  async function childrenOf(node: TreeNode | undefined): Promise<TreeNode[]> {
    switch (node?.kind) {
      case undefined:
        return roots();
      case 'subscription':
        return registriesOf(node);
      case 'registry':
        return rulesOf(node);
      case 'rule':
        return belowRule(node);
      case 'repository':
        return cachedOf(node);
      default:
        return [];
    }
  }

  return {
    children: async (node) => distinct(await childrenOf(node)),
    item(node) {
      switch (node.kind) {
        case 'subscription':
          return subscriptionItem(node.subscriptionId, state.subscription(node.subscriptionId), {
            registries: groupOf(node.subscriptionId).length,
            failed: failureOf(node.subscriptionId) !== undefined,
            expanded: inventory.state.registries.size <= expandUpTo || state.filter.text !== '',
            filter: state.filter.text,
          });
        case 'registry': {
          const entry = inventory.entry(node.registryId);
          if (!entry) return goneItem();
          const { filter } = state;
          const isMatchBelow =
            filter.text !== '' && !filter.registryItself(entry, state.subscriptionName(entry.registry.subscriptionId));
          return registryItem(entry, {
            readers: readers.of(entry.registry.loginServer).length,
            unfinished: unfinishedIn(entry).length,
            expanded: isMatchBelow || state.isExpanded(node),
            filter: filter.text,
          });
        }
        case 'rule': {
          const found = ruleOf(node.ruleId);
          const unfinished = unfinishedOf(node.ruleId);
          const look = { unfinished, expanded: state.isExpanded(node), sourceName: nameOfSource };
          if (found) return ruleItem(found.rule, knowledgeOf(found.entry, node.ruleId), look);
          return unfinished ? unfinishedItem(unfinished, nameOfSource) : goneItem();
        }
        case 'reader': {
          const found = ruleOf(node.ruleId);
          return found ? readerItem(node, found.rule, found.entry.registry) : goneItem();
        }
        case 'repository':
          return repositoryItem(node, state.isExpanded(node));
        case 'tag':
          return tagItem(node);
        case 'problem':
          return problemItem(node);
        case 'action':
          return actionItem(node);
        case 'message':
          return messageItem(node);
      }
    },
    cancelReading: (node) => readings.cancel(node),
    readAgain(of) {
      const isMeant = (node: ReadingNode) =>
        of === undefined ||
        (of.ruleId === undefined || node.kind === 'registry'
          ? sameArmId(node.registryId, of.registryId)
          : sameArmId(node.ruleId, of.ruleId));
      readings.forget(isMeant);
      cached.forget(isMeant);
      if (of)
        state.repaint(of.ruleId === undefined ? nodes.registry(of.registryId) : nodes.rule(of.registryId, of.ruleId));
    },
  };

  function nameOfSource(host: string): string | undefined {
    return readers.registry(host)?.registry.name;
  }
}

/** VS Code refuses rows that have one id, and with them all others below their parent. What is listed may hold a thing twice. */
function distinct(rows: readonly TreeNode[]): TreeNode[] {
  return [...new Map(rows.map((row) => [identityOf(row), row])).values()];
}

function identityOf(row: TreeNode): unknown {
  switch (row.kind) {
    case 'reader':
      return `reader ${armIdKey(row.ruleId)}`;
    case 'tag':
      return `tag ${row.tag}`;
    case 'problem':
      return `problem ${row.check}`;
    default:
      return row;
  }
}

/** In place of rows that are not there yet. */
function inPlace(parent: ReadingNode, outcome: 'late' | 'cancelled'): TreeNode[] {
  const retry = action(parent, vscode.l10n.t('Retry'), 'refresh', 'acrCache.refresh');
  if (outcome === 'cancelled') return [information(parent, vscode.l10n.t('Cancelled')), retry];
  return [
    information(parent, vscode.l10n.t('No answer for 10 seconds')),
    action(parent, vscode.l10n.t('Cancel'), 'close', 'acrCache.cancelReading'),
    retry,
  ];
}

function information(parent: ReadingNode, label: string): MessageNode {
  return { kind: 'message', parent, severity: 'information', label };
}

function action(parent: ReadingNode, label: string, icon: string, command: string): ActionNode {
  return { kind: 'action', parent, label, icon, command };
}

/** An error's row: Azure's message in the line, code, correlation id and what to do on hovering. */
function failure(label: string, error: Error, parent?: MessageNode['parent']): MessageNode {
  return {
    kind: 'message',
    severity: 'error',
    label,
    detail: error.message,
    full: explainError(error),
    ...(parent && { parent }),
  };
}

/** For the moment between a removal and the repaint that follows it. */
function goneItem(): vscode.TreeItem {
  return messageItem({ kind: 'message', severity: 'information', label: vscode.l10n.t('No longer exists') });
}
