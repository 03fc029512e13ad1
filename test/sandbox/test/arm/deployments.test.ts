import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { armWorld, at, readerRole, versions } from './armWorld.ts';
import type { ArmWorld, CallOptions, Reply } from './armWorld.ts';
import type { JsonObject } from '../../src/json.ts';

/** Templates as anybody writes them; those that the extension exports are in test/src/provisioning/export/deployed.test.ts. */
let world: ArmWorld;
beforeAll(async () => {
  world = await armWorld();
});
afterAll(() => world.sandbox.close());

const identityType = 'Microsoft.ManagedIdentity/userAssignedIdentities';
const identity = (name: string, more: JsonObject = {}): JsonObject => ({
  type: identityType,
  apiVersion: versions.identity,
  name,
  location: 'eastus',
  ...more,
});
const ask = (question: string, template: unknown, more: JsonObject = {}, options?: CallOptions): Promise<Reply> =>
  world.call(
    'POST',
    `${world.group}/providers/Microsoft.Resources/deployments/one/${question}`,
    versions.resources,
    { properties: { mode: 'Incremental', template, ...more } },
    options,
  );
const answered = ({ status, code }: Reply): unknown => [status, code];
const changesOf = (reply: Reply): JsonObject[] => at(reply.json, 'properties', 'changes') as JsonObject[];
const changeOf = (reply: Reply, name: string): JsonObject | undefined =>
  changesOf(reply).find(({ resourceId }) => String(resourceId).endsWith(`/${name}`));

describe('validate', () => {
  it('names the resources and their providers, and writes nothing', async () => {
    const before = world.sandbox.snapshot();
    const template = {
      parameters: { name: { type: 'string', defaultValue: 'first' } },
      variables: {
        long: "[format('{0}-{1}', parameters('name'), 'identity')]",
        longer: "[format('{0}-2', variables('long'))]",
      },
      resources: [identity("[variables('longer')]")],
    };
    const reply = await ask('validate', template, { parameters: { name: { value: 'given' } } });
    expect(reply.status).toBe(200);
    expect(reply.json['properties']).toMatchObject({
      provisioningState: 'Succeeded',
      mode: 'Incremental',
      validatedResources: [{ id: `${world.group}/providers/${identityType}/given-identity-2` }],
      providers: [{ namespace: 'Microsoft.ManagedIdentity' }],
    });
    expect(world.sandbox.snapshot()).toBe(before);
  });

  it.each<[string, unknown, JsonObject?]>([
    ['no template', undefined],
    ['an unknown function', { resources: [identity("[nothing('x')]")] }],
    ['an unknown parameter', { resources: [identity("[parameters('x')]")] }],
    ['a parameter without a value', { parameters: { x: { type: 'string' } }, resources: [] }],
    ['a value without its parameter', { resources: [] }, { parameters: { x: { value: 1 } } }],
    ['a name of too many parts', { resources: [identity('a/b')] }],
    [
      'what depends on itself',
      { resources: [identity('abc', { dependsOn: [`[resourceId('${identityType}', 'abc')]`] })] },
    ],
    ['what is nested too deep', { variables: { x: JSON.parse('['.repeat(2000) + ']'.repeat(2000)) }, resources: [] }],
    ['calls that are nested too deep', { resources: [identity(`[${'string('.repeat(2000)}'x'${')'.repeat(2000)}]`)] }],
    ['an expression that is too long', { resources: [identity(`[string('${'x'.repeat(25_000)}')]`)] }],
    ['a variable that is known only later', { variables: { x: "[reference('x', 'y')]" }, resources: [] }],
  ])('refuses %s', async (_, template, more) => {
    for (const question of ['validate', 'whatIf'])
      expect(answered(await ask(question, template, more))).toEqual([400, 'InvalidTemplate']);
  });

  it.each<[string, JsonObject, string]>([
    ['a type', { type: 'Microsoft.Nothing/at' }, 'InvalidResourceNamespace'],
    ['an api-version', { apiVersion: '2001-01-01' }, 'InvalidResourceType'],
    ['a region', { location: 'atlantis' }, 'LocationNotAvailableForResourceType'],
    ['a resource group', { resourceGroup: 'nowhere' }, 'ResourceGroupNotFound'],
    ['a subscription', { subscriptionId: readerRole }, 'SubscriptionNotFound'],
  ])('says in the details that there is no such %s', async (_, more, code) => {
    const reply = await ask('validate', { resources: [identity('fine'), identity('wrong', more)] });
    expect(answered(reply)).toEqual([400, 'InvalidTemplateDeployment']);
    expect(at(reply.json, 'error', 'details')).toMatchObject([{ code }]);
  });

  it('needs its own right, and that to write each resource', async () => {
    const person = world.person('validator');
    const template = { resources: [identity('abc')] };
    const asPerson = { as: 'validator' };
    expect(answered(await ask('validate', template, {}, asPerson))).toEqual([403, 'AuthorizationFailed']);
    const cacheRule = {
      type: 'Microsoft.ContainerRegistry/registries/cacheRules',
      apiVersion: versions.rule,
      name: 'myregistry/abcde',
    };
    // Contributor
    await world.assign(world.group, 'b24988ac-6180-42a0-ab88-20f7382dd24c', person, { principalType: 'User' });
    const assignment = {
      type: 'Microsoft.Authorization/roleAssignments',
      apiVersion: versions.authorization,
      name: readerRole,
      scope: world.registry,
    };
    const reply = await ask('validate', { resources: [identity('abc'), cacheRule, assignment] }, {}, asPerson);
    expect(at(reply.json, 'error', 'details')).toMatchObject([
      { code: 'AuthorizationFailed', target: expect.stringContaining('/roleAssignments/') },
    ]);
  });
});

