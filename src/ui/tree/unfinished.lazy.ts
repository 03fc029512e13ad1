import { cacheRuleArmId, parentArmId } from '../../domain/armId.ts';
import { formatRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { createJournal, type JournalEntry } from '../../provisioning/engine/journal.ts';
import type { UnfinishedRule } from './nodes.ts';

/** The rules of what was started and has not ended, though no window works on it, oldest first. @param folder of the journal */
export async function readUnfinished(folder: string): Promise<UnfinishedRule[]> {
  return (await createJournal(folder).unfinished()).flatMap(rulesOf);
}

/** The rules that an entry is about. */
export function rulesOf({ id, purpose }: JournalEntry): UnfinishedRule[] {
  if (purpose.kind === 'cleanUp') {
    const { kind, ruleId, target } = purpose;
    const registryId = parentArmId(ruleId);
    return registryId === undefined ? [] : [{ journalId: id, purpose: kind, registryId, ruleId, target }];
  }
  const { downstream, source, mappings } = purpose.link;
  return mappings.map((mapping) => ({
    journalId: id,
    purpose: purpose.kind,
    registryId: downstream.id,
    ruleId: cacheRuleArmId(downstream.id, mapping.ruleName),
    target: formatRepositoryPattern(mapping.target),
    source: `${source.loginServer}/${formatRepositoryPattern(mapping.source)}`,
  }));
}
