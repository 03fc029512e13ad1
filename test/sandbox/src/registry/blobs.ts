import { randomBytes, randomUUID } from 'node:crypto';
import { authorize } from './access/authorize.ts';
import { serveBytes } from './blobBytes.ts';
import { matchRule } from './caching/cacheRules.ts';
import { isDigest, isDigestOf } from './digest.ts';
import { RegistryError, blobUnknown, nameUnknown, unsupported } from './errors.ts';
import { openAccessToken } from './access/registryTokens.ts';
import { checkWritable, proxyBlob } from './caching/pullThrough.ts';
import { findBlob, putLooseBlob } from './store.ts';
import type { Answer, SandboxRequest } from '../core.ts';
import type { RegistryContext, Upload } from './context.ts';

/** Enough for any test image; bounds what a client can make the process hold. */
const maxBlobBytes = 256 * 1024 * 1024;
/** An upload that nobody finishes is forgotten. */
const uploadMs = 24 * 3600_000;

/** `/v2/{repository}/blobs/{digest}` */
export async function handleBlob(
  context: RegistryContext,
  request: SandboxRequest,
  repository: string,
  digest: string,
): Promise<Answer> {
  if (request.method === 'DELETE') {
    authorize(context, request, { repository, anyOf: ['delete'] });
    if (context.content.repositories.get(repository)?.blobDigests.delete(digest) !== true) throw blobUnknown();
    return { status: 202, headers: { 'Docker-Content-Digest': digest } };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') throw unsupported();
  authorize(context, request, { repository, anyOf: ['pull'] });
  if (!isDigest(digest)) throw new RegistryError(400, 'DIGEST_INVALID', 'invalid digest');
  const bytes = findBlob(context, repository, digest);
  if (bytes !== undefined) return serve(context, request, digest, bytes);
  const match = matchRule(context, repository);
  if (match !== undefined) return proxyBlob(context, request, match, digest);
  throw !context.content.repositories.has(repository) ? nameUnknown() : blobUnknown();
}

/** Where the content is, for GET; HEAD, and a registry without this option, answer themselves. */
function serve(context: RegistryContext, request: SandboxRequest, digest: string, bytes: Uint8Array): Answer {
  const headers = { 'Docker-Content-Digest': digest, 'Docker-Distribution-Api-Version': 'registry/2.0' };
  if (request.method === 'GET' && context.core.options.blobRedirect) {
    const address = context.storage.addressOf(context.content, digest);
    return {
      status: 307,
      headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8', Location: address },
      body: `<a href="${address.replaceAll('&', '&amp;')}">Temporary Redirect</a>.\n\n`,
    };
  }
  const answer = serveBytes(request, bytes, { ...headers, ETag: `"${digest}"` });
  if (answer.status !== 416) return answer;
  throw new RegistryError(416, 'UNSUPPORTED', 'The requested range is not satisfiable.', undefined, {
    'Content-Range': `bytes */${bytes.length}`,
  });
}

/** `/v2/{repository}/blobs/uploads/[id]`: monolithic, chunked, or mounted from another repository. */
export async function handleUpload(
  context: RegistryContext,
  request: SandboxRequest,
  repository: string,
  id: string | undefined,
): Promise<Answer> {
  authorize(context, request, { repository, anyOf: ['push'] });
  checkWritable(context, matchRule(context, repository), repository);
  if (id === undefined) {
    if (request.method !== 'POST') throw unsupported();
    return begin(context, request, repository);
  }
  const upload = context.uploads.get(id);
  if (upload?.repository !== repository) {
    throw new RegistryError(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  }
  if (request.query.get('_state') !== upload.state)
    throw new RegistryError(404, 'BLOB_UPLOAD_INVALID', 'blob upload invalid');
  switch (request.method) {
    case 'GET':
      return { status: 204, headers: uploadHeaders(id, upload) };
    case 'PATCH':
      await append(request, upload);
      return { status: 202, headers: uploadHeaders(id, upload) };
    case 'PUT':
      await append(request, upload);
      context.uploads.delete(id);
      return complete(context, repository, Buffer.concat(upload.chunks), request.query.get('digest') ?? '');
    case 'DELETE':
      context.uploads.delete(id);
      return { status: 204 };
    default:
      throw unsupported();
  }
}

async function begin(context: RegistryContext, request: SandboxRequest, repository: string): Promise<Answer> {
  const mounted = mount(context, request, repository);
  if (mounted !== undefined) return mounted;
  const digest = request.query.get('digest');
  if (digest !== null) return complete(context, repository, await request.body(maxBlobBytes), digest);
  const id = randomUUID();
  const upload: Upload = { repository, state: randomBytes(120).toString('base64url'), chunks: [], size: 0 };
  context.uploads.set(id, upload);
  context.core.runLater(uploadMs, () => void context.uploads.delete(id));
  return { status: 202, headers: uploadHeaders(id, upload) };
}

/** Cross-repository mount: only from a repository that the token may pull; else a normal upload begins. */
function mount(context: RegistryContext, request: SandboxRequest, repository: string): Answer | undefined {
  const digest = request.query.get('mount');
  const from = request.query.get('from');
  if (digest === null || from === null) return undefined;
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const mayPull = openAccessToken(context, token)?.access.some(
    ({ type, name, actions }) => type === 'repository' && name === from && actions.includes('pull'),
  );
  const bytes = findBlob(context, from, digest);
  if (mayPull !== true || bytes === undefined) return undefined;
  putLooseBlob(context, repository, digest, bytes);
  return { status: 201, headers: blobHeaders(repository, digest) };
}

async function append(request: SandboxRequest, upload: Upload): Promise<void> {
  const bytes = await request.body(maxBlobBytes - upload.size);
  const start = /^(?:bytes )?(\d+)-\d+/.exec(request.headers['content-range'] ?? '')?.[1];
  if (start !== undefined && Number(start) !== upload.size) {
    throw new RegistryError(416, 'BLOB_UPLOAD_INVALID', 'blob upload invalid');
  }
  upload.chunks.push(bytes);
  upload.size += bytes.length;
}

function complete(context: RegistryContext, repository: string, bytes: Buffer, digest: string): Answer {
  if (!isDigestOf(digest, bytes)) {
    throw new RegistryError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  putLooseBlob(context, repository, digest, bytes);
  return { status: 201, headers: blobHeaders(repository, digest) };
}

function blobHeaders(repository: string, digest: string): Record<string, string> {
  return {
    Location: `/v2/${repository}/blobs/${digest}`,
    'Docker-Content-Digest': digest,
    'Docker-Distribution-Api-Version': 'registry/2.0',
  };
}

function uploadHeaders(id: string, upload: Upload): Record<string, string> {
  return {
    Location: `/v2/${upload.repository}/blobs/uploads/${id}?_nouploadcache=false&_state=${upload.state}`,
    'Docker-Upload-Uuid': id,
    Range: `0-${Math.max(0, upload.size - 1)}`,
    'Docker-Distribution-Api-Version': 'registry/2.0',
  };
}
