import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInventory, type Inventory } from '../../../src/inventory/inventory.ts';
import { readSnapshot } from '../../../src/inventory/readSnapshot.lazy.ts';
import { maxSnapshotLength, ownerOf, writeSnapshot } from '../../../src/inventory/snapshot.ts';
import { createSnapshotFile } from '../../../src/inventory/snapshotFile.ts';
import type { InventoryState, RegistryEntry } from '../../../src/inventory/types.ts';
import { fakeAzure, memoryFile, registry, rule, settled, subscription, type MemoryFile } from './fakeAzure.ts';

const first = registry('first');

function state(entries: readonly RegistryEntry[]): InventoryState {
  return {
    signedIn: true,
    cloudName: 'AzureCloud',
    subscriptions: [subscription(1)],
    registries: new Map(entries.map((entry) => [entry.registry.id.toLowerCase(), entry])),
    freshness: 'current',
    failures: [],
  };
}

const finding = {
  check: 'sourceExists',
  verdict: 'unknown',
  pull: 'proves',
  title: 'Source image',
  reason: 'Not read.',
  hasRepair: true,
} as const;

const full = state([
  {
    registry: {
      ...first,
      provisioningState: 'Succeeded',
      publicNetworkAccess: 'Enabled',
      networkDefaultAction: 'Deny',
      networkRuleBypassOptions: 'AzureServices',
      softDelete: false,
    },
    rules: [
      {
        ...rule(first),
        identity: { id: '/identity', principalId: 'p', clientId: 'c' },
        credentialSetId: '/set',
        provisioningState: 'Succeeded',
        creationDate: '2026-11-23',
      },
      rule(first, 'Other'),
    ],
    rulesFreshness: 'current',
    knowledge: new Map([
      [
        rule(first).id.toLowerCase(),
        {
          checkup: {
            findings: [finding],
            checkedAt: '2026-11-23T10:00:00.000Z',
            served: true,
            isWhole: true,
          },
          proof: {
            image: 'myapp:1',
            by: 'docker',
            provenAt: '2026-11-23T11:00:00.000Z',
            digest: 'sha256:a',
            upstream: 'newer',
            platforms: { cached: ['linux/amd64'], count: 2 },
          },
        },
      ],
    ]),
  },
  { registry: registry('second'), rulesFreshness: 'never' },
]);
const owner = ownerOf(fakeAzure().azure.cloud, [subscription(1)]);
const text = writeSnapshot(owner, full);

function codeOf(snapshot: string): string {
  const parsed = readSnapshot(snapshot);
  return parsed.ok ? 'accepted' : parsed.problem.code;
}

/** The snapshot with the value at one path of its JSON replaced; undefined removes it. */
function changed(path: string, value: unknown): string {
  const data: unknown = JSON.parse(text);
  const names = path.split('.');
  const parent = names.slice(0, -1).reduce((at: unknown, name): unknown => Reflect.get(Object(at), name), data);
  Object.assign(Object(parent), { [names.at(-1)!]: value });
  return JSON.stringify(data);
}

