import { principalName } from '../context.ts';
import { unauthorized } from '../errors.ts';
import type { RegistryError } from '../errors.ts';
import { openAccessToken } from './registryTokens.ts';
import type { SandboxRequest } from '../../core.ts';
import type { RegistryContext } from '../context.ts';

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
  if (opened === undefined) throw challenge(context, need, token === undefined ? undefined : 'invalid_token');
  request.principal = principalName(context, opened.caller.principalId);
  if (need === undefined) return;
  const granted = opened.access.some((access) =>
    'catalog' in need
      ? access.type === 'registry' && access.name === 'catalog'
      : access.type === 'repository' &&
        access.name === need.repository &&
        need.anyOf.some((action) => access.actions.includes(action)),
  );
  if (!granted) throw challenge(context, need, 'insufficient_scope');
}

function challenge(context: RegistryContext, need: Need, error: string | undefined): RegistryError {
  const { loginServer } = context.content;
  const parts = [`Bearer realm="https://${loginServer}/oauth2/token"`, `service="${loginServer}"`];
  const asked =
    need === undefined
      ? undefined
      : 'catalog' in need
        ? { type: 'registry', name: 'catalog', actions: ['*'] }
        : { type: 'repository', name: need.repository, actions: actionsOf(need.anyOf[0] ?? '') };
  if (asked) parts.push(`scope="${asked.type}:${asked.name}:${asked.actions.join(',')}"`);
  if (error !== undefined) parts.push(`error="${error}"`);
  const detail = asked?.actions.map((action) => ({ Type: asked.type, Name: asked.name, Action: action }));
  return unauthorized(detail, { 'WWW-Authenticate': parts.join(',') });
}

/** Who may push is asked to pull too. */
function actionsOf(action: string): readonly string[] {
  return action === 'push' ? ['pull', 'push'] : [action];
}
