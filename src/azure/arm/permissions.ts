import { matchesGlob } from '../../common/glob.ts';
import { record } from '../../common/json.ts';

/**
 * Whether a list of permissions (`…/providers/Microsoft.Authorization/permissions`) lets the caller do `action`. Each
 * entry grants its `actions` except its `notActions`; entries add up. Wildcards stand for any run of characters, letters
 * compare without case. Deny assignments and conditions on the caller's roles are not seen here; ARM still applies them.
 * Source: learn.microsoft.com/azure/role-based-access-control/role-definitions.
 */
export function permissionsAllow(permissions: readonly unknown[], action: string): boolean {
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
