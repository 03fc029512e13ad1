import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloudFrom, type Cloud } from '../../../src/azure/clouds.ts';
import type { Azure } from '../../../src/azure/azure.ts';
import { normalizeRegistry } from '../../../src/azure/arm/normalizeRegistry.ts';
import { createCertificates } from '../../sandbox/src/network/ca.ts';
import { trustSandbox } from '../../sandbox/src/trust.ts';
import { failureOf, startAzure, type AzureUnderTest } from './harness.ts';

/** An ARM endpoint that answers what no ARM should. */
let under: AzureUnderTest;
let server: https.Server;
let cloud: Cloud;
let azure: Azure;
let handle: (request: IncomingMessage, response: ServerResponse) => void;
let asked = 0;

beforeAll(async () => {
  under = await startAzure();
  const certificates = await createCertificates();
  trustSandbox(certificates);
  server = https.createServer({ cert: certificates.certificate, key: certificates.key }, (request, response) => {
    asked++;
    request.resume();
    request.on('end', () => handle(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `https://localhost:${(server.address() as AddressInfo).port}`;
  cloud = cloudFrom({ name: 'hostile', resourceManagerEndpointUrl: endpoint, managementEndpointUrl: endpoint });
});
beforeEach(() => {
  asked = 0;
  azure = under.as('dev', { cloud });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await under.close();
});

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Enough for each of the SDKs to read it. */
const row = (id: string): unknown => ({ id, sku: { name: 'Premium' }, properties: {} });

const identityId = (): string =>
  `/subscriptions/${under.subscriptionId}/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i`;
const registryId = (): string => under.id('myregistry');

const lists: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['resource groups, by REST', () => azure.resourceGroups.list(under.subscriptionId)],
  ['identities, by the SDK', () => azure.identities.list(under.subscriptionId)],
  ['federated credentials, by the SDK', () => azure.identities.federatedCredentials(identityId())],
  ['role assignments, by the SDK', () => azure.roles.listAtScope(registryId())],
  ['users of an identity, by Resource Graph', () => azure.resources.usingIdentity(identityId())],
  [
    'registries, by Resource Graph and then the SDK',
    async () => {
      const { failures } = await azure.registries.list([under.subscriptionId]);
      throw failures[0]!.error;
    },
  ],
];

describe('a list that does not end', () => {
  it.each(lists)('is not read on when it leads back: %s', async (_, list) => {
    handle = (request, response) => {
      const next = `${cloud.armEndpoint}${request.url?.split('?')[0]}?again=1`;
      json(response, 200, { value: [row('/x')], data: [row('/x')], nextLink: next, $skipToken: 'again' });
    };
    expect(await failureOf(list())).toMatchObject({ name: 'AzureError', code: 'EndlessList' });
    expect(asked).toBeLessThan(10);
  });

  // One list of each way of reading: it takes two thousand pages.
  it.each([lists[0]!, lists[1]!, lists[4]!])(
    'is not read on when each page leads to another one: %s',
    async (_, list) => {
      handle = (request, response) => {
        const next = `${cloud.armEndpoint}${request.url?.split('?')[0]}?page=${asked}`;
        const rows = [row(`/x/${asked}`)];
        json(response, 200, { value: rows, data: rows, nextLink: next, $skipToken: `page ${asked}` });
      };
      expect(await failureOf(list())).toMatchObject({ name: 'AzureError', code: 'EndlessList' });
      expect(asked).toBeLessThan(2100);
    },
  );
});

describe('an answer', () => {
  it('of 8 MiB or more is refused, measured as it is unpacked', async () => {
    handle = (_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
      response.end(gzipSync(Buffer.from(`{"value":["${'a'.repeat(9 * 1024 * 1024)}"]}`)));
    };
    expect(await failureOf(azure.resourceGroups.list(under.subscriptionId))).toMatchObject({
      kind: 'invalid',
      code: 'ResponseTooLarge',
    });
  });

  it('that leads nowhere or in circles has words and a status, through the SDK too', async () => {
    for (const location of [undefined, '/circle']) {
      handle = (_, response) => json(response, 302, {}, location === undefined ? {} : { Location: location });
      for (const [, list] of lists) {
        const error = await failureOf(list());
        expect(error).toMatchObject({ name: 'AzureError', status: 302, code: 'Http302' });
        expect((error as Error).message).toContain('302');
      }
    }
  });
});

describe('a registry whose login server is', () => {
  const registryAt = async (loginServer: string, of: Cloud): Promise<unknown> => {
    const resource = { id: registryId(), name: 'myregistry', location: 'x', properties: { loginServer } };
    handle = (_, response) => json(response, 200, resource);
    return under.as('dev', { cloud: of }).registries.get(registryId());
  };

  it.each(['169.254.169.254', '10.0.0.1:443', '[::1]:443', '2130706433:443', '0x7f.1', '127.1', '0177.0.0.1'])(
    'the address %s is not one to send tokens to',
    async (loginServer) => {
      expect(await failureOf(registryAt(loginServer, cloud))).toMatchObject({ code: 'UnreadableAnswer' });
    },
  );

  it('on this machine is one only where Azure is, too', async () => {
    expect(await registryAt('localhost:5000', cloud)).toMatchObject({ loginServer: 'localhost:5000' });
    const resource = { id: registryId(), name: 'myregistry', properties: { loginServer: 'localhost:5000' } };
    expect(normalizeRegistry(resource, { armHost: 'arm.example', tenantOf: () => '' })).toBeUndefined();
  });
});

describe('names of principals', () => {
  const id = '11111111-1111-4111-8111-111111111111';
  const oneUser = (displayName: unknown) => ({ value: [{ '@odata.type': '#microsoft.graph.user', id, displayName }] });
  /** As told by a Graph at this address, which ARM names. */
  async function namesBy(graph: string, answer: unknown): Promise<[string, string][]> {
    handle = (request, response) => {
      if (request.url?.startsWith('/metadata/')) json(response, 200, { microsoftGraphResourceId: graph });
      else json(response, 200, request.method === 'POST' ? answer : { value: [] });
    };
    const names = await azure.principals.names(registryId(), [id]);
    return [...names];
  }
  const here = (): string => `${cloud.armEndpoint}/graph/`;

  it.each<[string, unknown]>([
    ['no list', { value: 'x' }],
    ['something else', []],
    ['objects without a name', { value: [...oneUser(7).value, ...oneUser(' ').value, null, 'x'] }],
    ['an object without a GUID', { value: [{ ...oneUser('x').value[0], id: '__proto__' }] }],
  ])('are none of an answer that is %s', async (_, answer) => {
    expect(await namesBy(here(), answer)).toEqual([]);
  });

  it('are cut, and turn no line around', async () => {
    const [[of, name] = ['', '']] = await namesBy(here(), oneUser(`a\u202eb\n${'x'.repeat(5000)}`));
    expect([of, name.length]).toEqual([id, 61]);
    expect(name).toMatch(/^a·b x+…$/);
  });

  it.each(['http://graph.example/', 'x', ''])('are not asked for at %j', async (graph) => {
    const before = under.tokenRequests.length;
    expect(await namesBy(graph, oneUser('x'))).toEqual([]);
    expect(under.tokenRequests.slice(before).filter(({ scope }) => scope.includes('graph'))).toEqual([]);
  });

  it('are not asked for where a redirect leads', async () => {
    handle = (request, response) => {
      if (request.url?.startsWith('/metadata/')) json(response, 200, { microsoftGraphResourceId: here() });
      else if (request.method === 'POST') json(response, 307, {}, { Location: `${under.sandbox.info.arm}elsewhere` });
      else json(response, 200, { value: [] });
    };
    const { result, requests } = await under.requestsOf(() => azure.principals.names(registryId(), [id]));
    expect([result.size, requests]).toEqual([0, []]);
  });
});
