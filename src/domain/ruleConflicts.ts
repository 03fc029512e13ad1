import * as l10n from '@vscode/l10n';
import type { Problem } from './parsed.ts';
import { formatRepositoryPattern, parseRepositoryPattern, patternContains, samePattern } from './repositoryPattern.ts';
import { shown } from '../common/shown.ts';
import type { CacheRule, RepositoryPattern } from './types.ts';

/**
 * The rule that keeps a new rule with this target from being created (wildcards-artifact-cache.md): the same target, or two
 * wildcards of which one contains the other. A static target inside a wildcard is allowed, and wins over it.
 */
export function findTargetConflict(
  target: RepositoryPattern,
  rules: readonly CacheRule[],
): { rule: CacheRule; problem: Problem } | undefined {
  for (const rule of rules) {
    const parsed = parseRepositoryPattern(rule.targetRepository);
    if (!parsed.ok) continue;
    const existing = parsed.value;
    if (samePattern(existing, target)) {
      const message = l10n.t(
        'Cache rule "{0}" already serves "{1}". Choose another target, or delete that rule first.',
        shown(rule.name),
        shown(rule.targetRepository),
      );
      return { rule, problem: { code: 'rule.sameTarget', message } };
    }
    if (existing.kind === 'repository' || target.kind === 'repository') continue;
    if (patternContains(existing, target) || patternContains(target, existing)) {
      const message = l10n.t(
        'The target "{0}" overlaps with "{1}". Choose another prefix, or delete cache rule "{2}" first.',
        formatRepositoryPattern(target),
        shown(rule.targetRepository),
        shown(rule.name),
      );
      return { rule, problem: { code: 'rule.wildcardOverlap', message } };
    }
  }
  return undefined;
}