describe('readSnapshot', () => {
  it('reads what was written, as last known', () => {
    const parsed = readSnapshot(text);
    const registries = [...full.registries.values()].map((entry) =>
      entry.rules ? { ...entry, rulesFreshness: 'snapshot' } : entry,
    );
    expect(parsed).toEqual({
      ok: true,
      value: { owner, subscriptions: [subscription(1)], registries },
    });
  });

  it('writes only named fields', () => {
    const rich = state([
      {
        registry: { ...first, ...{ credential: 'TOP-SECRET' } },
        rules: [{ ...rule(first), ...{ token: 'TOP-SECRET' } }],
        rulesFreshness: 'current',
      },
    ]);
    expect(writeSnapshot(owner, rich)).not.toContain('TOP-SECRET');
  });

  it('does not accept any truncation', () => {
    for (let length = 0; length < text.length; length++) expect(codeOf(text.slice(0, length))).toBe('snapshot.notJson');
  });

  it.each([
    ['another version', changed('version', 1), 'snapshot.version'],
    ['no version', changed('version', undefined), 'snapshot.version'],
    ['a list', '[]', 'snapshot.shape'],
    ['null', 'null', 'snapshot.shape'],
    ['no owner', changed('owner', undefined), 'snapshot.shape'],
    ['a registry that is none', changed('registries.0.registry', null), 'snapshot.shape'],
    ['a field of another type', changed('registries.0.registry.name', 5), 'snapshot.shape'],
    ['an unknown mode', changed('registries.0.registry.roleAssignmentMode', 'Open'), 'snapshot.shape'],
    ['an id of another resource', changed('registries.0.registry.id', rule(first).id), 'snapshot.shape'],
    ['an id that does not fit the name', changed('registries.0.registry.name', 'another'), 'snapshot.shape'],
    ['an id that leaves its path', changed('registries.0.registry.id', `${first.id}/../x`), 'snapshot.shape'],
    ['a login server with a path', changed('registries.0.registry.loginServer', 'evil.example/x'), 'snapshot.shape'],
    ['a rule of another registry', changed('registries.0.rules.0.id', rule(registry('second')).id), 'snapshot.shape'],
    ['rules that are no list', changed('registries.0.rules', {}), 'snapshot.shape'],
    ['more rules than Azure has', changed('registries.0.rules', Array(1001).fill(rule(first))), 'snapshot.shape'],
    ['more registries than anyone has', changed('registries', Array(50_001).fill(0)), 'snapshot.shape'],
    ['a long text', changed('registries.0.registry.location', 'x'.repeat(5000)), 'snapshot.shape'],
    [
      'knowledge of a rule of another registry',
      changed('registries.0.knowledge.0.ruleId', rule(registry('second')).id),
      'snapshot.shape',
    ],
    [
      'a finding of no known kind',
      changed('registries.0.knowledge.0.checkup.findings.0.verdict', 'fine'),
      'snapshot.shape',
    ],
    [
      'more findings than there are checks',
      changed('registries.0.knowledge.0.checkup.findings', Array(101).fill(finding)),
      'snapshot.shape',
    ],
    [
      'a finding without its words',
      changed('registries.0.knowledge.0.checkup.findings.0.reason', undefined),
      'snapshot.shape',
    ],
    ['a diagnosis at no time', changed('registries.0.knowledge.0.checkup.checkedAt', 'yesterday'), 'snapshot.shape'],
    ['a pull at no time', changed('registries.0.knowledge.0.proof.provenAt', 'yesterday'), 'snapshot.shape'],
    ['a pull compared otherwise', changed('registries.0.knowledge.0.proof.upstream', 'older'), 'snapshot.shape'],
    ['less than no platform', changed('registries.0.knowledge.0.proof.platforms.count', -1), 'snapshot.shape'],
    ['deep nesting', '['.repeat(100_000) + ']'.repeat(100_000), 'snapshot.shape'],
    ['a huge text', ' '.repeat(maxSnapshotLength + 1), 'snapshot.tooLong'],
  ])('does not accept %s', (_, snapshot, code) => {
    expect(codeOf(snapshot)).toBe(code);
  });

  it('takes no unknown fields and no prototype from the file', () => {
    const parsed = readSnapshot(
      changed('registries.0.registry.extra', 1).replace('"extra":1', '"__proto__":{"polluted":1},"extra":1'),
    );
    expect(parsed.ok && Object.keys(parsed.value.registries[0]!.registry)).not.toContain('extra');
    expect(parsed.ok && 'polluted' in parsed.value.registries[0]!.registry).toBe(false);
  });

  it('throws on nothing', () => {
    const data: unknown = JSON.parse(text);
    const paths: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (path) paths.push(path.slice(1));
      if (typeof value === 'object' && value !== null) {
        for (const [name, child] of Object.entries(value)) walk(child, `${path}.${name}`);
      }
    };
    walk(data, '');
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const damaged = changed(path, value);
        expect(codeOf(damaged)).toMatch(/^accepted$|^snapshot\./);
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.string(), (arbitrary) => {
        expect(codeOf(arbitrary)).toMatch(/^snapshot\./);
      }),
    );
  });
});

