import * as l10n from '@vscode/l10n';
import { shown } from '../../common/shown.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import type { LiteralText, RuleFile, TextRange } from '../types.ts';
import { checkDefinition } from './checkDefinition.ts';
import { checkTargets } from './checkTargets.ts';

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

/**
 * Checks the definitions of a file against each other, against the service's documented limits, and against what is deployed.
 * In the order of the text. What is not a literal is not checked.
 */
export function checkRuleFile(file: RuleFile, deployed: DeployedRules): readonly RuleFinding[] {
  return [
    ...file.rules.flatMap((rule) => checkDefinition(rule, deployed)),
    ...checkTargets(file.rules, deployed),
    ...file.articleScopes.map(articleScopeFinding),
  ].sort((a, b) => a.range.start - b.range.start);
}

/** docs/decisions/0003-role-at-registry-scope-with-condition.md */
function articleScopeFinding({ range, value }: LiteralText): RuleFinding {
  const message = l10n.t(
    'Nothing shows that Azure honours a role assignment at one repository ("{0}"): Microsoft\'s ACR-to-ACR article has this form, its ABAC article says to assign at the registry. Use the registry as scope, and name the repository in a condition (version 2.0).',
    shown(value, 200),
  );
  return { range, code: 'rule.articleScope', message, severity: 'warning' };
}
