import { armIdKey, identityArmId, sameArmId } from '../../domain/armId.ts';
import type { Identity, Registry, RoleAssignment } from '../../domain/types.ts';
import { type Draft, newIdentityOf } from './draft.ts';
import { identityFit } from './identityFit.ts';
import { rulesByIdentity } from './identityUse.ts';
import { rulesInPlace, type Surroundings } from './mapping.ts';
import { type Facts, orUndefined } from './reads.ts';

/** What is found around a setup, as far as it could be read. Nothing of it is needed: what matters is checked by the plan. */
export interface Found extends Surroundings {
  /** Repositories of the upstream, if they are all that it has. */
  readonly sources?: readonly string[];
  readonly identities: readonly Identity[];
  /** At the upstream and above it. */
  readonly assignments: readonly RoleAssignment[];
}

export const nothingFound: Found = { rules: [], identities: [], assignments: [] };

/** Reads all at once. @param onPart told each time that more is known */
export async function findAround(facts: Facts, draft: Draft, onPart?: (found: Found) => void): Promise<Found> {
  const { downstream, upstream } = draft;
  let found = nothingFound;
  if (!downstream || !upstream) return found;
  const add = async <Key extends keyof Found>(key: Key, reading: Promise<Found[Key]>): Promise<void> => {
    const value = await orUndefined(reading);
    if (value === undefined) return;
    found = { ...found, [key]: value };
    onPart?.(found);
  };
  await Promise.all([
    add('rules', facts.rules(downstream.id)),
    add('repositories', facts.repositories(downstream)),
    add(
      'sources',
      facts.repositories(upstream).then((listed) => (facts.isWhole(listed) ? listed : undefined)),
    ),
    add('identities', facts.identities(downstream.tenantId)),
    add('assignments', facts.assignments(upstream.id)),
  ]);
  return found;
}

/**
 * As which identity the rules sign in unless the user says otherwise: that of a rule which already is what is wanted; one that a rule
 * of the downstream uses and that can read the repositories, or that reads this upstream for another rule; one of the name that a new
 * one would get; else a new one.
 */
export function defaultIdentity(
  draft: Draft,
  { identities, assignments, rules }: Found,
): NonNullable<Draft['identity']> {
  const { upstream, sources } = draft;
  const mode = upstream?.roleAssignmentMode ?? 'LegacyRegistryPermissions';
  const uses = rulesByIdentity(rules);
  const used = identities
    .filter(({ id }) => uses.has(armIdKey(id)))
    .sort((a, b) => (uses.get(armIdKey(b.id)) ?? 0) - (uses.get(armIdKey(a.id)) ?? 0) || a.name.localeCompare(b.name));
  const host = `${upstream?.loginServer.toLowerCase() ?? ''}/`;
  const readers = rules.filter(({ sourceRepository }) => sourceRepository.toLowerCase().startsWith(host));
  const fresh = newIdentityOf(draft);
  const freshId = fresh && identityArmId(fresh.subscriptionId, fresh.resourceGroup, fresh.name);
  const inPlace = new Set(rulesInPlace(draft, rules).map((rule) => armIdKey(rule.identity?.id ?? '')));
  const identity =
    used.find(({ id }) => inPlace.has(armIdKey(id))) ??
    used.find((one) => identityFit(one, assignments, mode, sources).rank === 2) ??
    used.find(({ id }) => readers.some((rule) => sameArmId(rule.identity?.id ?? '', id))) ??
    identities.find(({ id }) => sameArmId(id, freshId));
  return identity ? { kind: 'existing', identity } : { kind: 'new' };
}

/**
 * What was said in an earlier setup, with both registries as Azure has them now: the session or their modes may be others by now. How
 * the upstream is read has to be decided again, since others may be affected by it than those who were shown.
 * @throws AzureError
 */
export async function continueDraft(facts: Facts, draft: Draft): Promise<Draft> {
  const now = async (registry: Registry | undefined) => registry && facts.registry(registry.id);
  const [downstream, upstream] = await Promise.all([now(draft.downstream), now(draft.upstream)]);
  return { ...draft, downstream, upstream, permissionMode: undefined, keepAccess: undefined };
}

/** Starts reading what the next pages need, while the user is still busy with an earlier one. */
export function prefetch(facts: Facts, { downstream, upstream, sources }: Draft): void {
  if (!downstream) return;
  void orUndefined(facts.rules(downstream.id));
  void orUndefined(facts.repositories(downstream));
  void orUndefined(facts.identities(downstream.tenantId));
  if (!upstream) return;
  void orUndefined(facts.repositories(upstream));
  void orUndefined(facts.assignments(upstream.id));
  // A switch to ABAC may take from the user what "Verify" needs to offer tags.
  const [first] = sources;
  if (upstream.roleAssignmentMode === 'LegacyRegistryPermissions' && first?.kind === 'repository') {
    void orUndefined(facts.tags(upstream, first.repository));
  }
}
