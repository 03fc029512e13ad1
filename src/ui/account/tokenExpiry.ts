import { claimsOf } from '../../azure/http/jwt.ts';

/** `exp` of a JWT in milliseconds since 1970. Access tokens are opaque by contract: undefined if it is not a readable JWT. */
export function expiryOf(token: string): number | undefined {
  const { exp } = claimsOf(token);
  return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
}
