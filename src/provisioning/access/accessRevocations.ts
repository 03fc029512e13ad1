import * as l10n from '@vscode/l10n';
import { narrowCondition, parseCondition, sameCondition } from '../../domain/condition/abacCondition.ts';
import { readingOf, shownCondition } from '../../domain/condition/conditionReading.ts';
import { armIdKey, armIdName, sameArmId } from '../../domain/armId.ts';
import type { Parsed } from '../../domain/parsed.ts';
import {
  formatRepositoryPattern,
  parseRepositoryPattern,
  parseSourceRepository,
} from '../../domain/repositoryPattern.ts';
import { eitherOf, overlaps, setOfPatterns } from '../../domain/condition/repositorySet.ts';
import { roleName, roles, shortRoleName } from '../../domain/roles.ts';
import type { RepositoryPattern, RoleAssignment } from '../../domain/types.ts';
import { changeCondition, recheckDelaysMs } from './assignRole.ts';
import { holdsOnly, isMadeHere, isRole, listPatterns } from './grants.ts';
import { carriersOf, needsOf, needsWithin, type IdentityUsage, type Need } from './identityUsage.ts';
import type { CacheLink, Description, WalkContext } from '../types.ts';

/** What taking a link's part out of one role assignment means. */
export interface AccessRevocation extends Required<Description> {
  readonly assignment: RoleAssignment;
  readonly action:
    | { readonly kind: 'delete' }
    /** `narrow`: takes the link's part out of the condition as it is by then. */
    | { readonly kind: 'narrow'; readonly narrow: (condition: string | undefined) => Parsed<string | undefined> }
    | { readonly kind: 'none' };
  /** Who else needs it, one sentence each. Not empty: it stays. */
  readonly inUseBy: readonly string[];
  /** Why it cannot be known whether someone else needs it. Present: it stays. */
  readonly unknown?: string;
  /** It names none of the link's repositories. */
  readonly isForOthers?: true;
}

/**
 * The identity's assignments by which the link's sources are read, in every form: with a condition or without at the upstream
 * registry, or at the article's `{registryId}/repositories/{name}`. A condition that others share is narrowed.
 * `usage`: without the rules that are to go.
 */
export function accessRevocations(link: CacheLink, usage: IdentityUsage): AccessRevocation[] {
  const mine = link.mappings.map(({ source }) => source);
  const identity = armIdName(link.authentication.identityId);
  const known: Known = { usage, mine, needs: needsOf(link, usage.rules), identity };
  return usage.assignments.flatMap((assignment) => {
    if (!givenToRules.some((role) => isRole(assignment, role.id))) return [];
    const article = articleRepository(assignment, link.source.id);
    if (article !== undefined) return revocationOfArticle(known, assignment, article) ?? [];
    return sameArmId(assignment.scope, link.source.id) ? [revocationHere(known, assignment)] : [];
  });
}

/** What decides on every assignment: who depends on the identity, what the link reads, and what the rules that stay read. */
interface Known {
  readonly usage: IdentityUsage;
  readonly mine: readonly RepositoryPattern[];
  readonly needs: readonly Need[];
  /** Its name. */
  readonly identity: string;
}

/**
 * Does what the revocation says. Safe to call again.
 * @throws Error when the assignment is another one by now
 */
export async function performRevocation(context: WalkContext, { assignment, action }: AccessRevocation): Promise<void> {
  if (action.kind === 'narrow') {
    await narrowInPlace(context, assignment, action.narrow);
  } else if (action.kind === 'delete') {
    await deleteUnchanged(context, assignment);
  }
}

/** An assignment is known by whom it gives what: under the same id it may be another one by now. */
async function deleteUnchanged(context: WalkContext, assignment: RoleAssignment): Promise<void> {
  const { azure, signal } = context;
  const present = await findAssignment(context, assignment);
  if (!present) return;
  if (!isSameGrant(present, assignment)) throw new Error(changedMeanwhile(assignment));
  await azure.roles.delete(assignment.id, { signal });
}

/** The assignment as Azure has it now. */
async function findAssignment(
  { azure, signal }: WalkContext,
  { id, scope, principalId }: RoleAssignment,
): Promise<RoleAssignment | undefined> {
  const listed = await azure.roles.listForPrincipal(scope, principalId, { signal });
  return listed.find((one) => sameArmId(one.id, id));
}

