import * as l10n from '@vscode/l10n';
import {
  formatRepositoryPattern,
  parseRepositoryPattern,
  parseSourceRepository,
  patternContains,
  samePattern,
} from '../../domain/repositoryPattern.ts';
import { findTargetConflict } from '../../domain/ruleConflicts.ts';
import { mapTargetToSource } from '../../domain/ruleMatching.ts';
import { shown } from '../../common/shown.ts';
import type { CacheRule, RepositoryPattern, SourceRepository } from '../../domain/types.ts';
import { notApplicable, ok, problem, warning, type RuleCheck } from './check.ts';

/**
 * No other rule of the registry takes this rule's repositories: same target or overlapping wildcards (which Azure refuses to
 * create), or a more specific rule that fetches them from elsewhere.
 */
export const overlaps: RuleCheck = {
  id: 'overlaps',
  title: () => l10n.t('Other cache rules for the same target'),
  pull: 'dependsOn',
  needs: () => 'Microsoft.ContainerRegistry/registries/cacheRules/read',
  async run(facts) {
    const rule = await facts.rule();
    const target = parseRepositoryPattern(rule.targetRepository);
    const source = parseSourceRepository(rule.sourceRepository);
    if (!target.ok || !source.ok)
      return notApplicable('pathsUnreadable', l10n.t('The paths of the rule are no paths.'));
    const others = (await facts.rules()).filter((other) => other.id !== rule.id);
    const conflict = findTargetConflict(target.value, others);
    if (conflict) {
      const evidence = [evidenceOf(conflict.rule)];
      return problem(
        'targetTwice',
        l10n.t(
          'The cache rule {0} serves the target {1} too; which of the two is used is not documented.',
          shown(conflict.rule.name),
          shown(conflict.rule.targetRepository),
        ),
        l10n.t('Delete one of the two rules.'),
        { evidence },
      );
    }
    const inside = others.filter((other) => {
      const theirs = parseRepositoryPattern(other.targetRepository);
      return theirs.ok && !samePattern(theirs.value, target.value) && patternContains(target.value, theirs.value);
    });
    const diverting = inside.filter((other) => !isSameMapping(other, source.value, target.value));
    if (diverting.length > 0) {
      return warning(
        'targetDiverted',
        l10n.t(
          'More specific rules take some repositories of this one and fetch them from elsewhere: {0}.',
          diverting.map(({ targetRepository }) => shown(targetRepository)).join(', '),
        ),
        l10n.t('If that is not meant, delete the more specific rule.'),
        { evidence: diverting.map(evidenceOf) },
      );
    }
    return ok(
      'targetAlone',
      inside.length > 0
        ? l10n.t('More specific rules repeat this one for some repositories, which changes nothing.')
        : l10n.t('No other rule of the registry takes the target {0}.', formatRepositoryPattern(target.value)),
      inside.map(evidenceOf),
    );
  },
};

/** Whether a more specific rule fetches its one repository from where the wildcard would. */
function isSameMapping(other: CacheRule, source: SourceRepository, target: RepositoryPattern): boolean {
  const theirs = parseSourceRepository(other.sourceRepository);
  if (!theirs.ok || theirs.value.pattern.kind !== 'repository') return false;
  const mapped = mapTargetToSource({ source: source.pattern, target }, other.targetRepository);
  return theirs.value.loginServer === source.loginServer && theirs.value.pattern.repository === mapped;
}

function evidenceOf(rule: CacheRule): { text: string; resourceId: string } {
  return { text: `${rule.name}: ${rule.sourceRepository} ⇒ ${rule.targetRepository}`, resourceId: rule.id };
}
