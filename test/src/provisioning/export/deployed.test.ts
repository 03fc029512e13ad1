import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cacheRuleArmId, identityArmId } from '../../../../src/domain/armId.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import type { CacheLink } from '../../../../src/provisioning/types.ts';
import { snapshotOf } from '../../../sandbox/src/snapshot.ts';
import { createValidator, hasSpecs, readSpec, sayIfSkipped } from '../../../sandbox/test/arm/sharedSpecs.ts';
import { azureCliVersion, signInAzureCli } from '../../../tools/azureCli.ts';
import { createArmRest, type ArmRest } from './armRest.ts';
import { deployTemplate } from './deployTemplate.ts';
import { exportedText } from './exportedText.ts';
import { azScript, portOf, serveAz } from './standInAz.ts';
import { mapping } from '../links.ts';
import { group, startWorld, type World } from '../world.ts';

const run = promisify(execFile);

const otherGroup = 'OtherGroup';

let world: World;
let rest: ArmRest;
let folder: string;
let az: Server;
const calls: string[][] = [];

beforeAll(async () => {
  world = await startWorld({ principalReplicationMs: 0 });
  rest = createArmRest(world.sandbox.info.arm, world.sandbox.token('dev', world.sandbox.info.arm));
  folder = mkdtempSync(path.join(tmpdir(), 'exported-'));
  az = await serveAz(rest, (words) => calls.push(words));
  writeFileSync(path.join(folder, 'az'), azScript, { mode: 0o755 });
  const resourceGroup = `/subscriptions/${world.subscriptionId}/resourceGroups/${otherGroup}`;
  await rest.call('PUT', resourceGroup, '2021-04-01', { location: 'eastus' });
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  az.close();
  await world.close();
});

/** The state, with principals by name and without what Azure or the tool makes up: the names of assignments and their descriptions. */
function stateOf(): unknown {
  const names = [...world.sandbox.state.resources.values()].flatMap(({ name, properties }) => [
    [properties['principalId'], `principal of ${name}`] as const,
    [properties['clientId'], `client of ${name}`] as const,
  ]);
  let text = snapshotOf(world.sandbox.state);
  for (const [id, name] of names) if (typeof id === 'string') text = text.replaceAll(id, name);
  const state = JSON.parse(text) as { roleAssignments: Record<string, Record<string, unknown>> };
  const made = new Set(['id', 'name', 'description']);
  const assignments = Object.values(state.roleAssignments).map((assignment) =>
    Object.fromEntries(
      Object.entries(assignment)
        .filter(([key]) => !made.has(key))
        .map(([key, value]) => [key, typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : value]),
    ),
  );
  return { ...state, roleAssignments: assignments.map((one) => JSON.stringify(one)).sort() };
}

/** State after the product's own set-up, which is taken away again. */
async function stateAfterApply(link: CacheLink): Promise<unknown> {
  const before = stateOf();
  expect((await world.setUp(link)).outcome).toBe('complete');
  const state = stateOf();
  await remove(link);
  expect(stateOf()).toEqual(before);
  expect(state).not.toEqual(before);
  return state;
}

/** Whoever made it. */
async function remove(link: CacheLink): Promise<void> {
  const identity = await world.azure.identities.get(link.authentication.identityId);
  const held = await world.azure.roles.listForPrincipal(link.source.id, identity.principalId);
  for (const { id } of held) await world.azure.roles.delete(id);
  for (const { ruleName } of link.mappings) {
    await world.azure.cacheRules.delete(cacheRuleArmId(link.downstream.id, ruleName));
  }
  await world.azure.identities.delete(link.authentication.identityId);
  await world.sandbox.advance(1000);
}

/** Runs the script with the stand-in `az` on the PATH; returns its calls. */
async function runScript(script: string): Promise<string[][]> {
  const file = path.join(folder, 'script.sh');
  writeFileSync(file, script);
  calls.length = 0;
  await run('bash', ['-n', file]);
  const PATH = `${folder}${path.delimiter}${process.env['PATH'] ?? ''}`;
  await run('bash', [file], { cwd: folder, env: { PATH, AZ_PORT: String(portOf(az)) } });
  return [...calls];
}

