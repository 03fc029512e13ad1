import * as l10n from '@vscode/l10n';
import type { Azure } from '../../azure/azure.ts';
import { recover } from '../../azure/failures.ts';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import type { RuleKnowledge } from '../../domain/ruleVerdict.ts';
import type { CacheRule, Identity, Registry, RoleAssignment } from '../../domain/types.ts';
import { assessGrants, isBelow, listPatterns, wantedAccess } from '../access/grants.ts';
import { readIdentityUsage, withoutRuleOf, type IdentityUsage } from '../access/identityUsage.ts';
import { describeGrants, type RegistryGrant } from './describeGrants.ts';
import { explainFailure } from '../engine/failureAdvice.ts';
import { readAssignments, readIdentity, readRegistry } from '../engine/reads.ts';
import { createWalkContext } from '../engine/walkContext.ts';
import { deriveLink } from '../link/linkOfRule.ts';
import type { CacheProof } from '../verification/verify.ts';
import { readCached, type CachedFacts, type RuleReads } from './cachedContent.ts';

/** A part of the document that fills in by itself. `earlier`: what was read before, which is shown until it is read again. */
export type Part<T> =
  | { readonly state: 'loading'; readonly earlier?: T }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly reason: string; readonly error?: Error; readonly earlier?: T };

export interface MappingFacts {
  readonly rule: CacheRule;
  readonly registry: Registry;
  /** The upstream registry, where it is one of Azure that this account sees; `upstreamReason` says why it is not there. */
  readonly upstream?: Registry;
  readonly upstreamReason?: string;
}

/** Who may pull upstream and why. */
export interface AccessFacts {
  /** One sentence: may the identity read what the rule needs? */
  readonly sentence: string;
  readonly sufficient: boolean;
  readonly grants: readonly RegistryGrant[];
}

export interface IdentityFacts {
  /** Absent: it was deleted. */
  readonly identity?: Identity;
  readonly identityId: string;
  /** The rule was written for another principal of the same name: the identity was made anew since. */
  readonly recreated: boolean;
  /** Who else depends on it, without the rule and its permission on the upstream. Absent: neither tells its principal. */
  readonly usage?: IdentityUsage;
}

/** Everything the rule's document shows. */
export interface RuleReport {
  readonly ruleId: string;
  /** ISO 8601. */
  readonly readAt: string;
  /** What this extension has found out about the rule; absent: nothing yet. */
  readonly knowledge?: RuleKnowledge;
  /** What the last pull of this session showed. */
  readonly pull?: PullOutcome;
  /** A sentence on why the document is not of now. */
  readonly notice?: string;
  readonly mapping: Part<MappingFacts>;
  readonly access: Part<AccessFacts>;
  readonly identity: Part<IdentityFacts>;
  readonly cached: Part<CachedFacts>;
  /** The rule as ARM sends it. */
  readonly json: Part<unknown>;
}