describe('whatIf', () => {
  it('tells what is made, changed, kept and left alone', async () => {
    await world.identity('kept');
    const { id } = await world.identity('changed');
    await world.call('PATCH', id, versions.identity, { tags: { team: 'Shop', other: 'stays' } });
    await world.identity('outside');
    const before = world.sandbox.snapshot();
    const template = {
      resources: [identity('made'), identity('kept'), identity('changed', { tags: { team: 'shop', more: 'x' } })],
    };
    const reply = await ask('whatIf', template);
    expect(reply.json['status']).toBe('Succeeded');
    const ids = changesOf(reply).map(({ resourceId }) => String(resourceId).toLowerCase());
    expect(ids).toEqual([...new Set(ids)]);
    expect(changeOf(reply, 'made')).toMatchObject({
      changeType: 'Create',
      after: { name: 'made', type: identityType, location: 'eastus', resourceGroup: 'MyResourceGroup' },
    });
    expect(changeOf(reply, 'kept')).toMatchObject({ changeType: 'NoChange', delta: [] });
    expect(changeOf(reply, 'changed')).toMatchObject({
      changeType: 'Modify',
      before: { tags: { team: 'Shop', other: 'stays' } },
      after: { tags: { team: 'shop', other: 'stays', more: 'x' } },
      delta: [
        { path: 'tags.team', propertyChangeType: 'Modify', before: 'Shop', after: 'shop' },
        { path: 'tags.more', propertyChangeType: 'Create', after: 'x' },
      ],
    });
    expect(changeOf(reply, 'outside')).toMatchObject({ changeType: 'Ignore' });
    expect(changeOf(await ask('whatIf', template, { mode: 'Complete' }), 'outside')?.['changeType']).toBe('Delete');
    const short = await ask('whatIf', template, { whatIfSettings: { resultFormat: 'ResourceIdOnly' } });
    expect(Object.keys(changeOf(short, 'changed') ?? {})).toEqual(['resourceId', 'changeType']);
    expect(changeOf(short, 'changed')?.['changeType']).toBe('Deploy');
    expect(world.sandbox.snapshot()).toBe(before);
  });

  it('takes a value that is known only later for a change', async () => {
    await world.identity('later');
    const template = {
      resources: [identity('later', { tags: { id: `[reference('${world.registry}', '2025-11-01').x]` } })],
    };
    expect(changeOf(await ask('whatIf', template), 'later')).toMatchObject({ changeType: 'Modify' });
  });

  it('does not look at what is named by one', async () => {
    const name = `[guid(reference('${world.registry}', '2025-11-01').x)]`;
    const [first] = changesOf(await ask('whatIf', { resources: [identity(name)] }));
    expect(first).toMatchObject({ changeType: 'Unsupported', unsupportedReason: expect.any(String) });
  });
});
