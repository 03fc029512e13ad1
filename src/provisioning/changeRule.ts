import type { Azure } from '../azure/azure.ts';
import type { CacheRule } from '../domain/types.ts';
import type { CacheLink, Plan, RepositoryMapping } from './types.ts';

export interface ChangeRuleOptions {
  readonly signal?: AbortSignal;
}

/** A rule's paths cannot be patched. @throws Error when the rule's set-up cannot be derived (no identity, upstream not visible) */
export function replaceRulePlan(
  azure: Azure,
  rule: CacheRule,
  newMapping: RepositoryMapping,
  options: ChangeRuleOptions = {},
): Promise<Plan> {
  return Promise.reject(new Error(`${rule.id} ${newMapping.ruleName} ${azure.cloud.name} ${Boolean(options.signal)}`));
}

export function changeIdentityPlan(
  azure: Azure,
  rule: CacheRule,
  identity: CacheLink['identity'],
  options: ChangeRuleOptions = {},
): Promise<Plan> {
  return Promise.reject(new Error(`${rule.id} ${identity.id} ${azure.cloud.name} ${Boolean(options.signal)}`));
}

export interface ResetTagResult {
  /** What is so now, and that the next pull copies again. */
  readonly sentence: string;
  /** Digests deleted. */
  readonly deleted: readonly string[];
  /** Digests left, since other tags or indexes name them. */
  readonly kept: readonly string[];
}

export function resetTag(
  azure: Azure,
  registryId: string,
  repository: string,
  tag: string,
  options: ChangeRuleOptions = {},
): Promise<ResetTagResult> {
  return Promise.reject(new Error([registryId, repository, tag, azure.cloud.name, options.signal].join(' ')));
}
