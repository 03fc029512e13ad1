import type { SandboxState } from './types.ts';
import type { Principal } from './types.ts';
import { guidOf } from './ids.ts';

/** The person the sandbox is made for. */
export const defaultUser = 'dev';

/** Adds a principal of the directory, or returns the one of that name and tenant. Its object id is always the same. */
export function ensurePrincipal(
  state: SandboxState,
  name: string,
  type: Principal['type'],
  tenantId: string,
): Principal {
  const found = findPrincipal(state, name, tenantId);
  if (found) return found;
  const principal: Principal = { objectId: guidOf('principal', tenantId, name), tenantId, type, name, createdAt: 0 };
  state.principals.set(principal.objectId, principal);
  return principal;
}

/** By name (or object id) in a tenant; default: the home tenant. */
export function findPrincipal(state: SandboxState, name: string, tenantId = state.tenantId): Principal | undefined {
  for (const principal of state.principals.values()) {
    if (principal.tenantId === tenantId && (principal.name === name || principal.objectId === name)) return principal;
  }
  return undefined;
}
