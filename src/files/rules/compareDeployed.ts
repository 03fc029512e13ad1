import { sameArmId } from '../../domain/armId.ts';
import { parseRepositoryPattern, parseSourceRepository, samePattern } from '../../domain/repositoryPattern.ts';
import type { CacheRule } from '../../domain/types.ts';
import type { RuleDefinition } from '../types.ts';
import type { DeployedRules } from './types.ts';

/** `identity`, `credentialSet`: only one of both has any. */
export type DefinitionPart = 'source' | 'target' | 'identity' | 'anotherIdentity' | 'credentialSet';

/**
 * What of a definition could be compared with the rule deployed. `sides`: source and target, but not who signs in, as of a credential
 * set, and of an identity that is no literal, only the presence is read. `nothing`: neither source nor target.
 */
export type Compared = 'everything' | 'sides' | 'source' | 'target' | 'nothing';

/** What of a definition is deployed. */
export type DefinitionState =
  /** The file does not tell the rule's or the registry's name, or the registry's rules are not known. */
  | { readonly kind: 'unknown' }
  /** The registry has no rule of this name. `servedBy`: another rule that has its target. */
  | { readonly kind: 'notDeployed'; readonly servedBy?: CacheRule }
  /** As far as could be compared; the rule has its `provisioningState`. */
  | { readonly kind: 'same'; readonly rule: CacheRule; readonly compared: Compared }
  | {
      readonly kind: 'different';
      readonly rule: CacheRule;
      readonly differences: readonly [DefinitionPart, ...DefinitionPart[]];
    };

/** Whether a definition is deployed, and whether what is deployed is what it says. What the file does not tell is no difference. */
export function describeDefinition(definition: RuleDefinition, deployed: DeployedRules): DefinitionState {
  const { name, registryName, target } = definition;
  const rules = registryName === undefined ? undefined : deployed.rulesOf(registryName);
  if (!name || !rules) return { kind: 'unknown' };
  const wanted = name.value.toLowerCase();
  const rule = rules.find((candidate) => candidate.name.toLowerCase() === wanted);
  if (!rule) {
    const servedBy = target && rules.find((candidate) => sameTarget(target.value, candidate.targetRepository));
    return { kind: 'notDeployed', ...(servedBy && { servedBy }) };
  }
  const [first, ...others] = differencesOf(definition, rule);
  return first
    ? { kind: 'different', rule, differences: [first, ...others] }
    : { kind: 'same', rule, compared: comparedOf(definition, rule) };
}

function comparedOf(definition: RuleDefinition, { identityUnknown }: CacheRule): Compared {
  const { source, target, identity, identityId, credentialSet } = definition;
  const isIdentityRead = !identityUnknown && (identity === 'missing' || identityId !== undefined);
  if (source && target) return isIdentityRead && credentialSet === 'missing' ? 'everything' : 'sides';
  if (source) return 'source';
  return target ? 'target' : 'nothing';
}

function differencesOf(definition: RuleDefinition, rule: CacheRule): DefinitionPart[] {
  const differences: DefinitionPart[] = compareSides(definition, rule);
  const { identity, identityId, credentialSet } = definition;
  if (identity !== 'unknown' && !rule.identityUnknown && (identity === 'present') !== (rule.identity !== undefined))
    differences.push('identity');
  if (identityId !== undefined && rule.identity && !rule.identityUnknown && !sameArmId(identityId, rule.identity.id))
    differences.push('anotherIdentity');
  if (credentialSet !== 'unknown' && (credentialSet === 'present') !== (rule.credentialSetId !== undefined))
    differences.push('credentialSet');
  return differences;
}

/** Which sides of a rule are another than the definition says; a host's casing does not count. */
export function compareSides({ source, target }: RuleDefinition, rule: CacheRule): ('source' | 'target')[] {
  const differences: ('source' | 'target')[] = [];
  if (source && !sameSource(source.value, rule.sourceRepository)) differences.push('source');
  if (target && !sameTarget(target.value, rule.targetRepository)) differences.push('target');
  return differences;
}

function sameSource(a: string, b: string): boolean {
  const [one, other] = [parseSourceRepository(a), parseSourceRepository(b)];
  if (!one.ok || !other.ok) return a === b;
  return one.value.loginServer === other.value.loginServer && samePattern(one.value.pattern, other.value.pattern);
}

function sameTarget(a: string, b: string): boolean {
  const [one, other] = [parseRepositoryPattern(a), parseRepositoryPattern(b)];
  return one.ok && other.ok ? samePattern(one.value, other.value) : a === b;
}
