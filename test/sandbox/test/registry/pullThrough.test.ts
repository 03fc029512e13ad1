import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientOf, errorOf } from './registryClient.ts';
import { createWorld } from './registryWorld.ts';
import type { Principal } from '../../src/types.ts';
import type { Reply } from './registryClient.ts';
import type { RegistryPort, World } from './registryWorld.ts';

const nameAttribute = 'Microsoft.ContainerRegistry/registries/repositories:name';
const condition = (expression: string): string =>
  `((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) OR (@Request[${nameAttribute}] ${expression}))`;

let world: World;
let dev: Principal;
let downstream: RegistryPort;
let upstream: RegistryPort;
let identity: { readonly id: string; readonly principal: Principal };
let get: ReturnType<typeof clientOf>;

beforeEach(async () => {
  world = await createWorld();
  dev = world.principal('dev');
  world.assign(dev, 'Owner', '/subscriptions/11111111-1111-1111-1111-111111111111');
  downstream = await world.registry('myregistry');
  upstream = await world.registry(
    'upstreamregistry',
    { roleAssignmentMode: 'AbacRepositoryPermissions' },
    {
      myapp: { tags: ['latest', '1.0', '1.1'], platforms: ['linux/amd64', 'linux/arm64'] },
      'team/api': { tags: ['v1'] },
      'team/deep/worker': { tags: ['v1'] },
    },
  );
  identity = world.identity('MyACRCacheIdentity');
  get = clientOf(world, downstream, dev);
});
afterEach(() => world.close());

const manifest = (repository: string, reference: string, method = 'GET'): Promise<Reply> =>
  get(`repository:${repository}:pull`, `/v2/${repository}/manifests/${reference}`, { method });
const isProxied = (reply: Reply): boolean => reply.headers['x-azure-origin'] === 'upstream';
const stored = (repository: string): string[] => [
  ...(downstream.content.repositories.get(repository)?.manifests.keys() ?? []),
];

function grantReader(expression?: string): string {
  return world.assign(
    identity.principal,
    'Container Registry Repository Reader',
    upstream.id,
    expression === undefined ? undefined : condition(expression),
  );
}

function platforms(reply: Reply): { digest: string; platform: { architecture: string } }[] {
  return (reply.json as { manifests: { digest: string; platform: { architecture: string } }[] }).manifests;
}

