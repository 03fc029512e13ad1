import { armIdKey } from '../../domain/armId.ts';
import { findRule, knowledgeOf } from '../../inventory/knowledge.ts';
import {
  diagnosisMarkdown,
  rememberedMarkdown,
  rememberedRegistryMarkdown,
} from '../../provisioning/diagnosis/diagnosisMarkdown.ts';
import type { Services } from '../services/services.ts';
import { localDate } from '../shared/localDate.ts';
import { isRuleId } from '../../domain/resourceIds.ts';
import { lastDiagnosis } from './results.ts';

/**
 * The results of the last diagnosis of a rule or registry: of this session, else what is remembered of it. Undefined: it was not
 * diagnosed.
 */
export function diagnosisText({ inventory }: Pick<Services, 'inventory'>, id: string): string | undefined {
  const diagnosis = lastDiagnosis(inventory, id);
  if (diagnosis) return diagnosisMarkdown(diagnosis, localDate);
  if (isRuleId(id)) {
    const known = inventory.knowledge(id);
    // The id of a document's address is in lower case.
    const ruleId = findRule(inventory.state, id)?.rule.id ?? id;
    return known.checkup && rememberedMarkdown(ruleId, { ...known, checkup: known.checkup }, localDate);
  }
  const entry = inventory.state.registries.get(armIdKey(id));
  const rules = (entry?.rules ?? []).map((rule) => ({ ruleId: rule.id, known: knowledgeOf(entry ?? {}, rule.id) }));
  const isDiagnosed = rules.some(({ known }) => known.checkup);
  return entry && isDiagnosed ? rememberedRegistryMarkdown(entry.registry.id, rules) : undefined;
}
