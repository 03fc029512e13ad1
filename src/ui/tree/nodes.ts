import { armIdKey } from '../../domain/armId.ts';

export interface SubscriptionNode {
  readonly kind: 'subscription';
  readonly subscriptionId: string;
}

export interface RegistryNode {
  readonly kind: 'registry';
  readonly registryId: string;
}

export interface RuleNode {
  readonly kind: 'rule';
  readonly registryId: string;
  readonly ruleId: string;
}

/** One line about a rule. */
export interface DetailNode {
  readonly kind: 'detail';
  readonly parent: RuleNode;
  /** Stable name of the line. */
  readonly name: string;
  readonly label: string;
  readonly value: string;
  /** More than fits into the line, such as a whole resource id; copied instead of `value`. */
  readonly full?: string;
  readonly icon: string;
}

/** Words in place of children: nothing there, or what went wrong. */
export interface MessageNode {
  readonly kind: 'message';
  readonly parent?: SubscriptionNode | RegistryNode;
  readonly severity: 'error' | 'information';
  readonly label: string;
  readonly detail?: string;
  /** All that is known of an error: shown on hovering, and copied. */
  readonly full?: string;
}

/** What the tree hands to commands. Holds ids only: the data is looked up in the inventory when needed. */
export type TreeNode = SubscriptionNode | RegistryNode | RuleNode | DetailNode | MessageNode;

/** Gives the same object for the same thing, by which VS Code knows what to repaint and to reveal. */
export function createNodeStore() {
  const nodes = new Map<string, SubscriptionNode | RegistryNode | RuleNode>();
  function kept<T extends SubscriptionNode | RegistryNode | RuleNode>(key: string, node: T): T {
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
  };
}
