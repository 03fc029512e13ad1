import * as l10n from '@vscode/l10n';
import { narrowCondition, parseCondition, sameCondition } from '../domain/abacCondition.ts';
import { armIdKey, armIdName, sameArmId } from '../domain/armId.ts';
import type { Parsed } from '../domain/parsed.ts';
import { formatRepositoryPattern, parseRepositoryPattern, patternContains } from '../domain/repositoryPattern.ts';
import { roleById, roles } from '../domain/roles.ts';
import type { RepositoryPattern, RoleAssignment } from '../domain/types.ts';
import { assignRole, lookAfter } from './assignRole.ts';
import { holdsOnly, isMadeHere, isRole, listPatterns } from './grants.ts';
import { carriersOf, type IdentityUsage } from './identityUsage.ts';
import { needsOf, type Need } from './neededByOthers.ts';
import type { CacheLink, WalkContext } from './types.ts';

/** What taking a link's part out of one role assignment means. */
export interface AccessRevocation {
  readonly assignment: RoleAssignment;
  readonly title: string;
  readonly todo: string;
  readonly done: string;
  readonly action:
    | { readonly kind: 'delete' }
    /** `narrow`: takes the link's part out of the condition as it is by then. */
    | { readonly kind: 'narrow'; readonly narrow: (condition: string | undefined) => Parsed<string | undefined> }
    | { readonly kind: 'none' };
  /** Who else needs it, one sentence each. Not empty: it stays. */
  readonly inUseBy: readonly string[];
  /** Why it cannot be known whether someone else needs it. Present: it stays. */
  readonly unknown?: string;
}

/**
 * The identity's assignments by which the link's sources are read, in every form: with a condition or without at the upstream
 * registry, or at the article's `{registryId}/repositories/{name}`. A condition that others share is narrowed.
 * `usage`: without the rules that are to go.
 */
export function accessRevocations(link: CacheLink, usage: IdentityUsage): AccessRevocation[] {
  const needs = needsOf(link, usage.rules);
  return usage.assignments.flatMap((assignment) => {
    if (!givenToRules.some((role) => isRole(assignment, role.id))) return [];
    const article = articleRepository(assignment, link.upstream.id);
    if (article !== undefined) return revocationOfArticle(link, assignment, article, needs, usage) ?? [];
    return sameArmId(assignment.scope, link.upstream.id) ? [revocationHere(link, assignment, needs, usage)] : [];
  });
}

/** Does what the revocation says. Safe to call again. */
export async function performRevocation(context: WalkContext, { assignment, action }: AccessRevocation): Promise<void> {
  if (action.kind === 'narrow') {
    await narrowInPlace(context, assignment, action.narrow);
  } else if (action.kind === 'delete') {
    await context.azure.roles.delete(assignment.id, { signal: context.signal });
  }
  context.forget('assignments:');
}

/**
 * The condition is replaced as a whole and Azure has no ETag for it. So it is read right before it is written, that what a colleague
 * added since the review stays, and again a moment after, in case someone who had read before our write put it back.
 */
async function narrowInPlace(
  context: WalkContext,
  { id, scope, principalId }: RoleAssignment,
  narrow: (condition: string | undefined) => Parsed<string | undefined>,
): Promise<void> {
  const { azure, signal } = context;
  for (const wait of [...lookAfter, undefined]) {
    const listed = await azure.roles.listForPrincipal(scope, principalId, { signal });
    const present = listed.find((one) => sameArmId(one.id, id));
    if (!present) return;
    const narrowed = narrow(present.condition);
    if (!narrowed.ok) throw new Error(narrowed.problem.message);
    if (narrowed.value !== undefined && sameCondition(narrowed.value, present.condition)) return;
    // Nothing left of it is not what was reviewed.
    if (narrowed.value === undefined || wait === undefined) break;
    await assignRole(context, {
      scope: present.scope,
      name: present.name,
      roleId: present.roleId,
      principalId,
      condition: narrowed.value,
      ...(present.description === undefined ? {} : { description: present.description }),
    });
    await context.sleep(wait);
  }
  throw new Error(l10n.t('Someone else is changing the same role assignment. Look again at what it grants.'));
}

/** The roles that a set-up, the article or the portal gives to the identity of a cache rule. */
export const givenToRules = [roles.repositoryReader, roles.acrPull];

/** `team/app` of an assignment at the article's scope. */
function articleRepository(assignment: RoleAssignment, registryId: string): string | undefined {
  const prefix = `${armIdKey(registryId)}/repositories/`;
  const scope = armIdKey(assignment.scope);
  return scope.startsWith(prefix) ? decodeURIComponent(scope.slice(prefix.length)) : undefined;
}

function revocationOfArticle(
  link: CacheLink,
  assignment: RoleAssignment,
  repository: string,
  needs: readonly Need[],
  usage: IdentityUsage,
): AccessRevocation | undefined {
  const pattern = parseRepositoryPattern(repository);
  const isMine = (mine: RepositoryPattern): boolean =>
    formatRepositoryPattern(mine) === repository || (pattern.ok && patternContains(mine, pattern.value));
  if (!link.mappings.some(({ source }) => isMine(source))) return undefined;
  const whole = deletion(assignment);
  const mine = link.mappings.map(({ source }) => source);
  const foreign = assignment.condition === undefined ? undefined : foreignCondition(assignment, mine);
  if (foreign) return { ...whole, action: { kind: 'none' }, inUseBy: [], unknown: foreign };
  const users = needs.filter((need) => isMine(need.pattern));
  return stay(whole, users, usage);
}

