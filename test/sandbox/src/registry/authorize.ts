import { principalName } from './context.ts';
import { RegistryError, unauthorizedMessage } from './errors.ts';
import { openAccessToken } from './registryTokens.ts';
import type { SandboxRequest } from '../core.ts';
import type { RegistryContext } from './context.ts';

/** What a request needs: any of these actions on a repository, or the catalog. Undefined: only a valid token. */
export type Need =
  { readonly repository: string; readonly anyOf: readonly string[] } | { readonly catalog: true } | undefined;

/**
 * Checks the request's bearer token.
 * @throws RegistryError 401 with the challenge that tells a client which token to fetch
 */
export function authorize(context: RegistryContext, request: SandboxRequest, need: Need): void {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const opened = token === undefined ? undefined : openAccessToken(context, token);
  if (opened === undefined) throw challenge(context, request, need, token === undefined ? undefined : 'invalid_token');
  request.principal = principalName(context, opened.caller.principalId);
  if (need === undefined) return;
  const granted = opened.access.some((access) =>
    'catalog' in need
      ? access.type === 'registry' && access.name === 'catalog'
      : access.type === 'repository' &&
        access.name === need.repository &&
        need.anyOf.some((action) => access.actions.includes(action)),
  );
  if (!granted) throw challenge(context, request, need, 'insufficient_scope');
}

function challenge(
  context: RegistryContext,
  request: SandboxRequest,
  need: Need,
  error: string | undefined,
): RegistryError {
  const { loginServer } = context.content;
  const parts = [`Bearer realm="https://${loginServer}/oauth2/token"`, `service="${loginServer}"`];
  const [type, name, action] =
    need === undefined
      ? []
      : 'catalog' in need
        ? ['registry', 'catalog', '*']
        : ['repository', need.repository, need.anyOf[0] ?? ''];
  if (type !== undefined) parts.push(`scope="${type}:${name}:${action}"`);
  if (error !== undefined) parts.push(`error="${error}"`);
  const detail = type === undefined ? undefined : [{ Type: type, Name: name, Action: action }];
  return new RegistryError(401, 'UNAUTHORIZED', unauthorizedMessage(request), detail, {
    'WWW-Authenticate': parts.join(','),
  });
}