describe('pull-through', () => {
  it('proxies the first pull, copies the index and the pulled platform only, then serves locally', async () => {
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/myapp`, 'myapp', identity);
    grantReader("StringEqualsIgnoreCase 'myapp'");
    const index = await manifest('myapp', 'latest');
    expect(index.status).toBe(200);
    expect(isProxied(index)).toBe(true);
    const digest = index.headers['docker-content-digest'];
    expect(digest).toBe(upstream.content.repositories.get('myapp')?.tags.get('latest')?.digest);
    const [amd64, arm64] = platforms(index);
    const pulled = await manifest('myapp', amd64?.digest ?? '');
    expect(isProxied(pulled)).toBe(true);
    const { config } = pulled.json as { config: { digest: string } };
    const blob = await get('repository:myapp:pull', `/v2/myapp/blobs/${config.digest}`);
    expect(isProxied(blob)).toBe(true);
    expect(stored('myapp')).toEqual([]);
    expect(isProxied(await manifest('myapp', 'latest'))).toBe(true);

    await world.core.clock.advance(1500);
    expect(world.core.clock.failures).toEqual([]);
    expect(stored('myapp').sort()).toEqual([digest, amd64?.digest].sort());
    const again = await manifest('myapp', 'latest');
    expect(isProxied(again)).toBe(false);
    expect(again.headers['docker-content-digest']).toBe(digest);
    expect(again.body.equals(index.body)).toBe(true);
    expect(isProxied(await get('repository:myapp:pull', `/v2/myapp/blobs/${config.digest}`))).toBe(false);
    expect(isProxied(await manifest('myapp', arm64?.digest ?? ''))).toBe(true);
  });

  it('asks the source for nothing once everything pulled is stored', async () => {
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/team/api`, 'api', identity);
    grantReader();
    await manifest('api', 'v1');
    await world.core.clock.advance(1500);
    const before = world.core.log.filter((entry) => entry.url.startsWith(upstream.loginServer)).length;
    expect(isProxied(await manifest('api', 'v1'))).toBe(false);
    expect(world.core.log.filter((entry) => entry.url.startsWith(upstream.loginServer)).length).toBe(before);
  });

  it('maps wildcards, static rules first, longest prefix first', async () => {
    grantReader();
    world.rule(downstream, 'Everything', `${upstream.loginServer}/*`, 'cache/*', identity);
    world.rule(downstream, 'Team', `${upstream.loginServer}/team/deep/*`, 'cache/team/*', identity);
    world.rule(downstream, 'Static', `${upstream.loginServer}/myapp`, 'cache/team/one', identity);
    expect((await manifest('cache/team/api', 'v1')).status).toBe(404);
    expect((await manifest('cache/team/worker', 'v1')).status).toBe(200);
    expect((await manifest('cache/myapp', '1.0')).status).toBe(200);
    expect((await manifest('cache/team/one', '1.0')).status).toBe(200);
    expect((await manifest('cache/team/one/below', '1.0')).status).toBe(404);
    expect((await manifest('cache', '1.0')).status).toBe(404);
  });

  it('denies, with rule and source named, what the identity may not read', async () => {
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/myapp`, 'myapp', identity);
    const text = `requested access to pull from source '${upstream.loginServer}/myapp' for cache rule 'MyRule' has been denied.`;
    const denied = await manifest('myapp', 'latest');
    expect([denied.status, errorOf(denied)]).toEqual([403, { code: 'DENIED', message: text }]);
    // AcrPull is not honoured in ABAC mode, nor is another repository's condition.
    world.assign(identity.principal, 'AcrPull', upstream.id);
    grantReader("StringEqualsIgnoreCase 'other'");
    expect((await manifest('myapp', 'latest')).status).toBe(403);
    grantReader("StringStartsWithIgnoreCase 'my'");
    expect((await manifest('myapp', 'latest')).status).toBe(200);
  });

  it('waits for a fresh role assignment to take effect', async () => {
    world.core.options.rolePropagationMs = 60_000;
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/myapp`, 'myapp', identity);
    await world.core.clock.advance(60_000);
    grantReader();
    await world.core.clock.advance(59_000);
    expect((await manifest('myapp', 'latest')).status).toBe(403);
    await world.core.clock.advance(1_000);
    expect((await manifest('myapp', 'latest')).status).toBe(200);
  });

  it.each(['no identity', 'identity deleted', 'identity made again', 'credential set'])(
    'says that the source wants authentication: %s',
    async (how) => {
      grantReader();
      const rule = world.rule(
        downstream,
        'MyRule',
        `${upstream.loginServer}/myapp`,
        'myapp',
        how === 'no identity' ? undefined : identity,
      );
      if (how === 'identity deleted') world.core.state.resources.delete(identity.id.toLowerCase());
      if (how === 'identity made again') world.identity('MyACRCacheIdentity');
      if (how === 'credential set') rule.properties.credentialSetResourceId = `${downstream.id}/credentialSets/x`;
      const reply = await manifest('myapp', 'latest');
      expect(reply.status).toBe(401);
      expect(errorOf(reply)).toMatchObject({ code: 'UNAUTHORIZED' });
      expect(errorOf(reply).message).toContain(
        "authentication required with source registry for cache rule 'MyRule' For more information",
      );
    },
  );

  it('reports a throttling source and one that cannot be reached', async () => {
    grantReader();
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/myapp`, 'myapp', identity);
    world.rule(downstream, 'Elsewhere', 'registry.example/app', 'elsewhere', identity);
    world.setFaults([{ match: `^GET ${upstream.loginServer}/v2/myapp`, status: 429 }]);
    const throttled = await manifest('myapp', 'latest');
    expect(throttled.status).toBe(429);
    expect(errorOf(throttled).message).toContain("too many requests to source registry for cache rule 'MyRule'");
    const unreachable = await manifest('elsewhere', 'latest');
    expect(unreachable.status).toBe(424);
    expect(errorOf(unreachable).message).toMatch(
      /source 'registry\.example\/app' for cache rule 'Elsewhere'.*CorrelationId:[0-9a-f-]{36}/,
    );
  });

  it('says which tag the source does not have', async () => {
    grantReader();
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/myapp`, 'myapp', identity);
    const reply = await manifest('myapp', 'alpha');
    expect(reply.status).toBe(404);
    expect(errorOf(reply)).toMatchObject({
      code: 'MANIFEST_UNKNOWN',
      message: 'manifest tagged by "alpha" is not found',
    });
  });

  it('starts no copy by HEAD', async () => {
    grantReader();
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/team/api`, 'api', identity);
    const head = await manifest('api', 'v1', 'HEAD');
    expect([head.status, isProxied(head), head.body.length]).toEqual([200, true, 0]);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(100);
    await world.core.clock.advance(2000);
    expect(stored('api')).toEqual([]);
  });

  it('tags the copy when the client resolved the tag by HEAD and pulled by digest', async () => {
    grantReader();
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/myapp`, 'myapp', identity);
    const tags = (): unknown[] =>
      [...(downstream.content.repositories.get('myapp')?.tags ?? [])].map(([tag, { digest }]) => [tag, digest]);
    const pull = async (tag: string): Promise<string> => {
      const digest = String((await manifest('myapp', tag, 'HEAD')).headers['docker-content-digest']);
      await manifest('myapp', digest);
      await world.core.clock.advance(2000);
      return digest;
    };
    const digest = await pull('1.1');
    expect(tags()).toEqual([['1.1', digest]]);
    // The same image by another tag: nothing is left to copy but the tag.
    expect(await pull('latest')).toBe(digest);
    expect(tags()).toEqual([
      ['1.1', digest],
      ['latest', digest],
    ]);
    expect(isProxied(await manifest('myapp', 'latest', 'HEAD'))).toBe(false);
  });

  it('follows a moved tag after five minutes, and serves what it has when the source is gone', async () => {
    grantReader();
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/myapp`, 'myapp', identity);
    const first = await manifest('myapp', '1.0');
    await world.core.clock.advance(1500);
    const tags = upstream.content.repositories.get('myapp')?.tags;
    const moved = tags?.get('1.1');
    if (moved !== undefined) tags?.set('1.0', moved);
    await world.core.clock.advance(4 * 60_000);
    expect((await manifest('myapp', '1.0')).headers['docker-content-digest']).toBe(
      first.headers['docker-content-digest'],
    );
    await world.core.clock.advance(61_000);
    const second = await manifest('myapp', '1.0');
    expect([isProxied(second), second.headers['docker-content-digest']]).toEqual([true, moved?.digest]);
    await world.core.clock.advance(1500);
    expect(isProxied(await manifest('myapp', '1.0'))).toBe(false);
    await world.host.stop(upstream.id);
    await world.core.clock.advance(10 * 60_000);
    const alone = await manifest('myapp', '1.0');
    expect([alone.status, isProxied(alone)]).toEqual([200, false]);
  });

  it('stores nothing where trusted services are off, though the repository appears', async () => {
    grantReader();
    Object.assign(downstream.resource.properties, {
      networkRuleSet: { defaultAction: 'Deny', ipRules: [{ action: 'Allow', value: '127.0.0.1' }] },
      networkRuleBypassOptions: 'None',
    });
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/myapp`, 'myapp', identity);
    expect(isProxied(await manifest('myapp', 'latest'))).toBe(true);
    await world.core.clock.advance(2000);
    expect(isProxied(await manifest('myapp', 'latest'))).toBe(true);
    expect(downstream.content.repositories.get('myapp')).toMatchObject({ tags: new Map(), manifests: new Map() });
    downstream.resource.properties.networkRuleBypassOptions = 'AzureServices';
    await manifest('myapp', 'latest');
    await world.core.clock.advance(2000);
    expect(isProxied(await manifest('myapp', 'latest'))).toBe(false);
  });

  it('passes a restricted source only as a trusted service', async () => {
    grantReader();
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/myapp`, 'myapp', identity);
    upstream.resource.properties.publicNetworkAccess = 'Disabled';
    expect((await manifest('myapp', 'latest')).status).toBe(200);
    upstream.resource.properties.networkRuleBypassOptions = 'None';
    expect((await manifest('myapp', '1.0')).status).toBe(403);
  });

  it('refuses pushes into a target unless the registry allows them', async () => {
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/myapp`, 'myapp', identity);
    const push = (): Promise<Reply> => get('repository:myapp:push', '/v2/myapp/blobs/uploads/', { method: 'POST' });
    const refused = await push();
    expect([refused.status, errorOf(refused).code]).toEqual([403, 'DENIED']);
    downstream.resource.properties.writableCacheRepos = 'Enabled';
    expect((await push()).status).toBe(202);
  });

  it('ends when rules point at each other', async () => {
    world.rule(downstream, 'There', `${upstream.loginServer}/loop`, 'loop', identity);
    world.rule(upstream, 'Back', `${downstream.loginServer}/loop`, 'loop', identity);
    grantReader();
    world.assign(identity.principal, 'AcrPull', downstream.id);
    expect((await manifest('loop', 'latest')).status).toBe(424);
  });

  it('does not use a rule that is not there yet', async () => {
    grantReader();
    const rule = world.rule(downstream, 'MyRule', `${upstream.loginServer}/myapp`, 'myapp', identity);
    rule.properties.provisioningState = 'Creating';
    expect((await manifest('myapp', 'latest')).status).toBe(404);
  });

  it('asks the source for referrers', async () => {
    world.rule(downstream, 'MyRule', `${upstream.loginServer}/myapp`, 'myapp', identity);
    const digest = upstream.content.repositories.get('myapp')?.tags.get('1.0')?.digest ?? '';
    const ask = (): Promise<Reply> => get('repository:myapp:pull', `/v2/myapp/referrers/${digest}`);
    const failed = await ask();
    expect(failed.status).toBe(424);
    expect(errorOf(failed)).toMatchObject({ code: 'UNKNOWN' });
    expect(errorOf(failed).message).toMatch(
      /^request to fetch referrers from source '.*\/myapp' for cache rule 'MyRule' returned status code 401\. CorrelationId:/,
    );
    grantReader();
    expect((await ask()).json).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [],
    });
  });
});
