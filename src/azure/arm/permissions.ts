import { matchesGlob } from '../../common/glob.ts';
import { record, text } from '../../common/json.ts';
import { shown } from '../../common/shown.ts';
import { parseArmId, sameArmId } from '../../domain/armId.ts';
import type { Permission } from '../azure.ts';

/** What is known of the caller's rights at a scope. */
export interface KnownRights {
  readonly scope: string;
  /** What the caller's roles give (`…/providers/Microsoft.Authorization/permissions`); it says nothing of deny assignments. */
  readonly granted: readonly unknown[];
  /** The deny assignments at or above the scope; undefined: they could not be read. */
  readonly denied: readonly unknown[] | undefined;
  /** The caller's object id; undefined: it is not known. */
  readonly principalId: string | undefined;
}

/** The principal of a deny assignment that stands for everybody. */
const everyone = '00000000-0000-0000-0000-000000000000';

/**
 * Whether the caller may do `action` at the scope. A deny assignment holds whatever roles the caller has. Conditions on the
 * caller's roles are not seen here; ARM still applies them.
 * Source: learn.microsoft.com/azure/role-based-access-control/deny-assignments.
 */
export function permissionOf({ scope, granted, denied, principalId }: KnownRights, action: string): Permission {
  const denials = denied?.flatMap((assignment) => denialOf(assignment, principalId, scope, action) ?? []);
  const certain = denials?.find(({ state }) => state === 'denied');
  if (certain) return certain;
  if (!permissionsInclude(granted, action)) return { state: 'missing' };
  return denials ? (denials[0] ?? { state: 'allowed' }) : { state: 'unknown' };
}

/**
 * Whether a list of permissions, granted or denied, names `action`. Each entry names its `actions` except its `notActions`; entries
 * add up. Wildcards stand for any run of characters, letters compare without case.
 * Source: learn.microsoft.com/azure/role-based-access-control/role-definitions.
 */
export function permissionsInclude(permissions: readonly unknown[], action: string): boolean {
  return permissions.some((entry) => {
    const permission = record(entry);
    return matchesAny(permission?.['actions'], action) && !matchesAny(permission?.['notActions'], action);
  });
}

function matchesAny(patterns: unknown, action: string): boolean {
  return (
    Array.isArray(patterns) && patterns.some((pattern) => typeof pattern === 'string' && matchesGlob(pattern, action))
  );
}

/** What a deny assignment says of an action: `denied`, `unknown` when it may, undefined when it does not bear on it. */
function denialOf(
  assignment: unknown,
  principalId: string | undefined,
  scope: string,
  action: string,
): Permission | undefined {
  const properties = record(record(assignment)?.['properties']);
  const deniedBy = shown(text(properties?.['denyAssignmentName']) ?? text(record(assignment)?.['name']) ?? '?', 100);
  const { permissions, principals } = properties ?? {};
  if (!Array.isArray(permissions) || !Array.isArray(principals)) return { state: 'unknown', deniedBy };
  if (!permissionsInclude(permissions, action)) return undefined;
  const holds = [
    meansCaller(principals, principalId),
    not(meansCaller(properties?.['excludePrincipals'] ?? [], principalId)),
    reaches(properties, scope, action),
    isEnforced(properties),
    isConditional(properties) || permissions.some(isConditional) ? undefined : true,
  ];
  if (holds.includes(false)) return undefined;
  return { state: holds.includes(undefined) ? 'unknown' : 'denied', deniedBy };
}

function isConditional(value: unknown): boolean {
  return text(record(value)?.['condition']) !== undefined;
}

function not(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value;
}

/** Whether the caller is one of the principals; undefined where it may be in a group, or is not known. */
function meansCaller(principals: unknown, principalId: string | undefined): boolean | undefined {
  if (!Array.isArray(principals)) return undefined;
  const known = principals.map((one) => ({
    id: text(record(one)?.['id'])?.toLowerCase(),
    type: record(one)?.['type'],
  }));
  if (known.some(({ id }) => id === everyone || (id !== undefined && id === principalId?.toLowerCase()))) return true;
  const isOther = ({ id, type }: (typeof known)[number]): boolean =>
    id !== undefined && principalId !== undefined && (type === 'User' || type === 'ServicePrincipal');
  return known.every(isOther) ? false : undefined;
}

/** Whether it holds for what the action changes. The scope of a right may be that of the parent of what is written. */
function reaches(properties: Record<string, unknown> | undefined, scope: string, action: string): boolean | undefined {
  if (properties?.['doNotApplyToChildScopes'] !== true) return true;
  const own = text(properties['scope']);
  if (own !== undefined && !sameArmId(own, scope)) return false;
  const id = parseArmId(scope);
  const type = id.ok ? [id.value.provider, ...id.value.types].join('/') : '';
  const isOfScope = action.slice(0, action.lastIndexOf('/')).toLowerCase() === type.toLowerCase();
  return own !== undefined && isOfScope ? true : undefined;
}

/**
 * Those that people make may only be logged (`denyAssignmentEffect` of 2024-07-01-preview: enforced or audit); the version that is
 * asked does not say so. What Azure made is system-protected, and enforced.
 */
function isEnforced(properties: Record<string, unknown> | undefined): boolean | undefined {
  const effect = text(properties?.['denyAssignmentEffect'])?.toLowerCase();
  if (effect === undefined) return properties?.['isSystemProtected'] === true ? true : undefined;
  return effect === 'audit' ? false : effect === 'enforced' ? true : undefined;
}
