import { armIdKey } from '../../domain/armId.ts';
import { textOf } from '../shared/textOf.ts';
import type { Purpose } from '../../provisioning/types.ts';

export interface SubscriptionNode {
  readonly kind: 'subscription';
  readonly subscriptionId: string;
}

export interface RegistryNode {
  readonly kind: 'registry';
  readonly registryId: string;
}

/** A cache rule, also one that an unfinished setup has not created yet. */
export interface RuleNode {
  readonly kind: 'rule';
  readonly registryId: string;
  readonly ruleId: string;
}

/** Below an upstream registry: a rule of another registry that reads from it. */
export interface ReaderNode {
  readonly kind: 'reader';
  readonly parent: RegistryNode;
  readonly registryId: string;
  readonly ruleId: string;
}

/** A repository that a rule with a wildcard has cached. */
export interface RepositoryNode {
  readonly kind: 'repository';
  readonly parent: RuleNode;
  readonly registryId: string;
  readonly ruleId: string;
  readonly repository: string;
  /** In the upstream. */
  readonly source: string;
}

/** A tag that is cached. */
export interface TagNode {
  readonly kind: 'tag';
  readonly parent: RuleNode | RepositoryNode;
  readonly registryId: string;
  readonly ruleId: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  /** ISO 8601, when the tag was last written here. */
  readonly lastUpdated?: string;
  /** `linux/amd64`, of what is stored. */
  readonly platforms: readonly string[];
  readonly upstreamState: 'same' | 'stale' | 'gone' | 'unknown';
  /** Why the upstream's digest is not known. */
  readonly upstreamReason?: string;
}

/** What the last diagnosis found wrong with a rule. */
export interface ProblemNode {
  readonly kind: 'problem';
  readonly parent: RuleNode;
  readonly registryId: string;
  readonly ruleId: string;
  /** Id of the check. */
  readonly check: string;
  readonly severity: 'problem' | 'warning';
  readonly title: string;
  readonly reason: string;
  readonly hasRepair: boolean;
}

/** A node whose children may have to be read. */
export type ReadingNode = RegistryNode | RuleNode | RepositoryNode;

/** What is read again: what is cached by one rule, or by all of a registry, with the registry's rules where they have never been read. */
export interface ReadScope {
  readonly registryId: string;
  readonly ruleId?: string;
}

/** Words in place of children: nothing there, or what went wrong. */
export interface MessageNode {
  readonly kind: 'message';
  readonly parent?: SubscriptionNode | ReadingNode;
  readonly severity: 'error' | 'information';
  readonly label: string;
  readonly detail?: string;
  /** All that is known of an error: shown on hovering, and copied. */
  readonly full?: string;
}

/** A row that does something when it is chosen. */
export interface ActionNode {
  readonly kind: 'action';
  readonly parent: ReadingNode;
  readonly label: string;
  readonly detail?: string;
  readonly icon: string;
  /** Id of the command, which is handed the parent. */
  readonly command: string;
}

/** What the tree hands to commands. Rows of what the inventory knows hold ids only: the data is looked up when needed. */
export type TreeNode =
  | SubscriptionNode
  | RegistryNode
  | RuleNode
  | ReaderNode
  | RepositoryNode
  | TagNode
  | ProblemNode
  | MessageNode
  | ActionNode;

/** A rule whose setup, change or deletion was started and has not ended, though no window works on it. */
export interface UnfinishedRule {
  readonly journalId: string;
  readonly purpose: Purpose['kind'];
  readonly registryId: string;
  readonly ruleId: string;
  /** As the rule has them, or will have them. */
  readonly target: string;
  readonly source?: string;
}

/** Gives the same object for the same thing, by which VS Code knows what to repaint and to reveal. */
export function createNodeStore() {
  type Kept = SubscriptionNode | ReadingNode;
  const nodes = new Map<string, Kept>();
  function kept<T extends Kept>(key: string, node: T): T {
    const found = nodes.get(key);
    if (found?.kind === node.kind) return found as T;
    nodes.set(key, node);
    return node;
  }
  return {
    subscription: (subscriptionId: string) =>
      kept<SubscriptionNode>(subscriptionId.toLowerCase(), { kind: 'subscription', subscriptionId }),
    registry: (registryId: string) => kept<RegistryNode>(armIdKey(registryId), { kind: 'registry', registryId }),
    rule: (registryId: string, ruleId: string) =>
      kept<RuleNode>(armIdKey(ruleId), { kind: 'rule', registryId, ruleId }),
    repository(parent: RuleNode, repository: string, source: string) {
      const { registryId, ruleId } = parent;
      const key = `${armIdKey(ruleId)} ${repository} ${source}`;
      return kept<RepositoryNode>(key, { kind: 'repository', parent, registryId, ruleId, repository, source });
    },
  };
}

export type NodeStore = ReturnType<typeof createNodeStore>;

/** The row whose children a command is about: the row itself, or of a message its parent. Other extensions may hand over anything. */
export function readingNodeOf(node: unknown): ReadingNode | undefined {
  const parent: unknown = typeof node === 'object' && node !== null ? Reflect.get(node, 'parent') : undefined;
  return [node, parent].find(isReadingNode);
}

function isReadingNode(node: unknown): node is ReadingNode {
  const kind = textOf(node, 'kind') ?? '';
  return ['registry', 'rule', 'repository'].includes(kind) && textOf(node, 'registryId') !== undefined;
}
