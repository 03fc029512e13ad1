import type { CacheRule, Registry } from '../../domain/types.ts';
import type { TextRange } from '../types.ts';

/** Something about the cache rules of a file that will not work, or not as meant. */
export interface RuleFinding {
  readonly range: TextRange;
  /** Stable, for tests and as the diagnostic's code: `rule.sameTarget`, `rule.wildcardOverlap`, `rule.noIdentity`, … */
  readonly code: string;
  /** Localized: what, and what to do. */
  readonly message: string;
  readonly severity: 'error' | 'warning' | 'information';
  /** Where the other side of it is written. */
  readonly related?: { readonly range: TextRange; readonly message: string };
}

/** What is deployed, as far as it is known. */
export interface DeployedRules {
  /** Rules of the registry of this name (resource name, any casing); undefined: not known. */
  rulesOf(registryName: string): readonly CacheRule[] | undefined;
  /** The registry of Azure with this login server. */
  registryOf(loginServer: string): Registry | undefined;
  /** Whether a login server ends as those of the known registries do, so must be a registry of Azure although it is not known itself. */
  looksLikeRegistry?(loginServer: string): boolean;
}
