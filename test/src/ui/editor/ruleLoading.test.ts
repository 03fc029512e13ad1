import { describe, expect, it } from 'vitest';
import { AzureError } from '../../../../src/azure/errors.ts';
import type { Registry } from '../../../../src/domain/types.ts';
import { createInventory } from '../../../../src/inventory/inventory.ts';
import { createResolver } from '../../../../src/inventory/resolution.ts';
import { createObservations } from '../../../../src/inventory/observations.ts';
import { createRuleLoading, maxRegistries } from '../../../../src/ui/editor/ruleLoading.lazy.ts';
import type { Inspection } from '../../../../src/ui/editor/types.ts';
import type { Services } from '../../../../src/ui/services/services.ts';
import { fakeAzure, memoryFile, registry, rule, settled } from '../../inventory/fakeAzure.ts';

type Loading = Parameters<typeof createRuleLoading>[0];

/** A document that pulls from these hosts. */
function document(...hosts: readonly string[]): Pick<Inspection, 'references' | 'ruleFile'> {
  return {
    references: hosts.map((host) => ({ resolution: { image: { host } } })) as unknown as Inspection['references'],
    ruleFile: { rules: [], articleScopes: [] },
  };
}

/** Registries known before (as from a snapshot), and a connection that begins when asked to. */
async function setUp(registries: readonly Registry[]) {
  const inventory = createInventory({ snapshot: memoryFile() });
  const fake = fakeAzure();
  let starts = 0;
  const connect = async (): Promise<void> => {
    inventory.connect(fake.azure, true);
    const refreshing = inventory.refresh({ force: true });
    await fake.lists.at(-1)?.answer({ registries: [...registries], failures: [] });
    await refreshing;
  };
  await connect();
  let started: Promise<void> | undefined;
  const services: Loading = {
    inventory,
    connection: {
      start: () => {
        starts++;
        return (started ??= Promise.resolve());
      },
    } as Services['connection'],
    log: { warn: (line: string) => expect.unreachable(line) } as unknown as Services['log'],
  };
  const asked = () => fake.rules.map(({ argument }) => argument.split('/').at(-1));
  return { services, inventory, fake, asked, connect, starts: () => starts };
}

describe('rule loading', () => {
  it('asks nothing before a document has references, nor for who never signed in', async () => {
    const known = await setUp([registry('one')]);
    const loading = createRuleLoading(known.services);
    loading.shown(document());
    await settled();
    expect([known.starts(), known.asked()]).toEqual([0, []]);

    const inventory = createInventory({ snapshot: memoryFile() });
    createRuleLoading({ ...known.services, inventory }).shown(document('one.example'));
    inventory.connect(undefined, false);
    await settled();
    expect(known.starts()).toBe(0);
  });

  it('begins with the registries that a document names or that cache what it names', async () => {
    const registries = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => registry(name));
    const { services, inventory, fake, asked, connect } = await setUp(registries);
    const loadingOne = inventory.loadRules(registries[4]!.id);
    await fake.rules[0]?.answer([rule(registries[4]!)]);
    await loadingOne;
    await connect(); // the rules of `e` are old now
    fake.rules.length = 0;
    createRuleLoading(services).shown(document('f.example', 'upstreamregistry.example'));
    await settled();
    expect(asked()).toEqual(['e', 'f', 'a', 'b']);
    await fake.rules[0]?.answer([]);
    await settled();
    expect(asked()).toEqual(['e', 'f', 'a', 'b', 'c']);
  });

  it('asks a registry that failed again only after another connection', async () => {
    const { services, inventory, fake, asked, connect } = await setUp([registry('one')]);
    const loading = createRuleLoading(services);
    loading.shown(document('one.example'));
    await settled();
    await fake.rules[0]?.fail(new AzureError('no', { kind: 'forbidden', code: 'X' }));
    await settled();
    expect(inventory.entry(registry('one').id)?.rulesFreshness).toBe('failed');
    loading.shown(document('one.example'));
    await settled();
    expect(asked()).toEqual(['one']);
    await connect();
    await settled();
    expect(asked()).toEqual(['one', 'one']);
    loading.dispose();
    await connect();
    await settled();
    expect(asked()).toEqual(['one', 'one']);
  });

  it('asks for what a document names, however many others there are, and for a bounded number', async () => {
    const registries = Array.from({ length: maxRegistries + 20 }, (_, number) => registry(`registry${number}`));
    const { services, fake, asked } = await setUp(registries);
    createRuleLoading(services).shown(document(`registry${maxRegistries + 10}.example`, 'unknown.example'));
    for (let number = 0; number < registries.length; number++) {
      await settled();
      await fake.rules[number]?.answer([]);
    }
    await settled();
    expect(asked()).toHaveLength(maxRegistries);
    expect(asked()[0]).toBe(`registry${maxRegistries + 10}`);
  });

  it('what a file names only orders: ids are the inventory’s', async () => {
    const { services, fake } = await setUp([registry('one')]);
    createRuleLoading(services).shown(document('evil.example', 'one.example'));
    await settled();
    expect(fake.rules.map(({ argument }) => argument)).toEqual([registry('one').id]);
    const resolver = createResolver(services.inventory.state, createObservations());
    expect(resolver.knowsHost('evil.example')).toBe(false);
  });
});
