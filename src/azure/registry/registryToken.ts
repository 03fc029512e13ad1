import { claimsOf } from '../http/jwt.ts';

/**
 * What can be read from a registry's own tokens. They are JWTs; nothing is verified, since the registry that issued
 * them is also the one that checks them.
 */

/** Milliseconds from issue to expiry, by the issuer's clock; undefined when the token does not tell. */
export function lifetimeOf(token: string): number | undefined {
  const { exp, iat } = claimsOf(token);
  return typeof exp === 'number' && typeof iat === 'number' && exp > iat ? (exp - iat) * 1000 : undefined;
}

/**
 * Whether an access token grants the last action of `scope` (`repository:team/app:pull`). A token may come back with
 * fewer actions than asked (docs/azure-facts.md). Undefined when the token does not tell.
 */
export function tokenGrants(token: string, scope: string): boolean | undefined {
  const { access } = claimsOf(token);
  if (!Array.isArray(access)) return undefined;
  const [type, ...rest] = scope.split(':');
  const action = rest.pop();
  const name = rest.join(':');
  return access.some((entry: unknown) => {
    const grant: { type?: unknown; name?: unknown; actions?: unknown } =
      typeof entry === 'object' && entry !== null ? entry : {};
    return (
      grant.type === type &&
      grant.name === name &&
      Array.isArray(grant.actions) &&
      grant.actions.some((granted) => granted === action || granted === '*')
    );
  });
}
