import * as l10n from '@vscode/l10n';
import type { Azure, CallOptions, SignedInPrincipal, TemporaryAssignment } from '../../azure/azure.ts';
import { isAzureError } from '../../azure/errors.ts';
import { recover } from '../../azure/failures.ts';
import { armIdKey } from '../../domain/armId.ts';
import { lossOf, roles, type Role } from '../../domain/roles.ts';
import type { Registry, RoleAssignment } from '../../domain/types.ts';
import { type Holder, type NameOf, readNames } from '../access/principalNames.ts';
import { conditionedAssignment, heldBy, replacementsFor } from '../requirements/replacementRoles.ts';
import type { KeptAccess } from '../types.ts';
import { affectedAssignments, type AffectedAssignment } from './abacImpact.ts';

/** Roles that someone can be given for good before the switch. */
export interface ReplacementOffer extends KeptAccess {
  readonly name: string;
  /** A workload keeps working by it, and who switches goes on seeing the images; for other people it is a decision of somebody's. */
  readonly isPreselected: boolean;
}

/** Who may be given roles before a switch to ABAC, who may not, and what is not known of it. */
export interface ReplacementOffers {
  /** What the switch takes the effect from. */
  readonly affected: readonly AffectedAssignment[];
  /** The signed-in account first, then workloads, then people. */
  readonly offers: readonly ReplacementOffer[];
  /** What ends by itself: nothing permanent takes its place. */
  readonly temporary: readonly { readonly assignment: RoleAssignment; readonly endsAt?: string }[];
  /** Of a principal type to which Azure's API gives no role. */
  readonly left: readonly RoleAssignment[];
  /** Roles that are there with a condition, which stays. */
  readonly conditioned: readonly (Holder & { readonly role: Role })[];
  readonly nameOf: NameOf;
  /** Sentences: what could not be found out. */
  readonly unknown: readonly string[];
}

/**
 * Reads whom the switch of the registry takes access from, and what each can be given for good. For a registry that was switched
 * already: whom it took it from.
 * @throws AzureError when the assignments cannot be read, or `cancelled`
 */
export async function readReplacementOffers(
  azure: Azure,
  registry: Registry,
  options: CallOptions = {},
): Promise<ReplacementOffers> {
  const { id, name } = registry;
  const unknown: string[] = [];
  const [assignments, temporary, self] = await Promise.all([
    azure.roles.listAtScope(id, options),
    recover(azure.roles.listTemporary(id, options), (error) => {
      throwMistake(error);
      unknown.push(
        l10n.t(
          'Could not read which role assignments on {0} are temporary, so some listed here may be: {1}',
          name,
          error.message,
        ),
      );
      return [];
    }),
    recover(azure.roles.signedIn(id, options), (error) => {
      throwMistake(error);
      return undefined;
    }),
  ]);
  if (!self) unknown.push(l10n.t('Could not read who you are in this tenant. Assign roles to yourself in the portal.'));
  const holders = assignments.filter(({ roleId }) => lossOf(roleId));
  const nameOfOther = await readNames(azure, id, holders, options);
  const nameOf: NameOf = (holder) => (self && isOf(holder, self) ? self.name : nameOfOther(holder));
  return {
    ...offersOf(registry, assignments, temporary, self, nameOf),
    affected: affectedAssignments(registry, assignments, nameOf),
    nameOf,
    unknown,
  };
}

/** Only what Azure answered may be passed over. */
function throwMistake(error: Error): void {
  if (!isAzureError(error)) throw error;
}

type Principal = Pick<KeptAccess, 'principalId'>;

/** What the person who switches loses too: to see whether images are cached, and to list repositories. */
const forSelf: readonly Role[] = [roles.repositoryReader, roles.catalogLister];

function offersOf(
  registry: Registry,
  assignments: readonly RoleAssignment[],
  temporary: readonly TemporaryAssignment[],
  self: SignedInPrincipal | undefined,
  nameOf: NameOf,
): Pick<ReplacementOffers, 'offers' | 'temporary' | 'left' | 'conditioned'> {
  const byId = new Map(temporary.map((one) => [armIdKey(one.assignmentId ?? ''), one]));
  const byParts = new Map(temporary.map((one) => [partsKey(one), one]));
  const ending = new Map(
    assignments.flatMap((assignment) => {
      const found = byId.get(armIdKey(assignment.id)) ?? byParts.get(partsKey(assignment));
      return found ? [[assignment.id, { assignment, endsAt: found.endsAt }]] : [];
    }),
  );
  const { replacements, left } = replacementsFor(
    assignments.filter(({ id }) => !ending.has(id)),
    registry.roleAssignmentMode,
  );
  const wanted = [
    ...(self ? [{ ...self, roles: forSelf }] : []),
    ...replacements.filter((one) => !self || !isOf(one, self)),
  ];
  const conditioned: ReplacementOffers['conditioned'][number][] = [];
  const offers = wanted.flatMap(({ principalId, principalType, roles: given }): ReplacementOffer[] => {
    const lacking = given.filter((role) => {
      const assignment = conditionedAssignment(assignments, registry.id, principalId, role);
      if (assignment) conditioned.push({ principalId, principalType, role });
      const has = heldBy(assignments, principalId, role).some(({ condition, id }) => !condition && !ending.has(id));
      return !assignment && !has;
    });
    if (lacking.length === 0) return [];
    const isSelf = self !== undefined && isOf({ principalId }, self);
    const isPreselected = isSelf || principalType === 'ServicePrincipal';
    const name = nameOf({ principalId, principalType });
    const roleIds = lacking.map(({ id }) => id);
    return [{ principalId, principalType, name, roleIds, ...(isSelf && { isSelf }), isPreselected }];
  });
  const rank = ({ isSelf, isPreselected }: ReplacementOffer): number => (isSelf ? 0 : isPreselected ? 1 : 2);
  return {
    offers: offers.sort((a, b) => rank(a) - rank(b)),
    temporary: [...ending.values()].filter(({ assignment }) => losesAccess(assignment, registry)),
    left,
    conditioned,
  };
}

function losesAccess(assignment: RoleAssignment, { roleAssignmentMode }: Registry): boolean {
  const { replacements, left } = replacementsFor([assignment], roleAssignmentMode);
  return replacements.length + left.length > 0;
}

/** What tells an assignment where its id does not. */
function partsKey({ roleId, scope, ...one }: Pick<RoleAssignment, 'roleId' | 'scope' | 'principalId'>): string {
  return [roleId.toLowerCase(), keyOf(one), armIdKey(scope)].join(' ');
}

/** Who has access to images now and none after the switch, each once, if those who are kept get their roles. */
export function whoLoses(
  { affected, offers, temporary, left }: ReplacementOffers,
  kept: readonly Principal[],
): Holder[] {
  const readers = new Set(affected.map(({ assignment }) => keyOf(assignment)));
  const keptKeys = new Set(kept.map(keyOf));
  const losing = [...offers, ...temporary.map(({ assignment }) => assignment), ...left].filter(
    (one) => readers.has(keyOf(one)) && !keptKeys.has(keyOf(one)),
  );
  return [...new Map(losing.map((one) => [keyOf(one), one])).values()];
}

function isOf(one: Principal, other: Principal): boolean {
  return keyOf(one) === keyOf(other);
}

function keyOf({ principalId }: Principal): string {
  return principalId.toLowerCase();
}