describe('the inventory and its snapshot', () => {
  const lines: string[] = [];
  const create = (file: MemoryFile, snapshotDelayInMs = 5): Inventory =>
    createInventory({ snapshot: file, log: (line) => lines.push(line), snapshotDelayInMs });
  const names = (inventory: Inventory) => [...inventory.state.registries.values()].map((entry) => entry.registry.name);
  beforeEach(() => void lines.splice(0));

  it('shows it before anything is known, and keeps it for the same accounts', async () => {
    const inventory = create(memoryFile(text));
    await inventory.restore();
    expect(names(inventory)).toEqual(['first', 'second']);
    expect(inventory.state).toMatchObject({
      signedIn: 'unknown',
      freshness: 'snapshot',
      cloudName: 'AzureCloud',
      subscriptions: [subscription(1)],
    });
    expect(inventory.entry(first.id)?.rulesFreshness).toBe('snapshot');
    inventory.connect(fakeAzure().azure, true);
    expect(names(inventory)).toEqual(['first', 'second']);
  });

  it.each([
    ['another account', fakeAzure([subscription(1, 'account-2')])],
    ['another cloud', fakeAzure([subscription(1)], 'AzureUSGovernment')],
  ])('never shows it beside a connection of %s', async (_, fake) => {
    const early = create(memoryFile(text));
    await early.restore();
    early.connect(fake.azure, true);
    expect(names(early)).toEqual([]);
    const late = create(memoryFile(text));
    late.connect(fake.azure, true);
    await late.restore();
    expect(names(late)).toEqual([]);
  });

  it('does not show it to someone who signed out', async () => {
    const inventory = create(memoryFile(text));
    inventory.connect(undefined, false);
    await inventory.restore();
    expect(names(inventory)).toEqual([]);
  });

  it('lets a late snapshot add only what is not known yet', async () => {
    const inventory = create(memoryFile(text));
    const fake = fakeAzure();
    inventory.connect(fake.azure, true);
    const refreshed = inventory.refresh();
    fake.lists[0]!.onPage!([{ ...first, sku: 'Basic' }]);
    await inventory.restore();
    expect(inventory.entry(first.id)).toMatchObject({ registry: { sku: 'Basic' }, rulesFreshness: 'snapshot' });
    expect(names(inventory)).toEqual(['first', 'second']);
    expect(inventory.state.freshness).toBe('loading');
    await fake.lists[0]!.answer({ registries: [first], failures: [] });
    await refreshed;
    await inventory.restore();
    expect(names(inventory)).toEqual(['first']);
  });

  it.each([
    ['damaged', text.slice(0, 100)],
    ['of another version', text.replace('"version":2', '"version":99')],
  ])('sets a %s file aside, says so, and works without', async (_, damaged) => {
    const file = memoryFile(damaged);
    const inventory = create(file);
    await inventory.restore();
    expect(names(inventory)).toEqual([]);
    expect(file.aside).toBe(damaged);
    expect(lines).toHaveLength(1);
  });

  it('survives a file that cannot be read or written', async () => {
    const broken = {
      read: () => Promise.reject(new Error('EACCES')),
      write: () => Promise.reject(new Error('ENOSPC')),
    };
    const inventory = createInventory({ snapshot: broken, log: (line) => lines.push(line), snapshotDelayInMs: 0 });
    await inventory.restore();
    const fake = fakeAzure();
    inventory.connect(fake.azure, true);
    const refreshed = inventory.refresh();
    await fake.lists[0]!.answer({ registries: [first], failures: [] });
    await refreshed;
    await inventory.dispose();
    expect(lines.join()).toMatch(/EACCES.*ENOSPC/);
  });

  it('does not write an answer that is not complete', async () => {
    const file = memoryFile();
    const inventory = create(file);
    const fake = fakeAzure();
    inventory.connect(fake.azure, true);
    void inventory.refresh();
    fake.lists[0]!.onPage!([first]);
    await inventory.dispose();
    expect(file.writes).toEqual([]);
  });

  it('writes once for many changes, and restores from it', async () => {
    const file = memoryFile();
    // Longer than the changes may take: the end writes.
    const inventory = create(file, 3_600_000);
    const fake = fakeAzure();
    inventory.connect(fake.azure, true);
    const refreshed = inventory.refresh();
    fake.lists[0]!.onPage!([first]);
    await fake.lists[0]!.answer({ registries: [first, registry('second')], failures: [] });
    await refreshed;
    const loads = [first, registry('second')].map((each) => inventory.loadRules(each.id));
    await settled();
    for (const call of fake.rules) void call.answer([]);
    await Promise.all(loads);
    await inventory.dispose();
    expect(file.writes).toHaveLength(1);
    expect(file.text).not.toContain('TOP-SECRET');
    const next = create(file);
    await next.restore();
    expect(names(next)).toEqual(['first', 'second']);
  });

  it('does not write the last account’s data under the next', async () => {
    const file = memoryFile();
    const inventory = create(file);
    const fake = fakeAzure();
    inventory.connect(fake.azure, true);
    const refreshed = inventory.refresh();
    await fake.lists[0]!.answer({ registries: [first], failures: [] });
    await refreshed;
    inventory.connect(fakeAzure([subscription(1, 'account-2')]).azure, true);
    await inventory.dispose();
    expect(file.writes).toEqual([]);
  });

  it('restores 1,000 registries with 10 rules each, as they were', async () => {
    const entries = Array.from({ length: 1000 }, (_, number) => {
      const each = registry(`registry${number}`);
      return {
        registry: each,
        rules: Array.from({ length: 10 }, (__, index) => rule(each, `rule-${index}`)),
        rulesFreshness: 'current' as const,
      };
    });
    const large = writeSnapshot(owner, state(entries));
    const inventory = create(memoryFile(large));
    await inventory.restore();
    const restored = [...inventory.state.registries.values()];
    expect(restored.map(({ registry, rules }) => [registry, rules])).toEqual(
      entries.map(({ registry, rules }) => [registry, rules]),
    );
  });
});