/** Whether both give the same role to the same principal at the same scope. */
function isSameHolder(a: RoleAssignment, b: RoleAssignment): boolean {
  return (
    isRole(a, b.roleId) && a.principalId.toLowerCase() === b.principalId.toLowerCase() && sameArmId(a.scope, b.scope)
  );
}

/** … and under the same condition. */
function isSameGrant(a: RoleAssignment, b: RoleAssignment): boolean {
  return isSameHolder(a, b) && sameCondition(a.condition, b.condition);
}

export function changedMeanwhile({ roleId, scope }: RoleAssignment): string {
  const role = roleName(roleId);
  return l10n.t('The role assignment {0} on {1} has changed since the review. Review it again.', role, whereOf(scope));
}

/**
 * The condition is replaced as a whole and Azure has no ETag for it. So it is read right before it is written, that what a colleague
 * added since the review stays, and again a moment after, in case someone who had read before our write put it back.
 */
async function narrowInPlace(
  context: WalkContext,
  assignment: RoleAssignment,
  narrow: (condition: string | undefined) => Parsed<string | undefined>,
): Promise<void> {
  for (const wait of [...recheckDelaysMs, undefined]) {
    const present = await findAssignment(context, assignment);
    if (!present) return;
    if (!isSameHolder(present, assignment)) throw new Error(changedMeanwhile(assignment));
    const narrowed = narrow(present.condition);
    if (!narrowed.ok) throw new Error(narrowed.problem.message);
    if (narrowed.value !== undefined && sameCondition(narrowed.value, present.condition)) return;
    // Nothing left of it is not what was reviewed.
    if (narrowed.value === undefined || wait === undefined) break;
    await changeCondition(context, present, narrowed.value);
    await context.sleep(wait);
  }
  throw new Error(l10n.t('Someone else is changing the same role assignment. Review it again.'));
}

/** The roles that a setup, the article or the portal gives to the identity of a cache rule. */
export const givenToRules = [roles.repositoryReader, roles.acrPull];

/** `team/app` of an assignment at the article's scope. */
function articleRepository(assignment: RoleAssignment, registryId: string): string | undefined {
  const prefix = `${armIdKey(registryId)}/repositories/`;
  const scope = armIdKey(assignment.scope);
  if (!scope.startsWith(prefix)) return undefined;
  const written = scope.slice(prefix.length);
  try {
    return decodeURIComponent(written);
  } catch {
    // A broken escape is no repository's name, and must not hide the other assignments.
    return written;
  }
}

function revocationOfArticle(
  known: Known,
  assignment: RoleAssignment,
  repository: string,
): AccessRevocation | undefined {
  const { usage, mine, needs } = known;
  const parsed = parseRepositoryPattern(repository);
  const isMine = parsed.ok
    ? overlaps(setOfPatterns([parsed.value]), setOfPatterns(mine))
    : mine.some((source) => formatRepositoryPattern(source) === repository);
  if (!isMine) return undefined;
  const whole = deletion(known, assignment);
  const foreign = assignment.condition === undefined ? undefined : foreignCondition(assignment, mine);
  if (foreign) return { ...whole, action: { kind: 'none' }, inUseBy: [], unknown: foreign };
  return stay(whole, parsed.ok ? needsWithin(needs, setOfPatterns([parsed.value])) : needs, usage);
}

/**
 * Why a condition is left alone: something in it is not understood, be it without effect on reading, or it is not of a setup's
 * assignment while it lets more be read than the link's repositories.
 */
export function foreignCondition(assignment: RoleAssignment, mine: readonly RepositoryPattern[]): string | undefined {
  const reading = readingOf(assignment.condition);
  if (!reading.ok || reading.value.ignored !== undefined) {
    return l10n.t(
      'This extension does not understand its condition and does not change it: {0}',
      shownCondition(assignment.condition),
    );
  }
  if (isMadeHere(assignment, assignment.scope, assignment.roleId) || holdsOnly(assignment, mine)) return undefined;
  return l10n.t(
    'It was not created by this setup, and its condition names more. Remove {0} from it manually.',
    listPatterns(mine),
  );
}

