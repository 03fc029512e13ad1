import { createHash } from 'node:crypto';
import { createPipelineRequest, type HttpMethods, type PipelineResponse } from '@azure/core-rest-pipeline';
import { createRegistryPipeline, httpClient } from '../../src/azure/http/pipeline.ts';
import { parsedJson, record, text } from '../../src/common/json.ts';

/** Credentials of docker's kind, as `loginCredentials` gives them. */
export interface Login {
  readonly loginServer: string;
  readonly password: string;
}

const pipeline = createRegistryPipeline({});
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

/** One request to a registry; resolves for every status. `body` is sent as it is. */
async function send(
  url: string,
  method: HttpMethods,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<PipelineResponse> {
  const request = createPipelineRequest({ url, method });
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  if (body !== undefined) request.body = body;
  return pipeline.sendRequest(httpClient(), request);
}

/** Status and token of an exchange of the refresh token for access to one scope. Source: Azure/acr docs/AAD-OAuth.md. */
export async function exchangeForAccess(
  { loginServer, password }: Login,
  scope: string,
): Promise<{ status: number; token: string | undefined }> {
  const answer = await send(
    `https://${loginServer}/oauth2/token`,
    'POST',
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    new URLSearchParams({
      grant_type: 'refresh_token',
      service: loginServer,
      scope,
      refresh_token: password,
    }).toString(),
  );
  return { status: answer.status, token: text(record(parsedJson(answer.bodyAsText ?? ''))?.['access_token']) };
}

/** How a registry answers GET of a blob, which is not followed: its status, and whether it names another host. */
export async function askForBlob(
  login: Login,
  repository: string,
  digest: string,
): Promise<{ status: number; isElsewhere: boolean }> {
  const { token = '' } = await exchangeForAccess(login, `repository:${repository}:pull`);
  const url = `https://${login.loginServer}/v2/${repository}/blobs/${digest}`;
  const answer = await send(url, 'GET', { Authorization: `Bearer ${token}` });
  const target = URL.parse(answer.headers.get('location') ?? '', url);
  return { status: answer.status, isElsewhere: target?.protocol === 'https:' && target.host !== login.loginServer };
}

/**
 * Pushes an index of two small images (linux/amd64 and linux/arm64) under a tag. Other `content` gives other digests.
 * @returns the digest of the index
 * @throws Error with the status of the request that was refused
 */
export async function pushIndex(login: Login, repository: string, tag: string, content: string): Promise<string> {
  const { status, token } = await exchangeForAccess(login, `repository:${repository}:pull,push`);
  if (token === undefined) throw new Error(`No token to push with (${status}).`);
  const root = `https://${login.loginServer}`;
  const authorization = { Authorization: `Bearer ${token}` };

  async function pushBlob(bytes: string): Promise<{ digest: string; size: number }> {
    const digest = digestOf(bytes);
    const begun = await expectStatus(
      202,
      send(`${root}/v2/${repository}/blobs/uploads/`, 'POST', { ...authorization, 'Content-Length': '0' }),
    );
    const location = new URL(begun.headers.get('location') ?? '', root);
    location.searchParams.set('digest', digest);
    await expectStatus(
      201,
      send(location.href, 'PUT', { ...authorization, 'Content-Type': 'application/octet-stream' }, bytes),
    );
    return { digest, size: Buffer.byteLength(bytes) };
  }

  async function pushManifest(reference: string, mediaType: string, manifest: unknown): Promise<Descriptor> {
    const bytes = JSON.stringify(manifest);
    const url = `${root}/v2/${repository}/manifests/${reference === '' ? digestOf(bytes) : reference}`;
    await expectStatus(201, send(url, 'PUT', { ...authorization, 'Content-Type': mediaType }, bytes));
    return { mediaType, digest: digestOf(bytes), size: Buffer.byteLength(bytes) };
  }

  const manifests: (Descriptor & { platform: unknown })[] = [];
  for (const architecture of ['amd64', 'arm64']) {
    const layer = await pushBlob(`${content} ${architecture}`);
    const config = await pushBlob(
      JSON.stringify({ os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: [layer.digest] }, config: {} }),
    );
    const manifest = await pushManifest('', manifestType, {
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer }],
    });
    manifests.push({ ...manifest, platform: { os: 'linux', architecture } });
  }
  return (await pushManifest(tag, indexType, { schemaVersion: 2, mediaType: indexType, manifests })).digest;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

function digestOf(bytes: string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function expectStatus(status: number, sent: Promise<PipelineResponse>): Promise<PipelineResponse> {
  const answer = await sent;
  if (answer.status !== status) throw new Error(`The push was refused (${answer.status} instead of ${status}).`);
  return answer;
}
