import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { serveBytes } from './blobBytes.ts';
import { guidOf } from '../ids.ts';
import type { Answer, Core, SandboxRequest } from '../core.ts';
import type { RegistryContentState } from '../types.ts';

/** How long the signature of an address holds. */
const lifetimeMs = 20 * 60_000;
const version = '2018-03-28';

/** Where a registry keeps the content of its blobs. Recorded: a registry answers GET of a blob with 307 to a signed address there. */
export interface BlobStorage {
  /** An address of a blob that needs no sign-in and holds for some minutes. */
  addressOf(content: RegistryContentState, digest: string): string;
}

/**
 * Opens the storage's port. It takes GET and HEAD of a signed address and refuses a request that carries Authorization, as Azure's
 * storage does: the registry's token is none of its own.
 */
export async function startBlobStorage(core: Core): Promise<BlobStorage> {
  const key = randomBytes(32);
  const signatureOf = (path: string, until: string): string =>
    createHmac('sha256', key).update(`${path}\n${until}`).digest('base64');
  const { port } = await core.listen({
    kind: 'registry',
    handle: (request) => Promise.resolve(answer(core, request, signatureOf)),
    error: (status, code, message) => failed(status, code, message),
  });
  const address = core.names.storage(port);
  core.hosts.set(new URL(address).host, port);
  return {
    addressOf(content, digest) {
      const path = pathOf(content, digest);
      const until = new Date(core.clock.now() + lifetimeMs).toISOString().replace(/\.\d+Z$/, 'Z');
      const query = new URLSearchParams({
        se: until,
        sig: signatureOf(path, until),
        sp: 'r',
        spr: 'https',
        sr: 'b',
        sv: version,
      });
      return `${address}${path}?${query.toString()}`;
    },
  };
}

function pathOf({ registryId }: RegistryContentState, digest: string): string {
  const [algorithm = '', hex = ''] = digest.split(':');
  const container = guidOf('storage', registryId.toLowerCase()).replaceAll('-', '');
  return `/${container}//docker/registry/v2/blobs/${algorithm}/${hex.slice(0, 2)}/${hex}/data`;
}

function answer(core: Core, request: SandboxRequest, signatureOf: (path: string, until: string) => string): Answer {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return failed(405, 'UnsupportedHttpVerb', 'The resource does not support the specified HTTP verb.');
  if (request.headers.authorization !== undefined) {
    return failed(
      401,
      'InvalidAuthenticationInfo',
      'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.',
    );
  }
  const until = request.query.get('se') ?? '';
  const isSigned = equal(request.query.get('sig') ?? '', signatureOf(request.path, until));
  if (!isSigned || !(Date.parse(until) > core.clock.now())) {
    return failed(
      403,
      'AuthenticationFailed',
      'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
    );
  }
  const found = /\/blobs\/(\w+)\/\w\w\/(\w+)\/data$/.exec(request.path);
  const digest = `${found?.[1] ?? ''}:${found?.[2] ?? ''}`;
  const content = [...core.state.content.values()].find((one) => pathOf(one, digest) === request.path);
  const bytes = content?.blobs.get(digest);
  if (bytes === undefined) return failed(404, 'BlobNotFound', 'The specified blob does not exist.');
  return serveBytes(request, bytes, { 'x-ms-version': version, 'x-ms-blob-type': 'BlockBlob' });
}

function equal(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function failed(status: number, code: string, message: string): Answer {
  return {
    status,
    headers: {
      'Content-Type': 'application/xml',
      'x-ms-error-code': code,
      ...(status === 401 && {
        'WWW-Authenticate': 'Bearer authorization_uri=https://localhost/ resource_id=https://storage.azure.com',
      }),
    },
    body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  };
}
