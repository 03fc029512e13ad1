import { IncomingMessage } from 'node:http';
import {
  RestError,
  isRestError,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';

/** Codes of the failures of a proxy: `networkMessage` says what to do. */
export type ProxyCode = 'ProxyAuthenticationRequired' | 'ProxyRefused' | 'ProxyCouldNotConnect' | 'ProxyUnreachable';

/**
 * Leaves the way to the host to VS Code, as docs/decisions/0007-proxies.md explains, and tells a proxy's answers from the host's. The last
 * policy of a pipeline: it needs the answer's body as a stream. Rejects with a RestError that has a `ProxyCode` when it was the proxy that
 * answered, or that could not be reached.
 */
export function vsCodeProxyPolicy(): PipelinePolicy {
  return {
    name: 'vsCodeProxyPolicy',
    async sendRequest(request, next) {
      request.requestOverrides = { ...request.requestOverrides, agent: undefined };
      const response = await next(request).catch((failure: unknown) => {
        throw proxyFailure(failure, request) ?? failure;
      });
      if (!isOfProxy(response)) return response;
      (response.readableStreamBody as IncomingMessage).destroy();
      throw refusal(response.status, request);
    },
  };
}

/**
 * The variable that an SDK with a client of its own takes for a proxy's address, the first that is set, if it is none: it has no scheme.
 */
export function unreadableProxyVariable(environment: NodeJS.ProcessEnv): string | undefined {
  const names = ['HTTPS_PROXY', 'ALL_PROXY', 'HTTP_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
  const name = names.find((one) => environment[one]);
  return name === undefined || URL.canParse(environment[name] ?? '') ? undefined : name;
}

/** VS Code hands on what a proxy says to CONNECT as if the host had said it. Only the host speaks TLS. */
function isOfProxy({ request, readableStreamBody: body }: PipelineResponse): boolean {
  return request.url.startsWith('https:') && body instanceof IncomingMessage && !('encrypted' in body.socket);
}

function proxyFailure(failure: unknown, request: PipelineRequest): RestError | undefined {
  if (!isRestError(failure)) return undefined;
  // Node's own support of proxies, which is used outside of VS Code.
  if (failure.code === 'ERR_PROXY_TUNNEL') return refusal(statusIn(failure.message), request);
  // VS Code's; it leaves the reason out.
  return failure.message.startsWith('Failed to establish a socket connection to proxies')
    ? proxyError('ProxyUnreachable', undefined, request)
    : undefined;
}

function statusIn(message: string): number {
  return Number(/HTTP\/1\.\d (\d{3})/.exec(message)?.[1] ?? 502);
}

function refusal(status: number, request: PipelineRequest): RestError {
  const code = status === 407 ? 'ProxyAuthenticationRequired' : status < 500 ? 'ProxyRefused' : 'ProxyCouldNotConnect';
  return proxyError(code, status, request);
}

function proxyError(code: ProxyCode, statusCode: number | undefined, request: PipelineRequest): RestError {
  return new RestError(code, { code, statusCode, request });
}
