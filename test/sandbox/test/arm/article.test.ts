import { afterAll, beforeAll, expect, it } from 'vitest';
import { armWorld, at, finish, readerRole, versions } from './armWorld.ts';
import type { ArmWorld } from './armWorld.ts';

/** ARM and the registries as one Azure: what is written above decides what is pulled below. */
let world: ArmWorld;
let downstream: string;
beforeAll(async () => {
  world = await armWorld({ copyDelayMs: 60_000 });
  downstream = world.sandbox.info.registries.find(({ name }) => name === 'myregistry')?.loginServer ?? '';
});
afterAll(() => world.sandbox.close());

const post = async (path: string, form: Record<string, string>): Promise<unknown> =>
  (await fetch(`https://${downstream}${path}`, { method: 'POST', body: new URLSearchParams(form) })).json();

/** Signs in to the downstream registry as dev and asks for `myapp:latest`. */
async function pull(): Promise<{ status: number; origin: string | null; code: unknown; message: unknown }> {
  const exchanged = await post('/oauth2/exchange', {
    grant_type: 'access_token',
    service: downstream,
    tenant: world.sandbox.info.tenantId,
    access_token: world.sandbox.token('dev', 'https://containerregistry.azure.net'),
  });
  const token = await post('/oauth2/token', {
    grant_type: 'refresh_token',
    service: downstream,
    scope: 'repository:myapp:pull',
    refresh_token: String(at(exchanged, 'refresh_token')),
  });
  const response = await fetch(`https://${downstream}/v2/myapp/manifests/latest`, {
    headers: {
      Authorization: `Bearer ${String(at(token, 'access_token'))}`,
      Accept: 'application/vnd.oci.image.index.v1+json',
    },
  });
  const json: unknown = await response.json();
  const [code, message] = [at(json, 'errors', 0, 'code'), at(json, 'errors', 0, 'message')];
  return { status: response.status, origin: response.headers.get('x-azure-origin'), code, message };
}

it('runs the article from identity to cached image', async () => {
  expect(await pull()).toMatchObject({ status: 404, code: 'NAME_UNKNOWN' });

  const identity = await world.identity('acrcache');
  await finish(
    world,
    await world.call('PATCH', world.upstream, versions.registry, {
      properties: { roleAssignmentMode: 'AbacRepositoryPermissions' },
    }),
  );
  await finish(
    world,
    await world.putRule('myrule', { source: `${world.upstreamServer}/myapp`, target: 'myapp', identity: identity.id }),
  );
  const denied = await pull();
  expect(denied).toMatchObject({ status: 403, code: 'DENIED' });
  expect(denied.message).toContain("for cache rule 'myrule' has been denied");

  const other =
    "((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase 'other'))";
  const conditional = { principalType: 'ServicePrincipal', condition: other, conditionVersion: '2.0' };
  const assignment = await world.assign(world.upstream, readerRole, identity.principalId, conditional);
  expect((await pull()).status).toBe(403);

  const { roleDefinitionId, principalId } = assignment.json['properties'] as {
    roleDefinitionId: string;
    principalId: string;
  };
  await world.call('PUT', String(assignment.json['id']), versions.authorization, {
    properties: { ...conditional, roleDefinitionId, principalId, condition: other.replace("'other'", "'myapp'") },
  });
  expect(await pull()).toMatchObject({ status: 200, origin: 'upstream' });
  await world.sandbox.advance(61_000);
  await expect.poll(pull).toMatchObject({ status: 200, origin: null });
});

it('keeps what is cached when the rule is gone, and refuses the rule again', async () => {
  const rule = `${world.registry}/cacheRules/myrule`;
  await finish(world, await world.call('DELETE', rule, versions.rule));
  expect(await pull()).toMatchObject({ status: 200, origin: null });
  const again = await world.putRule('myrule', { source: `${world.upstreamServer}/myapp`, target: 'myapp' });
  expect([again.status, again.code]).toEqual([409, 'TargetRepositoryAlreadyPresentInRegistry']);
});