const links: [string, () => CacheLink][] = [
  ['the article’s, with a condition', () => world.link()],
  [
    'several repositories',
    () => world.link({ mappings: [mapping('MyRule', 'myapp'), mapping('TeamRule', 'team/*', 'cache/team/*')] }),
  ],
  ['the article’s scope', () => world.link({ access: 'repositoryScope' })],
  ['the whole registry', () => world.link({ access: 'registry' })],
  [
    'an identity in another resource group',
    () =>
      world.link({
        authentication: {
          kind: 'identity',
          identityId: identityArmId(world.subscriptionId, otherGroup, 'ElsewhereIdentity'),
          create: { location: 'eastus' },
        },
      }),
  ],
];

describe.each(links)('the export of %s', (_name, linkOf) => {
  let expected: unknown;
  beforeAll(async () => {
    expected = await stateAfterApply(linkOf());
  }, 60_000);

  it('as a bash script makes what the product makes', async () => {
    const link = linkOf();
    const made = await runScript(exportedText(link, 'bash'));
    expect(made.map((words) => words.join(' ').replace(/ -.*/s, ''))).toEqual([
      'identity create',
      'identity show',
      ...(link.access === 'repositoryScope' ? link.mappings : [0]).map(() => 'role assignment create'),
      ...link.mappings.flatMap(() => ['acr cache list', 'acr cache create']),
    ]);
    expect(stateOf()).toEqual(expected);
    await remove(link);
  }, 60_000);

  it('as an ARM template makes what the product makes', async () => {
    const link = linkOf();
    await deployTemplate(rest, JSON.parse(exportedText(link, 'arm')), {
      subscriptionId: world.subscriptionId,
      resourceGroup: group,
    });
    expect(stateOf()).toEqual(expected);
    await remove(link);
  }, 60_000);
});

describe('the ARM template, asked about in advance', () => {
  const ask = (question: 'validate' | 'whatIf', parameters = {}): Promise<Record<string, unknown>> =>
    rest.call(
      'POST',
      `/subscriptions/${world.subscriptionId}/resourceGroups/${group}/providers/Microsoft.Resources/deployments/link/${question}`,
      '2022-09-01',
      { properties: { mode: 'Incremental', template: JSON.parse(exportedText(world.link(), 'arm')), parameters } },
    );
  const identity = 'Microsoft.ManagedIdentity/userAssignedIdentities/MyACRCacheIdentity';
  const rule = 'Microsoft.ContainerRegistry/registries/myregistry/cacheRules/MyRule';

  it('is valid as it is, and not with a parameter too many', async () => {
    const { properties } = await ask('validate');
    expect(properties).toMatchObject({ provisioningState: 'Succeeded' });
    const { validatedResources } = properties as { validatedResources: { id: string }[] };
    expect(validatedResources.map(({ id }) => id.split('/providers/')[1])).toEqual([identity, rule]);
    await expect(ask('validate', { nobody: { value: 'x' } })).rejects.toThrow('InvalidTemplate');
  });

  it('makes what is missing, and changes nothing once it is set up', async () => {
    const changes = async (): Promise<Record<string, string>> => {
      const { properties } = await ask('whatIf');
      const list = (properties as { changes: { resourceId: string; changeType: string }[] }).changes;
      return Object.fromEntries(
        list.map((one) => [one.resourceId.split('/providers/').slice(1).join(), one.changeType]),
      );
    };
    const before = await changes();
    expect(before).toMatchObject({ [identity]: 'Create', [rule]: 'Create' });
    expect((await world.setUp(world.link())).outcome).toBe('complete');
    const after = await changes();
    await remove(world.link());
    expect(after).toEqual({ ...before, [identity]: 'NoChange', [rule]: 'NoChange' });
    // The permission's name comes of the identity's principal, which a template knows only while it is deployed.
    expect(Object.values(after).sort()).toEqual(['Ignore', 'Ignore', 'NoChange', 'NoChange', 'Unsupported']);
  }, 60_000);
});

