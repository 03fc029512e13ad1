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
    'Nothing shows that Azure honours a role assignment at one repository ("{0}"): Microsoft\'s ACR-to-ACR article has this form, its ABAC article says to assign at the registry. Use the registry as scope, and name the repository in a condition (version 2.0).',
    shown(value, 200),
  );
  return { range, code: 'rule.articleScope', message, severity: 'warning' };
}
