import * as l10n from '@vscode/l10n';
import type { Azure, AzureResource, CallOptions } from '../../azure/azure.ts';
import { isCancelled } from '../../azure/errors.ts';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { pullCommand } from '../../domain/pullCommand.ts';
import { formatRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { roleName } from '../../domain/roles.ts';
import type { RuleKnowledge } from '../../domain/ruleVerdict.ts';
import type { CacheRule, Identity, Registry } from '../../domain/types.ts';
import { readCached, type CachedFacts } from './cachedContent.ts';
import { explainFailure } from '../engine/failureAdvice.ts';
import { assessGrants, isBelow, wantedAccess } from '../access/grants.ts';
import { readIdentityUsage, withoutRuleOf } from '../access/identityUsage.ts';
import { linkOfRule, type LinkOfRule } from '../link/linkOfRule.ts';
import { readAssignments, readIdentity } from '../engine/reads.ts';
import { describeGrants, type RegistryGrant } from '../access/registryGrants.ts';
import { createWalkContext } from '../engine/walkContext.ts';

export type { CachedFacts, CachedRepository, CachedTag } from './cachedContent.ts';

/** A part of the document that fills in by itself. */
export type Part<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly reason: string; readonly error?: Error };

export interface MappingFacts {
  readonly rule: CacheRule;
  readonly registry: Registry;
  /** The upstream registry, where it is one of Azure that this account sees; `upstreamReason` says why it is not there. */
  readonly upstream?: Registry;
  readonly upstreamReason?: string;
  /** `docker pull …`, with `<tag>` or `<repository>` where the reader has to choose; or why there is none. */
  readonly pullCommand: Parsed<string>;
}

/** Who may pull upstream and why. */
export interface AccessFacts {
  /** One sentence: may the identity read what the rule needs? */
  readonly sentence: string;
  readonly sufficient: boolean;
  /** What the rule needs, as written: `team/*`. */
  readonly needed: string;
  readonly grants: readonly RegistryGrant[];
}

export interface IdentityFacts {
  /** Absent: it was deleted. */
  readonly identity?: Identity;
  readonly identityId: string;
  /** The rule was written for another principal of the same name: the identity was made anew since. */
  readonly recreated: boolean;
  readonly otherRules: readonly CacheRule[];
  readonly resources: readonly AzureResource[];
  readonly federatedCredentials: readonly string[];
  readonly otherAssignments: readonly { readonly roleName: string; readonly scope: string }[];
  /** What could not be found out, one sentence each. */
  readonly unknown: readonly string[];
}

/** Everything the rule's document shows. */
export interface RuleReport {
  readonly ruleId: string;
  /** ISO 8601. */
  readonly readAt: string;
  /** What this extension has found out about the rule; absent: nothing yet. */
  readonly knowledge?: RuleKnowledge;
  readonly mapping: Part<MappingFacts>;
  readonly access: Part<AccessFacts>;
  readonly identity: Part<IdentityFacts>;
  readonly cached: Part<CachedFacts>;
  /** The rule as ARM sends it. */
  readonly json: Part<unknown>;
}

export interface RuleReportOptions {
  readonly signal?: AbortSignal;
  /** Called at once and after each part. */
  readonly onPart?: (partial: RuleReport) => void;
}

/** Before anything was read. */
export function unreadReport(ruleId: string): RuleReport {
  const readAt = new Date().toISOString();
  return { ruleId, readAt, mapping: loading, access: loading, identity: loading, cached: loading, json: loading };
}

/**
 * Reads all parts at once; each fills in as soon as it is known and fails for itself.
 * @throws AzureError `cancelled` only; what could not be read is a part that says why.
 */
export async function readRuleReport(
  azure: Azure,
  ruleId: string,
  options: RuleReportOptions = {},
): Promise<RuleReport> {
  const callOptions = options.signal ? { signal: options.signal } : {};
  let report = unreadReport(ruleId);
  options.onPart?.(report);
  async function fill<K extends PartName>(name: K, read: Promise<ValueOf<K>>): Promise<void> {
    const part = await partOf(read);
    report = { ...report, [name]: part };
    options.onPart?.(report);
  }
  const rule = azure.cacheRules.get(ruleId, callOptions);
  const link = rule.then((known) => linkOfRule(azure, known, callOptions));
  // Each part asks for itself; without this the one nobody waits for yet would be an unhandled rejection.
  for (const promise of [rule, link]) promise.catch(() => undefined);
  await Promise.all([
    fill('mapping', readMapping(azure, rule, link, callOptions)),
    fill('access', readAccess(azure, rule, link, callOptions)),
    fill('identity', readIdentityFacts(azure, rule, link, callOptions)),
    fill('cached', readCached(azure, rule, link, callOptions)),
    fill('json', azure.cacheRules.getJson(ruleId, callOptions)),
  ]);
  return report;
}

