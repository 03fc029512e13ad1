import { describe, expect, it } from 'vitest';
import type { RegistryEntry } from '../../../../src/inventory/types.ts';
import { createFilter } from '../../../../src/ui/tree/filter.ts';
import { registry, rule } from '../../../samples.ts';

const myRegistry = registry('myregistry');
const app = rule('AppRule', 'upstream.example/myapp', 'myapp');
const team = rule('TeamRule', 'upstream.example/team/*', 'mirror/*');
const entry: RegistryEntry = { registry: myRegistry, rules: [app, team], rulesFreshness: 'current' };

describe('filter', () => {
  it('without words lets everything through', () => {
    expect(createFilter('  ').registry(entry, 'Sub')).toBe(true);
    expect(createFilter('').rules(entry, 'Sub')).toEqual([app, team]);
  });

  it.each(['MYREG', 'myresource', 'westeurope', 'sub one', 'one myreg'])(
    'finds the registry by %s, with all its rules',
    (text) => {
      expect(createFilter(text).registry(entry, 'Sub One')).toBe(true);
      expect(createFilter(text).rules(entry, 'Sub One')).toEqual([app, team]);
    },
  );

  it('finds a registry by a loaded rule, and shows only that rule', () => {
    const filter = createFilter('team');
    expect(filter.registry(entry, 'Sub')).toBe(true);
    expect(filter.rules(entry, 'Sub')).toEqual([team]);
  });

  it('needs every word', () => {
    expect(createFilter('myregistry nothing').registry(entry, 'Sub')).toBe(false);
  });

  it('takes rules that are not loaded as no match', () => {
    expect(createFilter('team').registry({ registry: myRegistry, rulesFreshness: 'never' }, 'Sub')).toBe(false);
  });
});