function revocationHere(known: Known, assignment: RoleAssignment): AccessRevocation {
  const { usage, mine, needs } = known;
  const whole = deletion(known, assignment);
  if (assignment.condition === undefined) return stay(whole, needs, usage);
  const stays = (unknown: string): AccessRevocation => ({ ...whole, action: { kind: 'none' }, inUseBy: [], unknown });

  const foreign = foreignCondition(assignment, mine);
  if (foreign) return stays(foreign);
  const reading = readingOf(assignment.condition);
  if (!reading.ok) return stays(reading.problem.message);
  const readable = eitherOf(reading.value.content, reading.value.metadata);
  if (!overlaps(readable, setOfPatterns(mine))) return { ...stays(madeForOthers()), isForOthers: true };
  const users = needsWithin(needs, readable);
  // A grant wider than the rule ("team" without "/") is the rule's too when nobody else reads by it.
  if (users.length === 0 && (holdsOnly(assignment, mine) || holdsAround(assignment, mine))) {
    return stay(whole, [], usage);
  }
  const kept = needs.map((need) => need.pattern);
  const narrow = (condition: string | undefined): Parsed<string | undefined> => narrowCondition(condition, mine, kept);
  const narrowed = narrow(assignment.condition);
  if (!narrowed.ok) return stays(narrowed.problem.message);
  if (narrowed.value === undefined) return stay(whole, [], usage);
  if (sameCondition(narrowed.value, assignment.condition)) {
    return users.length > 0 ? stay(whole, users, usage) : { ...stays(madeForOthers()), isForOthers: true };
  }
  const upstream = armIdName(assignment.scope);
  return stay(
    {
      ...whole,
      title: l10n.t(
        'Remove {0} from {1} on {2}',
        listPatterns(mine),
        shortRoleName(roleName(assignment.roleId)),
        upstream,
      ),
      todo: l10n.t('Of {0}; its other repositories are kept', known.identity),
      done: l10n.t('{0} on {1} no longer includes {2}.', roleName(assignment.roleId), upstream, listPatterns(mine)),
      action: { kind: 'narrow', narrow },
    },
    [],
    usage,
  );
}

function madeForOthers(): string {
  return l10n.t('It does not name this rule’s repositories, so it was created for something else.');
}

/** Whether it grants nothing but what starts as these repositories do. */
function holdsAround({ condition }: RoleAssignment, mine: readonly RepositoryPattern[]): boolean {
  const parsed = condition === undefined ? undefined : parseCondition(condition);
  return parsed?.ok === true && parsed.value.grants.every((grant) => mine.some((pattern) => isAround(grant, pattern)));
}

function isAround(grant: { readonly kind: string; readonly value: string }, pattern: RepositoryPattern): boolean {
  if (grant.kind !== 'startsWith') return false;
  const path = pattern.kind === 'all' ? '' : pattern.kind === 'prefix' ? `${pattern.prefix}/` : pattern.repository;
  return path.startsWith(grant.value.toLowerCase());
}

function deletion({ identity }: Known, assignment: RoleAssignment): AccessRevocation {
  const role = roleName(assignment.roleId);
  const where = whereOf(assignment.scope);
  return {
    assignment,
    title: l10n.t('Remove {0} on {1}', shortRoleName(role), where),
    todo: l10n.t('Role assignment of {0}', identity),
    done: l10n.t('The role assignment {0} on {1} was deleted.', role, where),
    subject: l10n.t('Role assignment {0} on {1}', shortRoleName(role), where),
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
    parseSourceRepository(rule.sourceRepository).ok
      ? l10n.t('Cache rule {0} in {1} uses it.', rule.name, armIdName(rule.registryId))
      : l10n.t(
          "Cache rule {0} in {1} may use it: the rule's source is not a valid repository path.",
          rule.name,
          armIdName(rule.registryId),
        ),
  );
  const carriers = carriersOf(usage);
  const unknown =
    carriers.length > 0
      ? l10n.t('{0} It may read through this assignment.', carriers.join(' '))
      : usage.unknown.join(' ');
  if (inUseBy.length === 0 && unknown === '') return revocation;
  return { ...revocation, action: { kind: 'none' }, inUseBy, ...(unknown === '' ? {} : { unknown }) };
}