describe('createSnapshotFile', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapshot-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is absent at first, makes its folder, and gives back what was written', async () => {
    const path = join(folder, 'deep', 'er', 'inventory.json');
    const file = createSnapshotFile(path);
    expect(await file.read()).toBeUndefined();
    await file.setAside?.();
    await file.write('ä1');
    await file.write('ä2');
    expect(await file.read()).toBe('ä2');
    expect(await readdir(join(folder, 'deep', 'er'))).toEqual(['inventory.json']);
    expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it('leaves the old text when writing fails', async () => {
    // So long a name that the temporary file beside it, whose name is longer, cannot be made.
    const path = join(folder, 'x'.repeat(250));
    const file = createSnapshotFile(path);
    await writeFile(path, 'old');
    await expect(file.write('new')).rejects.toThrow();
    expect(await file.read()).toBe('old');
  });

  it('keeps an unreadable file beside', async () => {
    const path = join(folder, 'inventory.json');
    const file = createSnapshotFile(path);
    await file.write('{"version":');
    const inventory = createInventory({ snapshot: file });
    await inventory.restore();
    expect(await readdir(folder)).toEqual(['inventory.json.unreadable']);
    expect(await readFile(`${path}.unreadable`, 'utf8')).toBe('{"version":');
  });

  it.skipIf(process.platform === 'win32')('does not read what is no file', async () => {
    const path = join(folder, 'inventory.json');
    execFileSync('mkfifo', [path]);
    await expect(createSnapshotFile(path).read()).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['inventory.json.unreadable']);
  });

  it('does not read a file of hostile size', async () => {
    const path = join(folder, 'inventory.json');
    await writeFile(path, '');
    await truncate(path, maxSnapshotLength * 4 + 1); // sparse
    const lines: string[] = [];
    await createInventory({ snapshot: createSnapshotFile(path), log: (line) => lines.push(line) }).restore();
    expect(lines).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['inventory.json.unreadable']);
  });
});
