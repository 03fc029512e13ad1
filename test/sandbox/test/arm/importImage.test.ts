import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acrPullRole, armWorld, finish, versions } from './armWorld.ts';
import type { ArmWorld, CallOptions, Reply } from './armWorld.ts';
import { setAttributes } from '../../src/registry/attributes.ts';
import type { RegistryContentState } from '../../src/types.ts';

let world: ArmWorld;
beforeAll(async () => {
  world = await armWorld();
});
afterAll(() => world.sandbox.close());

const contentOf = (id: string): RegistryContentState => world.sandbox.state.content.get(id.toLowerCase())!;
const send = (body: object, options?: CallOptions): Promise<Reply> =>
  world.call('POST', `${world.registry}/importImage`, versions.registry, body, options);
const fromUpstream = (sourceImage: string, more: object): object => ({
  source: { resourceId: world.upstream, sourceImage },
  ...more,
});
const answered = ({ status, code }: Reply): unknown => [status, code];

describe('importImage', () => {
  it('copies an index with all that is in it, by an operation', async () => {
    world.sandbox.setOptions({ operationMs: 60_000 });
    const reply = await send(
      fromUpstream('myapp:1.0', { targetTags: ['copies/app', 'copies/app:one'], untaggedTargetRepositories: ['bare'] }),
    );
    expect(reply.status).toBe(202);
    expect(reply.headers.get('location')).toContain('/operationResults/');
    expect(contentOf(world.registry).repositories.has('bare')).toBe(false);
    world.sandbox.setOptions({ operationMs: 20 });
    await world.sandbox.advance(60_000);
    expect((await finish(world, reply)).status).toBe(200);
    const source = contentOf(world.upstream).repositories.get('myapp')!;
    const target = contentOf(world.registry).repositories.get('copies/app')!;
    const digest = source.tags.get('1.0')!.digest;
    expect([...target.tags].map(([tag, state]) => [tag, state.digest])).toEqual([
      ['1.0', digest],
      ['one', digest],
    ]);
    expect(target.manifests.size).toBe(3);
    expect([...target.blobDigests].every((blob) => source.blobDigests.has(blob))).toBe(true);
    expect(target.blobDigests.size).toBeGreaterThan(3);
    const bare = contentOf(world.registry).repositories.get('bare')!;
    expect([bare.tags.size, bare.manifests.has(digest)]).toEqual([0, true]);
  });

  it('refuses a tag that is there, unless it is forced', async () => {
    const image = (tag: string, mode?: string): object =>
      fromUpstream(`myapp:${tag}`, { targetTags: ['tagged:one'], mode });
    await finish(world, await send(image('1.0')));
    expect(answered(await send(image('1.1')))).toEqual([409, 'Conflict']);
    await finish(world, await send(image('1.1', 'Force')));
    expect(contentOf(world.registry).repositories.get('tagged')?.tags.get('one')?.digest).toBe(
      contentOf(world.upstream).repositories.get('myapp')?.tags.get('1.1')?.digest,
    );
  });

  it('leaves nothing where the operation fails', async () => {
    world.sandbox.setFaults([{ match: 'importImage', failOperation: { code: 'InvalidParameters', message: 'blobs' } }]);
    const reply = await finish(world, await send(fromUpstream('myapp', { targetTags: ['failed'] })));
    world.sandbox.setFaults([]);
    expect([reply.status >= 400, reply.code]).toEqual([true, 'InvalidParameters']);
    expect(contentOf(world.registry).repositories.has('failed')).toBe(false);
  });

  it.each([
    ['no target', {}, 400, 'InvalidParameters'],
    ['a target by digest', { targetTags: [`x@sha256:${'0'.repeat(64)}`] }, 400, 'InvalidParameters'],
    ['no repository name', { targetTags: ['Upper/Case'] }, 400, 'InvalidParameters'],
    ['another mode', { targetTags: ['x'], mode: 'Sometimes' }, 400, 'InvalidParameters'],
  ])('refuses %s', async (_, more, status, code) => {
    expect(answered(await send(fromUpstream('myapp', more)))).toEqual([status, code]);
  });

  it('does not find what is not there', async () => {
    const targetTags = ['x'];
    expect(answered(await send(fromUpstream('myapp:none', { targetTags })))).toEqual([404, 'NotFound']);
    expect(answered(await send(fromUpstream('nothing', { targetTags })))).toEqual([404, 'NotFound']);
    const source = { registryUri: 'elsewhere.test', sourceImage: 'myapp' };
    expect(answered(await send({ source, targetTags }))).toEqual([404, 'NotFound']);
  });

  it('refuses the target of a cache rule', async () => {
    await finish(
      world,
      await world.putRule('importrule', { source: `${world.upstreamServer}/myapp`, target: 'cached' }),
    );
    const body = fromUpstream('myapp', { targetTags: ['cached'] });
    expect(answered(await send(body))).toEqual([403, 'Denied']);
    const { properties } = world.sandbox.state.resources.get(world.registry.toLowerCase())!;
    properties['writableCacheRepos'] = 'Enabled';
    expect((await finish(world, await send(body))).status).toBe(200);
    properties['writableCacheRepos'] = 'Disabled';
  });

  it('does not force a locked tag', async () => {
    const body = fromUpstream('myapp', { targetTags: ['locked:one'], mode: 'Force' });
    await finish(world, await send(body));
    setAttributes(contentOf(world.registry).repositories.get('locked')!, 'tag', 'one', { writeEnabled: false });
    expect(answered(await send(body))).toEqual([409, 'Conflict']);
  });

  it('reaches a closed registry through trusted services only', async () => {
    const { properties } = world.sandbox.state.resources.get(world.upstream.toLowerCase())!;
    const before = { ...properties };
    const body = fromUpstream('myapp', { targetTags: ['closed'], mode: 'Force' });
    properties['publicNetworkAccess'] = 'Disabled';
    expect((await finish(world, await send(body))).status).toBe(200);
    properties['networkRuleBypassOptions'] = 'None';
    expect(answered(await send(body))).toEqual([403, 'Unauthorized']);
    Object.assign(properties, before);
  });

  it('needs its action on the target, and reads the source as the caller', async () => {
    const importer = world.person('importer');
    const as = { as: 'importer' };
    const body = (): object => fromUpstream('myapp', { targetTags: [`by-importer:${randomUUID()}`] });
    expect(answered(await send(body(), as))).toEqual([403, 'AuthorizationFailed']);
    // Contributor
    await world.assign(world.registry, 'b24988ac-6180-42a0-ab88-20f7382dd24c', importer, { principalType: 'User' });
    expect(answered(await send(body(), as))).toEqual([403, 'Unauthorized']);
    await world.assign(world.upstream, acrPullRole, importer, { principalType: 'User' });
    expect((await finish(world, await send(body(), as))).status).toBe(200);
  });

  it('reads a registry by its address with a token alone', async () => {
    const source = { registryUri: world.upstreamServer, sourceImage: 'myapp' };
    const targetTags = ['by-address'];
    expect(answered(await send({ source, targetTags }))).toEqual([403, 'Unauthorized']);
    const credentials = { password: world.sandbox.token('dev', world.sandbox.info.arm) };
    const named = { ...credentials, username: 'dev' };
    expect(answered(await send({ source: { ...source, credentials: named }, targetTags }))).toEqual([
      403,
      'Unauthorized',
    ]);
    expect((await finish(world, await send({ source: { ...source, credentials }, targetTags }))).status).toBe(200);
  });
});
