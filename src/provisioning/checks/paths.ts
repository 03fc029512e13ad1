import * as l10n from '@vscode/l10n';
import {
  formatRepositoryPattern,
  parseRepositoryPattern,
  parseSourceRepository,
} from '../../domain/repositoryPattern.ts';
import { ok, problem, type RuleCheck } from './check.ts';

/** Both paths are paths, and both name one repository or both a wildcard. */
export const paths: RuleCheck = {
  id: 'paths',
  title: () => l10n.t('Paths of the cache rule'),
  pull: 'dependsOn',
  async run(facts) {
    const rule = await facts.rule();
    const evidence = [{ text: `${rule.sourceRepository} ⇒ ${rule.targetRepository}`, resourceId: rule.id }];
    const next = l10n.t('Paths cannot be changed: replace the rule by one with the right paths.');
    const source = parseSourceRepository(rule.sourceRepository);
    if (!source.ok) return problem('sourceNotPath', l10n.t('Source: {0}', source.problem.message), next, { evidence });
    const target = parseRepositoryPattern(rule.targetRepository);
    if (!target.ok) return problem('targetNotPath', l10n.t('Target: {0}', target.problem.message), next, { evidence });
    const { pattern, loginServer } = source.value;
    if ((pattern.kind === 'repository') !== (target.value.kind === 'repository')) {
      return problem('wildcardMixed', l10n.t('A wildcard can only be mapped to a wildcard.'), next, { evidence });
    }
    const from = `${loginServer}/${formatRepositoryPattern(pattern)}`;
    return ok(
      'pathsValid',
      pattern.kind === 'repository'
        ? l10n.t('Maps only the repository {0}, without what is below it.', from)
        : l10n.t('Maps everything that matches {0}.', from),
      evidence,
    );
  },
};
