import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { BodyTooLarge } from './core.ts';
import type { Answer, Listener, SandboxRequest, ServerDefinition } from './core.ts';
import type { LiveOptions } from './options.ts';
import type { Certificates } from './network/ca.ts';
import type { Fault, FaultPlan } from './faults.ts';
import type { LogEntry } from './types.ts';

const defaultBodyLimit = 4 * 1024 * 1024;
/** Enough for a day of tests; the oldest lines go first. */
const maxLogEntries = 100_000;
/** Query values that would be secrets on Azure, and the several kB that sign the address of an operation. */
const secretParameters = /([?&](?:access_token|refresh_token|token|secret|password|sig|c|s|h)=)[^&]*/gi;
const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

export interface HttpSettings {
  readonly certificates: Certificates;
  readonly options: LiveOptions;
  readonly faults: FaultPlan;
  readonly log: LogEntry[];
  readonly startedAt: number;
}

/** One https/1.1 server on loopback with keep-alive; faults, latency, ids, log and body bounds around `definition.handle`. */
export async function listen(settings: HttpSettings, definition: ServerDefinition): Promise<Listener> {
  const server = https.createServer(
    {
      cert: settings.certificates.certificate,
      key: settings.certificates.key,
      keepAlive: true,
      keepAliveTimeout: 30_000,
      ALPNProtocols: ['http/1.1'],
    },
    (incoming, outgoing) => void serve(settings, definition, incoming, outgoing),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(definition.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  settings: HttpSettings,
  definition: ServerDefinition,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const start = Date.now() - settings.startedAt;
  const host = incoming.headers.host ?? 'localhost';
  const target = incoming.url ?? '/';
  const shown = `${definition.kind === 'registry' ? host : ''}${target}`;
  // Control calls are the tests' own: no rule may lock them out, and in the log they would only hide what is looked for.
  const isControl = definition.kind === 'arm' && /^\/sandbox\/(?!signin)/.test(target);
  const fault = isControl ? undefined : settings.faults.next(`${incoming.method} ${shown}`);
  // Azure's gateway takes two slashes for one: SDKs put one before an id that has its own.
  const request = requestOf(incoming, host, definition.kind === 'arm' ? target.replace(/^\/+/, '/') : target, fault);
  const entry: { -readonly [K in keyof LogEntry]: LogEntry[K] } = {
    method: request.method,
    url: `${host}${target}`.replace(secretParameters, '$1***'),
    status: 0,
    start,
    end: start,
  };
  if (!isControl) {
    settings.log.push(entry);
    if (settings.log.length > maxLogEntries) settings.log.shift();
  }

  if (fault?.hold) await settings.faults.changed();
  await pause((isControl ? 0 : settings.options.latencyMs) + (fault?.delayMs ?? 0));
  if (fault?.reset === 'before') {
    incoming.socket.destroy();
    entry.end = Date.now() - settings.startedAt;
    return;
  }
  const answer =
    fault?.status === undefined
      ? await handle(definition, request, incoming)
      : faultAnswer(definition, request, fault, fault.status);
  entry.status = answer.status;
  entry.end = Date.now() - settings.startedAt;
  if (request.principal !== undefined) entry.principal = request.principal;
  if (fault?.reset === 'after') incoming.socket.destroy();
  else send(request, incoming, outgoing, answer);
}

async function handle(
  definition: ServerDefinition,
  request: SandboxRequest,
  incoming: IncomingMessage,
): Promise<Answer> {
  try {
    return await definition.handle(request);
  } catch (error) {
    if (error instanceof BodyTooLarge) return definition.error(413, 'RequestEntityTooLarge', error.message, request);
    // A client that goes away in the middle of its body is no fault of the sandbox.
    if (!incoming.socket.destroyed)
      process.stderr.write(
        `sandbox: ${request.method} ${request.path}: ${error instanceof Error ? error.stack : String(error)}\n`,
      );
    return definition.error(500, 'InternalServerError', 'The sandbox failed to answer; see its output.', request);
  }
}

/** What Azure says with a status when the fault names no code of its own. */
const faultTexts: Readonly<Record<number, readonly [code: string, message: string]>> = {
  401: ['InvalidAuthenticationToken', 'The access token is invalid.'],
  403: [
    'AuthorizationFailed',
    'The client does not have authorization to perform the action over the scope or the scope is invalid.',
  ],
  404: ['ResourceNotFound', 'The resource was not found.'],
  409: ['Conflict', 'The request could not be completed due to a conflict with the current state of the resource.'],
  412: ['PreconditionFailed', 'The condition specified using HTTP conditional header(s) is not met.'],
  429: [
    'TooManyRequests',
    'The request is being throttled as the limit has been reached for the operation. Please try again later.',
  ],
  500: ['InternalServerError', 'The server was unable to complete your request.'],
  502: ['BadGateway', 'The gateway did not receive a response from the resource provider.'],
  503: ['ServiceUnavailable', 'The service is unavailable. Please try again later.'],
  504: ['GatewayTimeout', 'The gateway did not receive a response within the specified time period.'],
};

function faultAnswer(definition: ServerDefinition, request: SandboxRequest, fault: Fault, status: number): Answer {
  const [code, message] = faultTexts[status] ?? ['FaultInjected', 'A fault was injected.'];
  const answer = definition.error(status, fault.code ?? code, fault.message ?? message, request);
  const headers: Record<string, string | readonly string[]> = { ...answer.headers };
  if (fault.retryAfter !== undefined) headers['Retry-After'] = String(fault.retryAfter);
  if (fault.claims !== undefined) {
    const claims = Buffer.from(fault.claims).toString('base64');
    headers['WWW-Authenticate'] =
      `Bearer realm="", authorization_uri="https://${request.host}/common/oauth2/authorize", error="insufficient_claims", claims="${claims}"`;
  }
  return { ...answer, headers };
}

function requestOf(incoming: IncomingMessage, host: string, target: string, fault: Fault | undefined): SandboxRequest {
  const [path, query] = splitOnce(target, '?');
  const sent = incoming.headers['x-ms-correlation-request-id'];
  let read: Promise<Buffer> | undefined;
  return {
    method: incoming.method ?? 'GET',
    host,
    path,
    query: new URLSearchParams(query),
    headers: incoming.headers,
    correlationId: typeof sent === 'string' && guid.test(sent) ? sent : randomUUID(),
    requestId: randomUUID(),
    body: (limit = defaultBodyLimit) => (read ??= readBody(incoming, limit)),
    ...(fault?.failOperation && { failOperation: fault.failOperation }),
  };
}

async function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw new BodyTooLarge(`The request body is larger than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function send(request: SandboxRequest, incoming: IncomingMessage, outgoing: ServerResponse, answer: Answer): void {
  const body = answer.json === undefined ? Buffer.from(answer.body ?? '') : Buffer.from(JSON.stringify(answer.json));
  outgoing.statusCode = answer.status;
  outgoing.setHeader('x-ms-request-id', request.requestId);
  outgoing.setHeader('x-ms-correlation-request-id', request.correlationId);
  outgoing.setHeader('Cache-Control', 'no-cache');
  if (answer.json !== undefined) outgoing.setHeader('Content-Type', 'application/json; charset=utf-8');
  // For HEAD the handler may say the length of the body it does not send.
  if (answer.status !== 204) outgoing.setHeader('Content-Length', body.length);
  for (const [name, value] of Object.entries(answer.headers ?? {}))
    outgoing.setHeader(name, typeof value === 'string' ? inHeader(value) : value.map(inHeader));
  // A body nobody read would be taken for the next request on this connection: close unless it is small enough to skip.
  if (!incoming.complete) {
    if (answer.status === 413) outgoing.setHeader('Connection', 'close');
    else incoming.resume();
  }
  outgoing.end(request.method === 'HEAD' || answer.status === 204 ? undefined : body);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

async function pause(milliseconds: number): Promise<void> {
  // A wait for a client that has gone must not keep the process.
  if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

/** A header holds ASCII alone: in an address the letters of other alphabets are percent-encoded. */
function inHeader(value: string): string {
  return value.replace(/[^ -~]+/gu, encodeURIComponent);
}
