import { type RuleIndex, indexMappings, readMapping } from '../domain/ruleMatching.ts';
import { createSourceIndex, type SourceIndex } from '../domain/sourceIndex.ts';
import type { CacheRule } from '../domain/types.ts';
import { createNameIndex, type NameIndex } from './meantNames.ts';

/** The rules of one registry, indexed for whatever a reference may ask. */
export interface RegistryRules {
  readonly targets: RuleIndex;
  readonly sources: SourceIndex;
  readonly names: NameIndex;
}

const known = new WeakMap<readonly CacheRule[], RegistryRules>();

/** Made once per list of rules: the inventory replaces a list when it changes, and keeps it otherwise. */
export function rulesIndex(rules: readonly CacheRule[]): RegistryRules {
  let index = known.get(rules);
  if (!index) known.set(rules, (index = createIndex(rules)));
  return index;
}

function createIndex(rules: readonly CacheRule[]): RegistryRules {
  const mappings = rules.flatMap((rule) => readMapping(rule) ?? []);
  const targets = indexMappings(mappings);
  let names: NameIndex | undefined;
  return {
    targets,
    sources: createSourceIndex(mappings, targets),
    // Only names that nothing serves need it.
    get names() {
      names ??= createNameIndex(mappings, targets);
      return names;
    },
  };
}
