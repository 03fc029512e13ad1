import type { Answer, Core, SandboxRequest, TokenClaims } from '../core.ts';
import { isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { ArmError, armErrors } from './errors.ts';
import type { OperationStore } from './operations.ts';
import type { ResourceGroupState, SubscriptionState } from '../types.ts';

/** One authenticated, routed call on ARM. */
export interface ArmCall {
  readonly core: Core;
  readonly operations: OperationStore;
  readonly request: SandboxRequest;
  readonly caller: TokenClaims;
  readonly apiVersion: string;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Set when the path names them; checked to exist. */
  readonly subscription?: SubscriptionState;
  readonly group?: ResourceGroupState;
  /** What ARM answers to a GET of this caller. `path`: as it is sent. */
  read(path: string, apiVersion: string): Promise<Answer>;
}

export interface Route {
  readonly method: string;
  /** `{name}` stands for one segment, `{+name}` for any number (also none). Compared without case. */
  readonly path: string;
  /** Resource type whose api-version list applies; absent: any well-formed version. */
  readonly type?: string;
  /** RBAC action the caller needs at `scope`; absent: signed in is enough. */
  readonly action?: string;
  /** Default: the path itself, for a collection its parent. */
  readonly scope?: (call: ArmCall) => string;
  handle(call: ArmCall): Answer | Promise<Answer>;
}

export function ok(json: unknown, headers?: Answer['headers']): Answer {
  return { status: 200, json, ...(headers && { headers }) };
}

/** A path parameter that the route's pattern guarantees. */
export function param(call: ArmCall, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`Route without {${name}}`);
  return value;
}

export function subscriptionOf(call: ArmCall): SubscriptionState {
  if (!call.subscription) throw new Error('Route without {subscription}');
  return call.subscription;
}

export function groupOf(call: ArmCall): ResourceGroupState {
  if (!call.group) throw new Error('Route without {group}');
  return call.group;
}

/** The body as a JSON object. @throws ArmError 400 InvalidRequestContent */
export async function jsonBody(
  call: ArmCall,
  parse: (text: string) => unknown = (text) => JSON.parse(text) as unknown,
): Promise<JsonObject> {
  const bytes = await call.request.body();
  if (bytes.length === 0) throw armErrors.invalidContent('The request body is empty');
  let value: unknown;
  try {
    value = parse(bytes.toString('utf8'));
  } catch (error) {
    throw armErrors.invalidContent(error instanceof Error ? error.message : 'not JSON');
  }
  if (!isObject(value)) throw armErrors.invalidContent('The request body must be a JSON object');
  return value;
}

/** Top-level members of a resource that ARM's gateway takes. */
const envelope = new Set(
  'id name type location tags plan sku kind managedBy identity properties zones extendedLocation systemData scale etag'.split(
    ' ',
  ),
);

/** The body of a PUT or PATCH of a resource. @throws ArmError 400 InvalidRequestContent (Azure/azure-sdk-for-net#3487) */
export async function resourceBody(call: ArmCall): Promise<JsonObject> {
  const body = await jsonBody(call);
  const foreign = Object.keys(body).find((name) => !envelope.has(name));
  if (foreign !== undefined) {
    throw armErrors.invalidContent(
      `Could not find member '${foreign}' on object of type 'ResourceDefinition'. Path '${foreign}'.`,
    );
  }
  const isText = (value: unknown): boolean => typeof value === 'string';
  const isRight: Readonly<Record<string, (value: unknown) => boolean>> = {
    identity: isObject,
    location: isText,
    properties: isObject,
    sku: isObject,
    tags: (value) => isObject(value) && Object.values(value).every((one) => one === null || isText(one)),
  };
  for (const [name, test] of Object.entries(isRight)) {
    if (name in body && body[name] !== null && !test(body[name]))
      throw armErrors.invalidContent(`Error converting value to the type of '${name}'. Path '${name}'.`);
  }
  return body;
}

/** `value` page by page with `nextLink`; `$skiptoken` is the offset. */
export function page(call: ArmCall, items: readonly unknown[], top?: number): Answer {
  const { request, core } = call;
  const token = request.query.get('$skiptoken') ?? request.query.get('$skipToken');
  const offset = token === null ? 0 : Number(token);
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new ArmError(400, 'InvalidSkipToken', `The skip token '${token ?? ''}' is invalid.`);
  const size = Math.max(1, Math.min(top ?? Infinity, core.options.pageSize));
  const end = offset + size;
  const query = new URLSearchParams(request.query);
  query.delete('$skipToken');
  query.set('$skiptoken', String(end));
  const nextLink =
    end < items.length ? `${core.armEndpoint.replace(/\/$/, '')}${request.path}?${query.toString()}` : undefined;
  return ok({ value: items.slice(offset, end), ...(nextLink !== undefined && { nextLink }) });
}

/** The name ARM puts into its messages: the user's name, for a service principal its application id. */
export function clientName(caller: TokenClaims): string {
  return caller.upn ?? caller.name ?? caller.appid ?? caller.oid;
}