describe('the bash script where a rule has the name already', () => {
  const id = (): string => cacheRuleArmId(world.link().downstream.id, 'myrule');
  const script = (): string => exportedText(world.link(), 'bash');
  afterEach(async () => {
    world.sandbox.setFaults([]);
    await world.azure.cacheRules.delete(id());
    await remove(world.link());
  });

  /** A rule of that name, written otherwise, before the script runs. */
  async function existing(target: string, identity = 'MyACRCacheIdentity'): Promise<CacheRule> {
    const { source: upstream } = world.link();
    await world.azure.identities.create(world.link().authentication.identityId, 'eastus');
    const identityId = identityArmId(world.subscriptionId, group, identity);
    await world.azure.identities.create(identityId, 'eastus');
    return world.azure.cacheRules.create(id(), {
      sourceRepository: `${upstream.loginServer}/myapp`,
      targetRepository: target,
      identityId,
    });
  }

  it.each([
    ['another target', 'elsewhere', 'MyACRCacheIdentity'],
    ['another identity', 'myapp', 'SomebodyElse'],
  ])('stops before it overwrites one with %s', async (_, target, identity) => {
    const rule = await existing(target, identity);
    const error: unknown = await runScript(script()).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 1, stderr: expect.stringContaining(`myrule: ${rule.sourceRepository}`) });
    expect(await world.azure.cacheRules.get(id())).toEqual(rule);
    await world.azure.identities.delete(identityArmId(world.subscriptionId, group, 'SomebodyElse'));
  });

  it('goes on where it is the same mapping, and a second time', async () => {
    const { creationDate } = await existing('myapp');
    await runScript(script());
    const made = await runScript(script().replace(/^az role assignment create[^#]*/m, ''));
    expect(made.at(-1)?.slice(0, 3)).toEqual(['acr', 'cache', 'create']);
    expect(await world.azure.cacheRules.get(id())).toMatchObject({ targetRepository: 'myapp', creationDate });
  });

  it('stops where the rules may not be read', async () => {
    const rule = await existing('elsewhere');
    world.sandbox.setFaults([{ match: '^GET .*/cacheRules\\?', status: 403 }]);
    const error: unknown = await runScript(script()).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: expect.any(Number) });
    world.sandbox.setFaults([]);
    expect(await world.azure.cacheRules.get(id())).toEqual(rule);
  });
});

describe.skipIf((await azureCliVersion()) === undefined)(
  'the question of the bash script, asked by the Azure CLI',
  () => {
    it('is answered for rules with and without an identity', async () => {
      const { downstream, source: upstream, authentication: identity } = world.link();
      const query = /--query '(\[\][^']+)'/.exec(exportedText(world.link(), 'bash'))?.[1] ?? '';
      const { id: identityId } = await world.azure.identities.create(identity.identityId, 'eastus');
      const rules = [
        { sourceRepository: `${upstream.loginServer}/one`, targetRepository: 'one' },
        { sourceRepository: `${upstream.loginServer}/two`, targetRepository: 'two', identityId },
      ];
      for (const rule of rules)
        await world.azure.cacheRules.create(cacheRuleArmId(downstream.id, `rule-${rule.targetRepository}`), rule);
      const cli = await signInAzureCli(world.sandbox);
      const url = `${downstream.id}/cacheRules?api-version=2026-01-01-preview`;
      const rows = await cli.run('rest', '--method', 'get', '--url', url, '--query', `value | ${query}`, '-o', 'tsv');
      cli.close();
      expect(rows.split('\n').map((row) => row.split('\t'))).toEqual([
        ['rule-one', rules[0]?.sourceRepository, 'one', ''],
        ['rule-two', rules[1]?.sourceRepository, 'two', identityId],
      ]);
      for (const { targetRepository } of rules)
        await world.azure.cacheRules.delete(cacheRuleArmId(downstream.id, `rule-${targetRepository}`));
      await world.azure.identities.delete(identity.identityId);
    }, 60_000);
  },
);

sayIfSkipped();
describe.skipIf(!hasSpecs)('the ARM template against the specification', () => {
  it('writes cache rules and nothing but what is in it', async () => {
    const link = world.link({ mappings: [mapping('MyRule', 'myapp'), mapping('TeamRule', 'team/*', 'cache/team/*')] });
    const written = await deployTemplate(rest, JSON.parse(exportedText(link, 'arm')), {
      subscriptionId: world.subscriptionId,
      resourceGroup: group,
    });
    await remove(link);
    const validate = createValidator(
      readSpec('containerregistry-2026-01-01-preview.openapi.yaml'),
      'components/schemas',
    )('CacheRule');
    const rules = written.filter(({ type }) => type === 'Microsoft.ContainerRegistry/registries/cacheRules');
    expect(rules.map(({ apiVersion }) => apiVersion)).toEqual(['2026-01-01-preview', '2026-01-01-preview']);
    for (const { body } of rules) {
      expect(validate(body), JSON.stringify(validate.errors)).toBe(true);
      expect(validate({ ...body, surplus: 1 })).toBe(false);
    }
  }, 60_000);
});
