import type { Registry } from '../../domain/types.ts';
import { asError } from '../../common/asError.ts';
import { parentArmId } from '../../domain/armId.ts';
import { findRule } from '../../inventory/knowledge.ts';
import type { CachedRows } from './cachedRows.lazy.ts';
import type { RepositoryNode, RuleNode } from './nodes.ts';
import type { Readings } from './readings.ts';
import type { TreeState } from './treeModel.ts';

type Content = CachedRows | Error;

/** What was read of a rule's or repository's content, and when: by the rules as they were listed then, and the last proven pull. */
interface Known {
  readonly content: Content;
  readonly rules: unknown;
  readonly proof: unknown;
}

/** What rules have cached, as far as it was read. */
export function createCached(state: TreeState, readings: Readings) {
  const { inventory, connection, nodes, readers } = state;
  const cached = new Map<RuleNode | RepositoryNode, Known>();

  /** Where it is old it is shown until it was read again. undefined: the rule is gone. */
  async function cachedOf(parent: RuleNode | RepositoryNode): Promise<Content | 'late' | 'cancelled' | undefined> {
    const known = cached.get(parent);
    if (known && isCurrent(parent, known)) return known.content;
    const reading = readings.wait(parent, (signal) => readCached(parent, signal));
    if (known) {
      void reading.then((outcome) => {
        if (outcome === 'read') state.repaint(parent);
      });
      return known.content;
    }
    const outcome = await reading;
    return outcome === 'read' ? cached.get(parent)?.content : outcome;
  }

  function isCurrent(parent: RuleNode | RepositoryNode, known: Known): boolean {
    const { rules, proof } = stampOf(parent);
    return known.rules === rules && known.proof === proof;
  }

  function stampOf({ ruleId }: RuleNode | RepositoryNode): Omit<Known, 'content'> {
    const rules = inventory.entry(parentArmId(ruleId) ?? '')?.rules;
    return { rules, proof: inventory.knowledge(ruleId).proof };
  }

  async function readCached(parent: RuleNode | RepositoryNode, signal: AbortSignal): Promise<void> {
    await connection.start();
    const stamp = stampOf(parent);
    const found = findRule(inventory.state, parent.ruleId);
    if (!found) return;
    let content: Content;
    try {
      const [azure, { readCachedRows }] = await Promise.all([state.azure(), import('./cachedRows.lazy.ts')]);
      const { rule, entry } = found;
      // What is only remembered gets no token: it is read first.
      const ifRead = (one: Registry | undefined) => (one && azure.registries.isRead(one) ? one : undefined);
      const registry = (host: string) => ifRead(readers.registry(host)?.registry);
      const downstream = ifRead(entry.registry);
      content = await readCachedRows(parent, { azure, rule, registry, downstream, signal }, nodes);
    } catch (error) {
      content = asError(error);
    }
    if (!signal.aborted) cached.set(parent, { content, ...stamp });
  }

  return {
    of: cachedOf,
    /** What is known of these rows is old: it is read again when next asked for. */
    forget(isMeant: (node: RuleNode | RepositoryNode) => boolean): void {
      for (const [node, known] of cached) if (isMeant(node)) cached.set(node, { ...known, rules: undefined });
    },
  };
}
