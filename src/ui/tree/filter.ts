import type { CacheRule } from '../../domain/types.ts';
import type { RegistryEntry } from '../../inventory/types.ts';

type NamedRule = Pick<CacheRule, 'name' | 'sourceRepository' | 'targetRepository'>;

/** Decides what the filter lets through. Every word must occur somewhere; upper and lower case are the same. */
export interface Filter {
  readonly text: string;
  registry(entry: RegistryEntry, subscriptionName: string): boolean;
  /** Whether the registry is let through by itself, whatever its rules. */
  registryItself(entry: RegistryEntry, subscriptionName: string): boolean;
  /** Whether a rule is shown below a registry that is shown: every one if the registry itself matches. */
  rule(entry: RegistryEntry, subscriptionName: string, rule: NamedRule): boolean;
  /** The rules to show of a registry that is shown. */
  rules(entry: RegistryEntry, subscriptionName: string): readonly CacheRule[];
}

export function createFilter(text: string): Filter {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (...texts: string[]) => {
    const all = texts.join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  };
  const matchesRegistry = ({ registry }: RegistryEntry, subscriptionName: string) =>
    matches(registry.name, registry.loginServer, registry.resourceGroup, registry.location, subscriptionName);
  const matchesRule = ({ registry }: RegistryEntry, rule: NamedRule) =>
    matches(registry.name, rule.name, rule.sourceRepository, rule.targetRepository);
  return {
    text: text.trim(),
    registry: (entry, subscriptionName) =>
      words.length === 0 ||
      matchesRegistry(entry, subscriptionName) ||
      (entry.rules ?? []).some((rule) => matchesRule(entry, rule)),
    registryItself: (entry, subscriptionName) => words.length === 0 || matchesRegistry(entry, subscriptionName),
    rule(entry, subscriptionName, rule) {
      return this.registryItself(entry, subscriptionName) || matchesRule(entry, rule);
    },
    rules(entry, subscriptionName) {
      const rules = entry.rules ?? [];
      if (this.registryItself(entry, subscriptionName)) return rules;
      return rules.filter((rule) => matchesRule(entry, rule));
    },
  };
}