/** Why a condition is left alone: it is not of a set-up's assignment, and holds more than the link's repositories. */
export function foreignCondition(assignment: RoleAssignment, mine: readonly RepositoryPattern[]): string | undefined {
  if (isMadeHere(assignment, assignment.scope, assignment.roleId) || holdsOnly(assignment, mine)) return undefined;
  return l10n.t(
    'It was not made by this set-up and has more in its condition. Take {0} out of it by hand.',
    listPatterns(mine),
  );
}

function revocationHere(
  link: CacheLink,
  assignment: RoleAssignment,
  needs: readonly Need[],
  usage: IdentityUsage,
): AccessRevocation {
  const whole = deletion(assignment);
  if (assignment.condition === undefined) return stay(whole, needs, usage);

  const mine = link.mappings.map((mapping) => mapping.source);
  const parsed = parseCondition(assignment.condition);
  if (!parsed.ok) {
    // A set-up's own goes with its last rule, whatever its condition became; one made elsewhere holds what nobody here can tell.
    if (needs.length === 0 && isMadeHere(assignment, assignment.scope, assignment.roleId))
      return stay(whole, [], usage);
    return { ...whole, action: { kind: 'none' }, inUseBy: [], unknown: parsed.problem.message };
  }
  const foreign = foreignCondition(assignment, mine);
  if (foreign) return { ...whole, action: { kind: 'none' }, inUseBy: [], unknown: foreign };
  const kept = needs.map((need) => need.pattern);
  const narrow = (condition: string | undefined): Parsed<string | undefined> => narrowCondition(condition, mine, kept);
  const narrowed = narrow(assignment.condition);
  if (!narrowed.ok) return { ...whole, action: { kind: 'none' }, inUseBy: [], unknown: narrowed.problem.message };
  if (narrowed.value === undefined) return stay(whole, [], usage);
  if (sameCondition(narrowed.value, assignment.condition)) {
    // A grant wider than the rule ("team" without "/") is the rule's too when nobody else reads here.
    const isWider = parsed.value.grants.every((grant) => mine.some((pattern) => isAround(grant, pattern)));
    if (needs.length === 0 && isWider) return stay(whole, [], usage);
    if (needs.length === 0) {
      const unknown = l10n.t('It does not name this rule’s repositories, so it was made for something else.');
      return { ...whole, action: { kind: 'none' }, inUseBy: [], unknown };
    }
    return stay(whole, needs, usage);
  }
  const upstream = armIdName(link.upstream.id);
  return stay(
    {
      ...whole,
      todo: l10n.t('Take {0} out of its condition; what else it grants stays.', listPatterns(mine)),
      done: l10n.t('The permission on {0} no longer includes {1}.', upstream, listPatterns(mine)),
      action: { kind: 'narrow', narrow },
    },
    [],
    usage,
  );
}

function isAround(grant: { readonly kind: string; readonly value: string }, pattern: RepositoryPattern): boolean {
  if (grant.kind !== 'startsWith') return false;
  const path = pattern.kind === 'all' ? '' : pattern.kind === 'prefix' ? `${pattern.prefix}/` : pattern.repository;
  return path.startsWith(grant.value.toLowerCase());
}

function deletion(assignment: RoleAssignment): AccessRevocation {
  const role = roleById(assignment.roleId)?.name ?? assignment.roleId;
  const where = whereOf(assignment.scope);
  return {
    assignment,
    title: l10n.t('Role assignment {0} on {1}', role, where),
    todo: l10n.t('Delete the role assignment {0} on {1}.', role, where),
    done: l10n.t('The role assignment {0} on {1} is gone.', role, where),
    action: { kind: 'delete' },
    inUseBy: [],
  };
}

/** `upstreamregistry`, or `upstreamregistry/repositories/app`. */
function whereOf(scope: string): string {
  const at = scope.search(/\/registries\/./i);
  return at < 0 ? armIdName(scope) : scope.slice(at + '/registries/'.length);
}

/** Keeps it when rules need it, when others sign in as the identity, or when that is not known. */
function stay(revocation: AccessRevocation, users: readonly Need[], usage: IdentityUsage): AccessRevocation {
  const inUseBy = users.map(({ rule }) =>
    l10n.t('The cache rule {0} of {1} reads by it.', rule.name, armIdName(rule.registryId)),
  );
  const carriers = carriersOf(usage);
  const unknown =
    carriers.length > 0
      ? l10n.t('{0} Whether it reads by this assignment cannot be known.', carriers.join(' '))
      : usage.unknown.join(' ');
  if (inUseBy.length === 0 && unknown === '') return revocation;
  return { ...revocation, action: { kind: 'none' }, inUseBy, ...(unknown === '' ? {} : { unknown }) };
}
