import { randomUUID } from 'node:crypto';
import { startSandbox } from '../../src/sandbox.ts';
import { trustSandbox } from '../../src/trust.ts';
import { isObject } from '../../src/json.ts';
import type { JsonObject } from '../../src/json.ts';
import type { Sandbox } from '../../src/types.ts';
import type { SandboxOptions } from '../../src/options.ts';

export const versions = {
  registry: '2025-11-01',
  rule: '2026-01-01-preview',
  identity: '2024-11-30',
  authorization: '2022-04-01',
  resources: '2021-04-01',
  features: '2021-07-01',
  graph: '2022-10-01',
} as const;

export const readerRole = 'b93aa761-3e63-49ed-ac28-beffa264f7ac';
export const acrPullRole = '7f951dda-4ed3-4680-a7ca-43fe172d538d';

/** A credential set for Docker Hub, whose secrets are nowhere. */
export const credentialSet = {
  identity: { type: 'SystemAssigned' },
  properties: {
    loginServer: 'docker.io',
    authCredentials: [
      {
        name: 'Credential1',
        usernameSecretIdentifier: 'https://vault.invalid/secrets/u',
        passwordSecretIdentifier: 'https://vault.invalid/secrets/p',
      },
    ],
  },
};

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** {} when the answer has no body. */
  readonly json: JsonObject;
  /** `error.code` of an ARM error. */
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** A sandbox and short ways to call its ARM. */
export interface ArmWorld {
  readonly sandbox: Sandbox;
  readonly subscription: string;
  readonly group: string;
  readonly registry: string;
  readonly upstream: string;
  /** `localhost:P` of the upstream registry. */
  readonly upstreamServer: string;
  call(method: string, path: string, apiVersion: string, body?: unknown, options?: CallOptions): Promise<Reply>;
  /** Creates an identity in the article's group; returns its id and principal. */
  identity(name: string): Promise<{ id: string; principalId: string }>;
  /** PUT of a rule with sensible defaults. */
  putRule(name: string, rule: RuleInput, apiVersion?: string, options?: CallOptions): Promise<Reply>;
  assign(scope: string, roleId: string, principalId: string, more?: JsonObject, options?: CallOptions): Promise<Reply>;
  /** A further person without any role; returns the object id. */
  person(name: string): string;
}

export interface CallOptions {
  /** Default 'dev'; '' sends no Authorization. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RuleInput {
  readonly source: string;
  readonly target: string;
  readonly identity?: string;
  readonly credentialSet?: string;
}

/** Starts a sandbox with fast operations and makes this process trust it. The caller closes `sandbox`. */
export async function armWorld(options: SandboxOptions = {}): Promise<ArmWorld> {
  const sandbox = await startSandbox({ hosts: 'ports', operationMs: 20, ...options });
  trustSandbox(sandbox);
  const subscription = `/subscriptions/${sandbox.info.subscriptionId}`;
  const group = `${subscription}/resourceGroups/MyResourceGroup`;
  const registries = `${group}/providers/Microsoft.ContainerRegistry/registries`;

  const call: ArmWorld['call'] = async (method, path, apiVersion, body, { as = 'dev', headers = {} } = {}) => {
    const url = new URL(path, sandbox.info.arm);
    if (apiVersion !== '') url.searchParams.set('api-version', apiVersion);
    const response = await fetch(url, {
      method,
      headers: {
        ...(as !== '' && { Authorization: `Bearer ${sandbox.token(as, sandbox.info.arm)}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const value: unknown = text === '' ? {} : JSON.parse(text);
    const json = isObject(value) ? value : {};
    const error = isObject(json['error']) ? json['error'] : {};
    return {
      status: response.status,
      headers: response.headers,
      json,
      code: typeof error['code'] === 'string' ? error['code'] : undefined,
      message: typeof error['message'] === 'string' ? error['message'] : undefined,
    };
  };

  return {
    sandbox,
    subscription,
    group,
    registry: `${registries}/myregistry`,
    upstream: `${registries}/upstreamregistry`,
    upstreamServer: sandbox.info.registries.find(({ name }) => name === 'upstreamregistry')?.loginServer ?? '',
    call,
    async identity(name) {
      const path = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
      const { json } = await call('PUT', path, versions.identity, { location: 'eastus' });
      return { id: String(json['id']), principalId: String(at(json, 'properties', 'principalId')) };
    },
    putRule: (name, { source, target, identity, credentialSet }, apiVersion = versions.rule, options) =>
      call(
        'PUT',
        `${registries}/myregistry/cacheRules/${name}`,
        apiVersion,
        {
          ...(identity !== undefined && {
            identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
          }),
          properties: {
            sourceRepository: source,
            targetRepository: target,
            ...(credentialSet !== undefined && { credentialSetResourceId: credentialSet }),
          },
        },
        options,
      ),
    assign: (scope, roleId, principalId, more = {}, options) =>
      call(
        'PUT',
        `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`,
        versions.authorization,
        {
          properties: {
            roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`,
            principalId,
            ...more,
          },
        },
        options,
      ),
    person(name) {
      const objectId = randomUUID();
      sandbox.state.principals.set(objectId, {
        objectId,
        tenantId: sandbox.state.tenantId,
        type: 'User',
        name,
        createdAt: 0,
      });
      return objectId;
    },
  };
}

/** The value at a path of keys and indexes, or undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (Array.isArray(current)) current = (current as unknown[])[Number(key)];
    else if (isObject(current)) current = current[key];
    else return undefined;
  }
  return current;
}

/** `value` of a list answer. */
export function valuesOf(reply: Reply): JsonObject[] {
  const value = reply.json['value'];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Polls an operation's URL until it is done; returns the last answer. One that is done in its answer is that. */
export async function finish(world: ArmWorld, reply: Reply): Promise<Reply> {
  if ([200, 204].includes(reply.status)) return reply;
  const url = reply.headers.get('azure-asyncoperation') ?? reply.headers.get('location');
  if (url === null) throw new Error(`No operation: ${reply.status} ${JSON.stringify(reply.json)}`);
  for (;;) {
    const last = await world.call('GET', url, '');
    if (last.status !== 202 && !['Creating', 'Updating'].includes(String(last.json['status']))) return last;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
