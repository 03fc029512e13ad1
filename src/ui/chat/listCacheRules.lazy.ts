import * as vscode from 'vscode';
import { armIdKey, armIdName } from '../../domain/armId.ts';
import { judgeRule } from '../../domain/ruleVerdict.ts';
import type { CacheRule } from '../../domain/types.ts';
import { knowledgeOf } from '../../inventory/knowledge.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import { textOf } from '../shared/textOf.ts';
import type { Services } from '../services/services.ts';
import { type Answer, firstOf, verdictAnswer } from './answer.ts';
import { entriesOf, findRegistry, freshnessOf, makeKnown, readUnread } from './known.ts';

/** Rules in one answer. */
const maxRules = 100;

/** `{ registry?, source? }`: the rules of one or all registries, those whose source begins with a text. */
export async function listCacheRules(
  services: Pick<Services, 'inventory' | 'connection'>,
  input: unknown,
  signal: AbortSignal,
): Promise<Answer> {
  const unknown = await makeKnown(services, signal);
  if (unknown) return unknown;
  const named = textOf(input, 'registry');
  const found = named === undefined ? undefined : findRegistry(services, named);
  if (found && 'answer' in found) return found.answer;
  await readUnread(services, found ? [found.entry] : entriesOf(services), signal);

  const one = found && armIdKey(found.entry.registry.id);
  const entries = entriesOf(services).filter(({ registry }) => one === undefined || armIdKey(registry.id) === one);
  const source = textOf(input, 'source')?.trim().toLowerCase() ?? '';
  const rules = entries.flatMap((entry) =>
    (entry.rules ?? [])
      .filter(({ sourceRepository }) => sourceRepository.toLowerCase().startsWith(source))
      .map((rule) => ruleAnswer(entry, rule)),
  );
  const { first, more } = firstOf(rules, maxRules);
  return {
    registries: entries.length,
    rules: first,
    ...(more > 0 && {
      more,
      toNarrow: vscode.l10n.t('Name one registry, or the beginning of the source.'),
    }),
    freshness: freshnessOf(entries),
  };
}

/** A rule as a model needs it: what to pull by, and where it comes from. */
export function ruleAnswer(entry: RegistryEntry, rule: CacheRule): Answer {
  const { registry } = entry;
  const known = knowledgeOf(entry, rule.id);
  return {
    registry: registry.loginServer,
    rule: rule.name,
    source: rule.sourceRepository,
    target: rule.targetRepository,
    pullBy: `${registry.loginServer}/${rule.targetRepository}`,
    ...(rule.identity && { identity: armIdName(rule.identity.id) }),
    ...(rule.identityUnknown && { identity: 'unknown' }),
    ...(rule.credentialSetId !== undefined && { credentialSet: armIdName(rule.credentialSetId) }),
    provisioningState: rule.provisioningState,
    ...verdictAnswer(judgeRule(known)),
    ...(known.checkup && { diagnosedAt: known.checkup.checkedAt }),
    ...(known.proof && { provenByPull: { ...known.proof } }),
  };
}
