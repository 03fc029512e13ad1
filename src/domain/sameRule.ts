import { armIdKey } from './armId.ts';
import type { CacheRule } from './types.ts';

/** What tells a rule from another one of its name. */
export type RulePart = 'paths' | 'creationDate' | 'identity' | 'credentialSet';

/**
 * The first part in which two rules of one name differ; undefined: they are one rule. A name alone says little: a colleague may have
 * deleted and recreated the rule. A date or principal that Azure does not tell of one of them is no difference.
 */
export function differingPart(a: CacheRule, b: CacheRule): RulePart | undefined {
  type Read = (rule: CacheRule) => string | undefined;
  const differs = (read: Read): boolean => armIdKey(read(a) ?? '') !== armIdKey(read(b) ?? '');
  const isKnownToDiffer = (read: Read): boolean => read(a) !== undefined && read(b) !== undefined && differs(read);
  if (differs((rule) => rule.sourceRepository) || differs((rule) => rule.targetRepository)) return 'paths';
  if (isKnownToDiffer(momentOfCreation)) return 'creationDate';
  if (differs(({ identity }) => identity?.id) || isKnownToDiffer(({ identity }) => identity?.principalId)) {
    return 'identity';
  }
  return differs((rule) => rule.credentialSetId) ? 'credentialSet' : undefined;
}

export function isSameRule(a: CacheRule, b: CacheRule): boolean {
  return differingPart(a, b) === undefined;
}

/** Azure writes the same moment with more or fewer digits. */
function momentOfCreation({ creationDate }: CacheRule): string | undefined {
  const moment = Date.parse(creationDate ?? '');
  return Number.isNaN(moment) ? creationDate : String(moment);
}