type PartName = 'mapping' | 'access' | 'identity' | 'cached' | 'json';
type ValueOf<K extends PartName> = RuleReport[K] extends Part<infer T> ? T : never;

const loading = { state: 'loading' } as const;

async function partOf<T>(read: Promise<T>): Promise<Part<T>> {
  try {
    return { state: 'ready', value: await read };
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    return { state: 'failed', reason: explainFailure(error), error };
  }
}

async function readMapping(
  azure: Azure,
  rule: Promise<CacheRule>,
  link: Promise<LinkOfRule>,
  options: CallOptions,
): Promise<MappingFacts> {
  const known = await rule;
  const [registry, derived] = await Promise.all([azure.registries.get(known.registryId, options), link]);
  return {
    rule: known,
    registry,
    ...(derived.ok ? { upstream: derived.upstream } : { upstreamReason: derived.reason }),
    pullCommand: pullCommand('docker', registry.loginServer, known.targetRepository),
  };
}

async function readAccess(
  azure: Azure,
  rule: Promise<CacheRule>,
  link: Promise<LinkOfRule>,
  options: CallOptions,
): Promise<AccessFacts> {
  const derived = await link;
  if (!derived.ok) throw derived.error ?? new Error(derived.reason);
  const context = createWalkContext(azure, options);
  const { source: upstream } = derived.link;
  const { identityId } = derived.link.authentication;
  const needed = derived.link.mappings.map(({ source }) => formatRepositoryPattern(source)).join(', ');
  const names = [armIdName(identityId), needed, armIdName(upstream.id)] as const;
  const found = await readIdentity(context, identityId);
  const principalId = found?.principalId ?? (await rule).identity?.principalId;
  const assignments = principalId ? await readAssignments(context, upstream.id, principalId) : [];
  const sufficient = found !== undefined && assessGrants(wantedAccess(derived.link), assignments).missing.length === 0;
  const sentence = !found
    ? l10n.t('The managed identity {0} does not exist any more, so nothing can be pulled from {2}.', ...names)
    : sufficient
      ? l10n.t('{0} may read {1} in {2}.', ...names)
      : l10n.t(
          '{0} may not read {1} in {2}: pulls of what is not cached yet fail. Diagnose the rule to repair it.',
          ...names,
        );
  return { sentence, sufficient, needed, grants: describeGrants(derived.link, assignments) };
}

async function readIdentityFacts(
  azure: Azure,
  rule: Promise<CacheRule>,
  link: Promise<LinkOfRule>,
  options: CallOptions,
): Promise<IdentityFacts> {
  const known = await rule;
  const recorded = known.identity;
  const derived = await link;
  if (known.identityUnknown && !derived.ok) throw new Error(derived.reason);
  if (!recorded) throw new Error(l10n.t('The rule {0} has no managed identity.', known.name));
  const context = createWalkContext(azure, options);
  const identity = await readIdentity(context, recorded.id);
  const principalId = identity?.principalId ?? recorded.principalId;
  const usage = principalId
    ? withoutRuleOf(
        await readIdentityUsage(
          context,
          { id: recorded.id, principalId, isGone: identity === undefined },
          known.registryId,
        ),
        known.id,
      )
    : undefined;
  return {
    ...(identity ? { identity } : {}),
    identityId: recorded.id,
    recreated:
      identity !== undefined &&
      recorded.principalId !== undefined &&
      recorded.principalId.toLowerCase() !== identity.principalId.toLowerCase(),
    otherRules: usage?.rules ?? [],
    resources: usage?.resources ?? [],
    federatedCredentials: usage?.federatedCredentials ?? [],
    otherAssignments: (usage?.assignments ?? [])
      .filter(({ scope }) => !derived.ok || !isAtOrBelow(scope, derived.link.source.id))
      .map(({ roleId, scope }) => ({ roleName: roleName(roleId), scope })),
    unknown: usage?.unknown ?? [],
  };
}

function isAtOrBelow(scope: string, registryId: string): boolean {
  return sameArmId(scope, registryId) || isBelow(scope, registryId);
}
