import type { IncomingHttpHeaders } from 'node:http';
import type { Names } from './network/names.ts';
import type { FaultRule, LogEntry, Principal, ResourceState, SandboxState, ScenarioRegistry } from './types.ts';
import type { LiveOptions } from './options.ts';

/**
 * What both halves of the sandbox (arm/, registry/) and rbac/ share. One `Core` per running sandbox, made by `startSandbox`.
 */
export interface Core {
  readonly state: SandboxState;
  /** Live: `setOptions` changes it, so read it at the time of use. Every option has its value. */
  readonly options: LiveOptions;
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly faults: readonly FaultRule[];
  readonly log: LogEntry[];
  /** Temp folder: ca.pem, blobs. Removed on close unless the caller named it. */
  readonly folder: string;
  /** PEM of the sandbox's CA, for the registry half's own calls to an upstream registry. */
  readonly ca: string;
  readonly names: Names;
  /** What is served under a name of its own now, with its port on loopback. */
  readonly hosts: Map<string, number>;
  /** Set once ARM listens, with its port on loopback. */
  armEndpoint: string;
  armPort: number;
  /** The registry half; set by `startSandbox` from `startRegistryServers(core)`. ARM calls it for registries created or deleted later. */
  registryHost: RegistryHost | undefined;
  /** Shorthand of `clock.runLater`. */
  runLater(milliseconds: number, work: () => void | Promise<void>): () => void;
  /** Opens an https server on loopback. Faults, latency, request ids, the log and body bounds are applied around `handle`. Closed with the sandbox. */
  listen(server: ServerDefinition): Promise<Listener>;
}

/**
 * The registry half. `test/sandbox/src/registry/server.ts` exports `startRegistryServers(core: Core): Promise<RegistryHost>`, which
 * only prepares; `startSandbox` then calls `start` for each registry of the scenario that has content.
 */
export interface RegistryHost {
  /**
   * Opens the registry's port with `core.listen`, sets `registry.properties.loginServer`, puts its entry into
   * `core.state.content` (key: lower-case registry id) and fills it with the seed's deterministic images.
   */
  start(registry: ResourceState, seed?: ScenarioRegistry, port?: number): Promise<void>;
  /** Closes the port and forgets the content. */
  stop(registryId: string): Promise<void>;
}

export interface Clock {
  /** Milliseconds since epoch, sandbox time: real time plus what was advanced. */
  now(): number;
  /** Moves the clock and runs, in order, everything due by then. Resolves when that work is done. */
  advance(milliseconds: number): Promise<void>;
  /** Runs `work` after that much sandbox time. Returns a cancel function. Errors in `work` are kept in `failures`, never thrown. */
  runLater(milliseconds: number, work: () => void | Promise<void>): () => void;
  readonly failures: unknown[];
  /** Cancels everything. */
  close(): void;
}

/** Claims of an Entra-like access token. `aud` is the resource without trailing slash. Times in seconds. */
export interface TokenClaims {
  readonly oid: string;
  readonly tid: string;
  readonly aud: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly idtyp: 'user' | 'app';
  readonly iss: string;
  readonly sub: string;
  readonly ver: string;
  readonly upn?: string;
  readonly name?: string;
  readonly appid?: string;
}

export interface Tokens {
  /** An Entra-like access token (JWT, HS256 with a key that lives in memory only). Default lifetime 3600 s. */
  issue(principal: Principal, audience: string, lifetimeSeconds?: number): string;
  /** The claims if the signature is right and the token is valid now (sandbox clock); else undefined. */
  verify(token: string): TokenClaims | undefined;
  /** Signs any claims (registry refresh and access tokens): same key, `typ` kept apart by the caller's own claim. */
  sign(claims: Readonly<Record<string, unknown>>): string;
  /** Payload of a token signed by `sign`, whatever its times; undefined if the signature is wrong. */
  open(token: string): Readonly<Record<string, unknown>> | undefined;
}

export interface ServerDefinition {
  /** 'arm': faults match `METHOD /path?query`; 'registry': `METHOD host:port/path?query`. */
  readonly kind: 'arm' | 'registry';
  /** 0 or absent: any free port. */
  readonly port?: number;
  handle(request: SandboxRequest): Promise<Answer>;
  /** The body of an error in this protocol's form: for faults, oversized bodies and crashes of `handle`. */
  error(status: number, code: string, message: string, request: SandboxRequest): Answer;
}

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

export interface SandboxRequest {
  readonly method: string;
  /** As the client sent it. */
  readonly host: string;
  /** As sent: still percent-encoded, always starts with `/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** `x-ms-correlation-request-id` of the client, else a new one; echoed in the answer. */
  readonly correlationId: string;
  readonly requestId: string;
  /** Reads the body; throws `BodyTooLarge` above `limit` bytes (default 4 MiB), answered 413. */
  body(limit?: number): Promise<Buffer>;
  /** A fault asks that the long-running operation started by this call fails. */
  readonly failOperation?: { readonly code: string; readonly message: string };
  /** The caller's name for the log; set by the handler once known. */
  principal?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as `application/json; charset=utf-8` unless headers say otherwise. */
  readonly json?: unknown;
  /** Ignored when `json` is there. For HEAD no body is sent but its Content-Length is. */
  readonly body?: Uint8Array | string;
}

/** Thrown by `SandboxRequest.body`. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}