/** A pull that was made to verify the rule. */
export interface PullOutcome {
  /** `team/app:1` in the downstream. */
  readonly image: string;
  /** ISO 8601. */
  readonly at: string;
  readonly proof: CacheProof;
  /** Why it was pulled through the registry API, if it was: nothing is kept of it. */
  readonly apiBecause?: string;
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

const partNames = ['mapping', 'access', 'identity', 'cached', 'json'] as const;

/** A report with what an earlier one of the same rule has of the parts that are not read yet, or cannot be read now. */
export function keepEarlier(report: RuleReport, before: RuleReport): RuleReport {
  const kept = partNames.map((name) => {
    const [part, earlier] = [report[name], valueOf<unknown>(before[name])];
    return [name, part.state === 'ready' || earlier === undefined ? part : { ...part, earlier }];
  });
  return { ...report, ...(Object.fromEntries(kept) as Pick<RuleReport, PartName>) };
}

/** What is known of a part, now or from before. */
export function valueOf<T>(part: Part<T>): T | undefined {
  return part.state === 'ready' ? part.value : part.earlier;
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
  let report = unreadReport(ruleId);
  options.onPart?.(report);
  async function fill<K extends PartName>(name: K, read: Promise<ValueOf<K>>): Promise<void> {
    const part = await partOf(read);
    report = { ...report, [name]: part };
    options.onPart?.(report);
  }
  const context = createWalkContext(azure, options);
  const { signal } = context;
  const rule = azure.cacheRules.get(ruleId, { signal });
  const link = rule.then((known) => deriveLink(context, known));
  // Each part asks for itself; without this the one nobody waits for yet would be an unhandled rejection.
  for (const promise of [rule, link]) promise.catch(() => undefined);
  const read: RuleReads = { context, rule, link };
  await Promise.all([
    fill('mapping', readMapping(read)),
    fill('access', readAccess(read)),
    fill('identity', readIdentityFacts(read)),
    fill('cached', readCached(read)),
    fill('json', azure.cacheRules.getJson(ruleId, { signal })),
  ]);
  return report;
}

type PartName = (typeof partNames)[number];
type ValueOf<K extends PartName> = RuleReport[K] extends Part<infer T> ? T : never;

const loading = { state: 'loading' } as const;

function partOf<T>(read: Promise<T>): Promise<Part<T>> {
  return recover(
    read.then((value): Part<T> => ({ state: 'ready', value })),
    (error) => ({ state: 'failed', reason: explainFailure(error), error }),
  );
}

async function readMapping({ context, rule, link }: RuleReads): Promise<MappingFacts> {
  const known = await rule;
  const [registry, derived] = await Promise.all([readRegistry(context, known.registryId), link]);
  return {
    rule: known,
    registry,
    ...(derived.ok ? { upstream: derived.upstream } : { upstreamReason: derived.reason }),
  };
}

async function readAccess({ context, rule, link }: RuleReads): Promise<AccessFacts> {
  const derived = await link;
  if (!derived.ok) throw derived.error ?? new Error(derived.reason);
  const { source: upstream, authentication, mappings } = derived.link;
  const found = await readIdentity(context, authentication.identityId);
  const principalId = found?.principalId ?? (await rule).identity?.principalId;
  const assignments = principalId ? await readAssignments(context, upstream.id, principalId) : [];
  const sufficient = found !== undefined && assessGrants(wantedAccess(derived.link), assignments).missing.length === 0;
  const needed = listPatterns(mappings.map(({ source }) => source));
  const names = [armIdName(authentication.identityId), needed, armIdName(upstream.id)] as const;
  const sentence = !found
    ? l10n.t('Identity {0} no longer exists, so nothing can be pulled from {2}.', ...names)
    : sufficient
      ? l10n.t('{0} can read {1} in {2}.', ...names)
      : l10n.t(
          '{0} cannot read {1} in {2}, so pulls of anything not cached yet fail. Diagnose the rule to repair it.',
          ...names,
        );
  return { sentence, sufficient, grants: describeGrants(derived.link, assignments) };
}

async function readIdentityFacts({ context, rule, link }: RuleReads): Promise<IdentityFacts> {
  const known = await rule;
  const derived = await link;
  if (known.identityUnknown && !derived.ok) throw new Error(derived.reason);
  if (!known.identity) throw new Error(l10n.t('Cache rule {0} has no managed identity.', known.name));
  const { id, principalId: recorded } = known.identity;
  const identity = await readIdentity(context, id);
  const principalId = identity?.principalId ?? recorded;
  const reference = principalId && { id, principalId, isGone: identity === undefined };
  const usage = reference ? await readIdentityUsage(context, reference, known.registryId) : undefined;
  const isElsewhere = ({ scope }: RoleAssignment): boolean => {
    return !derived.ok || !(sameArmId(scope, derived.link.source.id) || isBelow(scope, derived.link.source.id));
  };
  return {
    identity,
    identityId: id,
    recreated: identity && recorded ? recorded.toLowerCase() !== identity.principalId.toLowerCase() : false,
    usage: usage && { ...withoutRuleOf(usage, known.id), assignments: usage.assignments.filter(isElsewhere) },
  };
}
