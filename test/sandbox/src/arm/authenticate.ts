import type { Core, SandboxRequest, TokenClaims } from '../core.ts';
import { isTokenClaims, normaliseAudience } from '../tokens.ts';
import { ArmError } from './errors.ts';

/**
 * The caller of a request from its bearer token.
 * @throws ArmError 401 with ARM's challenge: no header, malformed, expired, or for another audience.
 */
export function authenticate(core: Core, request: SandboxRequest): TokenClaims {
  const header = request.headers.authorization;
  if (header === undefined) {
    throw unauthorized(
      core,
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
      "The authentication failed because of missing 'Authorization' header.",
    );
  }
  const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (token === undefined) {
    throw unauthorized(
      core,
      'AuthenticationFailedInvalidHeader',
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
      "The authentication failed because of invalid 'Authorization' header format.",
    );
  }
  const claims = open(core, token);
  if (!claims)
    throw unauthorized(
      core,
      'InvalidAuthenticationToken',
      'The access token is invalid.',
      'Could not find identity for access token.',
    );
  const audiences = [core.armEndpoint];
  if (!audiences.some((audience) => normaliseAudience(audience) === normaliseAudience(claims.aud))) {
    throw unauthorized(
      core,
      'InvalidAuthenticationTokenAudience',
      `The access token has been obtained for wrong audience or resource '${claims.aud}'. It should exactly match with one of the allowed audiences '${audiences.join("','")}'.`,
      'The access token has been obtained for wrong audience.',
    );
  }
  if (claims.exp * 1000 <= core.clock.now()) {
    throw unauthorized(
      core,
      'ExpiredAuthenticationToken',
      `The access token expiry UTC time '${utc(claims.exp * 1000)}' is earlier than current UTC time '${utc(core.clock.now())}'.`,
      'The access token expiry UTC time is earlier than current UTC time.',
    );
  }
  return claims;
}

function open(core: Core, token: string): TokenClaims | undefined {
  const claims = core.tokens.open(token);
  return claims && isTokenClaims(claims) ? claims : undefined;
}

function unauthorized(core: Core, code: string, message: string, description: string): ArmError {
  return new ArmError(401, code, message, {
    headers: {
      'WWW-Authenticate': `Bearer authorization_uri="${core.armEndpoint}${core.state.tenantId}", error="invalid_token", error_description="${description}"`,
    },
  });
}

/** As .NET's invariant culture writes it in ARM's messages. */
function utc(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', '');
}
