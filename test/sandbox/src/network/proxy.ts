import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, TLSSocket } from 'node:tls';
import type { Certificates } from './ca.ts';

export interface ProxyOptions {
  /** Where on loopback a name is served; a status for a name that is not: nothing else is ever connected to. */
  target(host: string, port: number): { readonly port: number } | { readonly status: number };
  /** `user:password` to ask for. */
  readonly credentials?: string | undefined;
  /** Opens TLS as companies' proxies do: a certificate of its own towards the client; `upstreamCa` is what it trusts itself. */
  readonly opens?: { readonly certificates: Certificates; readonly upstreamCa: string } | undefined;
}

export interface Proxy {
  /** `http://127.0.0.1:P`. */
  readonly url: string;
  /** What it was asked for, with its answers: `myregistry.azurecr.sandbox:443 200`. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  407: 'Proxy Authentication Required',
  502: 'Bad Gateway',
};

/** An HTTPS proxy on loopback: CONNECT to the names that `target` knows, and nothing else. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const log: string[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer((_, response) => response.writeHead(405, { Allow: 'CONNECT' }).end());
  server.on('connection', (socket) => keep(socket));
  server.on('connect', (request, client, head) => {
    const [, host = '', port = ''] = /^([^\s:]+):(\d+)$/.exec(request.url ?? '') ?? [];
    const answer = answerOf(request, host.toLowerCase(), Number(port));
    log.push(`${request.url ?? ''} ${'port' in answer ? 200 : answer.status}`);
    if ('status' in answer) refuse(client, answer.status);
    else tunnel(client, head, host.toLowerCase(), answer.port);
  });

  function answerOf(request: IncomingMessage, host: string, port: number): ReturnType<ProxyOptions['target']> {
    const { credentials } = options;
    const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (expected && request.headers['proxy-authorization'] !== expected) return { status: 407 };
    return host === '' ? { status: 400 } : options.target(host, port);
  }

  function refuse(client: Duplex, status: number): void {
    const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="sandbox proxy"\r\n' : '';
    const head = `HTTP/1.1 ${status} ${reasons[status] ?? 'Refused'}\r\n${challenge}`;
    client.end(`${head}Content-Length: 0\r\nConnection: close\r\n\r\n`);
  }

  function tunnel(client: Duplex, head: Buffer, host: string, port: number): void {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) client.unshift(head);
    const { opens } = options;
    if (opens === undefined) {
      join(client, connect(port, '127.0.0.1'));
      return;
    }
    const { certificate: cert, key } = opens.certificates;
    const opened = new TLSSocket(client, { isServer: true, cert, key, ALPNProtocols: ['http/1.1'] });
    join(opened, connectTls({ host: '127.0.0.1', port, servername: host, ca: opens.upstreamCa }));
  }

  function join(client: Duplex, service: Duplex): void {
    for (const [from, to] of [
      [client, service],
      [service, client],
    ] as const) {
      keep(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  }

  function keep(socket: Duplex): void {
    sockets.add(socket);
    // A client that leaves in the middle is no fault of the proxy.
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
