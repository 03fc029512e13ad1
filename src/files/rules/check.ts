import * as l10n from '@vscode/l10n';
import { shown } from '../../common/shown.ts';
import type { LiteralText, RuleFile } from '../types.ts';
import type { DeployedRules, RuleFinding } from './types.ts';
import { checkDefinition } from './checkDefinition.ts';
import { checkTargets } from './checkTargets.ts';

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
    'Azure may not honor a role assignment scoped to a repository ("{0}"). Assign the role on the registry, with a condition (version 2.0) that names the repository.',
    shown(value, 200),
  );
  return { range, code: 'rule.articleScope', message, severity: 'warning' };
}
