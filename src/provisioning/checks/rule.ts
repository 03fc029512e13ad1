import { evidenceOfRule } from '../engine/inspection.ts';
import * as l10n from '@vscode/l10n';
import { ifReadable, undefinedIf } from '../../azure/failures.ts';
import { shown } from '../../common/shown.ts';
import { armIdName } from '../../domain/armId.ts';
import {
  formatRepositoryPattern,
  parseRepositoryPattern,
  parseSourceRepository,
  patternContains,
  samePattern,
} from '../../domain/repositoryPattern.ts';
import { findTargetConflict } from '../../domain/ruleConflicts.ts';
import { mapTargetToSource } from '../../domain/ruleMatching.ts';
import type { CacheRule, RepositoryPattern, SourceRepository } from '../../domain/types.ts';
import { cacheRule } from '../requirements/cacheRule.ts';
import type { Repair } from '../types.ts';
import { blocking, notApplicable, ok, problem, type PlanCheck, type RuleCheck, warning } from './check.ts';
import type { RuleFacts } from './facts.ts';
import { readRuleLink } from './repairs.ts';

export const ruleState: RuleCheck = {
  id: 'ruleState',
  title: () => l10n.t('Cache rule state'),
  pull: 'dependsOn',
  needs: () => 'Microsoft.ContainerRegistry/registries/cacheRules/read',
  async run(facts) {
    const name = armIdName(facts.ruleId);
    const rule = await undefinedIf(['notFound'], facts.rule());
    if (!rule) {
      return problem(
        'ruleGone',
        l10n.t('Cache rule {0} no longer exists.', name),
        l10n.t('Refresh the view, or set up the cache again.'),
      );
    }
    const state = rule.provisioningState ?? 'Succeeded';
    const versions = facts.context.azure.cacheRules.serviceVersions(facts.registryId);
    const evidence = [
      { text: `${rule.sourceRepository} ⇒ ${rule.targetRepository} (${state})`, resourceId: rule.id },
      ...(versions
        ? [{ text: l10n.t('The registry service in this cloud supports the API versions {0}.', versions.join(', ')) }]
        : []),
    ];
    if (state === 'Succeeded') return ok('ruleInPlace', l10n.t('Cache rule {0} is ready.', name), evidence);
    if (state === 'Failed' || state === 'Canceled') {
      const repair = await writeAgain(facts, rule);
      return problem(
        'ruleFailed',
        l10n.t('The last change to cache rule {0} ended as {1}.', name, state),
        repair
          ? l10n.t('Write the rule again.')
          : l10n.t(
              'Delete the rule and create it again. If it fails again, give Microsoft support the correlation ID.',
            ),
        { evidence, repair },
      );
    }
    return warning(
      'ruleChanging',
      l10n.t('Cache rule {0} is in state {1}.', name, state),
      l10n.t('Wait a minute, then diagnose again.'),
      { evidence },
    );
  },
};

async function writeAgain(facts: RuleFacts, rule: CacheRule): Promise<Repair | undefined> {
  const found = await readRuleLink(facts);
  return (
    found && {
      id: 'writeRuleAgain',
      link: found.link,
      title: () => l10n.t('Write cache rule {0} again', rule.name),
      // The target may hold what the rule has cached before.
      once: (link) => [{ ...cacheRule(link, found.mapping), resolvesFindings: ['targetExists', 'ruleLimit'] }],
    }
  );
}

/** Both paths are paths, and both name one repository or both a wildcard. */
export const paths: RuleCheck = {
  id: 'paths',
  title: () => l10n.t('Paths of the cache rule'),
  pull: 'dependsOn',
  async run(facts) {
    const rule = await facts.rule();
    const evidence = [{ text: `${rule.sourceRepository} ⇒ ${rule.targetRepository}`, resourceId: rule.id }];
    const next = l10n.t('Paths cannot be changed. Replace the rule with one that has the right paths.');
    const source = parseSourceRepository(rule.sourceRepository);
    if (!source.ok) return problem('sourceNotPath', l10n.t('Source: {0}', source.problem.message), next, { evidence });
    const target = parseRepositoryPattern(rule.targetRepository);
    if (!target.ok) return problem('targetNotPath', l10n.t('Target: {0}', target.problem.message), next, { evidence });
    const { pattern, loginServer } = source.value;
    if ((pattern.kind === 'repository') !== (target.value.kind === 'repository')) {
      return problem('wildcardMixed', l10n.t('A wildcard can be mapped only to a wildcard.'), next, { evidence });
    }
    const from = `${loginServer}/${formatRepositoryPattern(pattern)}`;
    return ok(
      'pathsValid',
      pattern.kind === 'repository'
        ? l10n.t('Maps only repository {0}, not those below it.', from)
        : l10n.t('Maps everything that matches {0}.', from),
      evidence,
    );
  },
};

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
      return notApplicable('pathsUnreadable', l10n.t("The rule's source or target is not a valid repository path."));
    const others = (await facts.rules()).filter((other) => other.id !== rule.id);
    const conflict = findTargetConflict(target.value, others);
    if (conflict) {
      const evidence = [evidenceOfRule(conflict.rule)];
      return problem(
        'targetTwice',
        l10n.t(
          'Cache rule {0} also serves the target {1}. Which of the two Azure uses is not documented.',
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
          "More specific rules fetch some of this rule's repositories from elsewhere: {0}.",
          diverting.map(({ targetRepository }) => shown(targetRepository)).join(', '),
        ),
        l10n.t('If that is not intended, delete the more specific rule.'),
        { evidence: diverting.map(evidenceOfRule) },
      );
    }
    return ok(
      'targetAlone',
      inside.length > 0
        ? l10n.t('More specific rules repeat this one for some repositories, which makes no difference.')
        : l10n.t('No other rule of the registry has the target {0}.', formatRepositoryPattern(target.value)),
      inside.map(evidenceOfRule),
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

/** Microsoft, artifact cache overview: at most 1,000 rules per registry. */
const maxRules = 1000;

export const ruleCount: RuleCheck & PlanCheck = {
  id: 'ruleCount',
  title: () => l10n.t('Number of cache rules'),
  pull: 'independent',
  needs: () => 'Microsoft.ContainerRegistry/registries/cacheRules/read',
  async run(facts) {
    const { length } = await facts.rules();
    const text = l10n.t('{0} has {1} of {2} possible cache rules.', armIdName(facts.registryId), length, maxRules);
    return length < maxRules
      ? ok('rulesFit', text)
      : warning('ruleLimit', text, l10n.t('No more rules can be created. Use wildcards, or delete rules.'));
  },
  async beforeWrite({ registryId, rules, rulesToWrite }) {
    const [{ length } = [], more] = await Promise.all([ifReadable(rules), rulesToWrite()]);
    if (more === 0 || length + more <= maxRules) return [];
    const text = l10n.t(
      '{0} has no room for all cache rules. It has {1} of {2} possible ones, and {3} more are wanted. Delete unneeded rules, or use a wildcard.',
      armIdName(registryId),
      length,
      maxRules,
      more,
    );
    return [blocking('ruleLimit', text)];
  },
};
