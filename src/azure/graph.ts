import { record, text } from '../common/json.ts';
import { shownLine } from '../common/shown.ts';
import { trimEndOf } from '../common/trim.ts';
import { isGuid } from '../domain/guid.ts';
import { armAuthenticationPolicy } from './arm/authentication.ts';
import { createArmRequests, type ArmRequests } from './arm/requests.ts';
import type { ArmSession } from './arm/sessions.ts';
import type { AzureAccess } from './azure.ts';
import { createJsonPipeline } from './http/pipeline.ts';
import type { TokenSource } from './http/tokens.ts';
import { waitUnit } from './http/wait.ts';

/** Ids of one request. Source: Microsoft Graph, "directoryObject: getByIds". */
const maxIds = 1000;

/** Of a directory's display name, characters: a row has no room for more. */
const maxName = 60;

/**
 * Asks Microsoft Graph, as the session's account, how the principals are called: `POST /v1.0/directoryObjects/getByIds`. An object that
 * the account may not read comes without a name ("limited information"), one that was deleted not at all: both are left out.
 * @returns by id in lower case; undefined where the cloud has no Graph
 * @throws AzureError: `unauthenticated` without a token for it, `forbidden` without a permission
 */
export async function readDirectory(
  access: AzureAccess,
  session: ArmSession,
  principalIds: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Map<string, string> | undefined> {
  const resource = access.cloud.graph ?? (await graphOf(session.arm, signal));
  if (resource === undefined) return undefined;
  const graph = requestsTo(resource, access, session);
  const found = new Map<string, string>();
  for (let start = 0; start < principalIds.length; start += maxIds) {
    const body = { ids: principalIds.slice(start, start + maxIds), types: ['user', 'group', 'servicePrincipal'] };
    const answer = await graph.send('POST', '/v1.0/directoryObjects/getByIds', { body, signal });
    const objects: unknown = record(answer.body)?.['value'];
    for (const object of Array.isArray(objects) ? objects : []) {
      const named = namedIn(object);
      if (named) found.set(...named);
    }
  }
  return found;
}

/**
 * The address of Graph in a custom cloud, as its ARM names it (`microsoftGraphResourceId`, which the Azure CLI reads as well).
 * Undefined: it names none, as Azure Stack Hub.
 */
async function graphOf(arm: ArmRequests, signal: AbortSignal | undefined): Promise<string | undefined> {
  const metadata = await arm.get('/metadata/endpoints?api-version=2022-09-01', signal);
  const url = URL.parse(text(record(metadata)?.['microsoftGraphResourceId']) ?? '');
  return url?.protocol === 'https:' ? trimEndOf(`${url.origin}${url.pathname}`, '/') : undefined;
}

/** Requests with tokens for Graph alone. A challenge is not answered: that would open a dialog. */
function requestsTo(resource: string, access: AzureAccess, { tokens }: ArmSession): ArmRequests {
  const silent: TokenSource = {
    get: (scope, signal) => tokens.get(scope, signal),
    renew: () => Promise.resolve(undefined),
  };
  const pipeline = createJsonPipeline({ log: access.log, retry: { ...access.retry, maxRetries: 1 } });
  const policy = armAuthenticationPolicy(silent, `${resource}/.default`, new URL(resource).origin);
  pipeline.addPolicy(policy, { phase: 'Sign' });
  return createArmRequests(pipeline, resource, waitUnit(access.retry));
}

function namedIn(object: unknown): [id: string, name: string] | undefined {
  const known = record(object);
  const id = text(known?.['id']);
  const name = shownLine(text(known?.['displayName']) ?? '', maxName);
  return id && isGuid(id) && name ? [id.toLowerCase(), name] : undefined;
}
