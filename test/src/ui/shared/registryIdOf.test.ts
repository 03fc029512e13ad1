import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registryIdOf, repositoryRowOf } from '../../../../src/ui/shared/registryIdOf.ts';

const id =
  '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/MyGroup/providers/Microsoft.ContainerRegistry/registries/MyRegistry';

describe('registryIdOf', () => {
  it.each<[string, unknown]>([
    ['our own row', { kind: 'registry', registryId: id }],
    ['a plain object', { id }],
    [
      'Azure Resources',
      { id: `/some/tree${id}`, resource: { id, name: 'MyRegistry', subscription: { subscriptionId: '1' } } },
    ],
    ['Container Tools', { provider: {}, wrappedItem: { registryProperties: { id }, label: 'MyRegistry' }, parent: {} }],
    ['a repository of Container Tools', { wrappedItem: { label: 'a', parent: { registryProperties: { id } } } }],
    ['a tag of Container Tools', { wrappedItem: { parent: { label: 'a', parent: { registryProperties: { id } } } } }],
    ['other casing', { id: id.toUpperCase() }],
  ])('takes the id from %s', (_name, node) => {
    expect(registryIdOf(node)?.toLowerCase()).toBe(id.toLowerCase());
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a string', id],
    ['an array', [{ id }]],
    ['another type of resource', { resource: { id: id.replace('registries', 'webhooks') } }],
    ['another provider', { resource: { id: id.replace('ContainerRegistry', 'Storage') } }],
    ['a resource group', { resource: { id: id.split('/providers')[0] } }],
    ['a cache rule', { resource: { id: `${id}/cacheRules/MyRule` } }],
    ['an extension resource', { id: `${id}/providers/Microsoft.ContainerRegistry/registries/x` }],
    ['a way out of the path', { resource: { id: `${id}/../other` } }],
    ['a query', { resource: { id: `${id}?api-version=1` } }],
    ['an endless id', { resource: { id: id + 'a'.repeat(100_000) } }],
    ['no text', { resource: { id: { toString: () => id } } }],
    ['a function', () => id],
  ])('is undefined for %s', (_name, node) => {
    expect(registryIdOf(node)).toBeUndefined();
  });

  it('survives properties and proxies that throw', () => {
    const throws = (): never => {
      throw new Error('hostile');
    };
    expect(registryIdOf(Object.defineProperty({}, 'resource', { get: throws }))).toBeUndefined();
    expect(registryIdOf(new Proxy({}, { get: throws, has: throws, getPrototypeOf: throws }))).toBeUndefined();
    expect(registryIdOf({ resource: new Proxy({}, { get: throws }), id })).toBe(id);
  });

  it('gives a registry’s id or undefined, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 4, withNullPrototype: true }), (node) => {
        expect(registryIdOf(node)).toBeUndefined();
      }),
    );
    const leaf = fc.oneof(fc.constant(id), fc.string(), fc.constant(undefined));
    const node = fc.record(
      {
        id: leaf,
        resource: fc.record({ id: leaf }),
        wrappedItem: fc.record({ registryProperties: fc.record({ id: leaf }) }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(node, (one) => {
        expect([id, undefined]).toContain(registryIdOf(one));
      }),
    );
  });
});

describe('repositoryRowOf', () => {
  const registry = { label: 'MyRegistry', registryProperties: { id } };
  const repository = { label: 'team/app', parent: registry };

  it.each<[string, unknown]>([
    ['a repository', { wrappedItem: repository }],
    ['a tag', { wrappedItem: { label: 'latest', parent: repository } }],
  ])('reads %s', (_name, node) => {
    expect(repositoryRowOf(node)).toEqual({ registryId: id, repository: 'team/app' });
  });

  it.each<[string, unknown]>([
    ['a registry', { wrappedItem: registry }],
    ['a row of Azure Resources', { resource: { id } }],
    ['a name that is none', { wrappedItem: { label: '../up', parent: registry } }],
    ['another type of resource', { wrappedItem: { label: 'a', parent: { registryProperties: { id: `${id}/x/y` } } } }],
    ['a name that is no text', { wrappedItem: { label: 5, parent: registry } }],
  ])('is undefined for %s', (_name, node) => {
    expect(repositoryRowOf(node)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.anything({ maxDepth: 4, withNullPrototype: true }), (node) => {
        expect(repositoryRowOf(node)).toBeUndefined();
      }),
    );
  });
});
