import * as l10n from '@vscode/l10n';
import { ifReadable } from '../../azure/failures.ts';
import { armIdName } from '../../domain/armId.ts';
import { parseRepositoryPattern, parseSourceRepository, patternContains } from '../../domain/repositoryPattern.ts';
import type { RepositoryPattern } from '../../domain/types.ts';
import { readRules } from '../engine/reads.ts';
import { blocking, type PlanCheck } from './check.ts';

/** The upstream does not itself fetch the source from the downstream's target: such a pull would never end. */
export const cycle: PlanCheck = {
  async beforeWrite({ context, wanted: { downstream, source: upstream, mappings } }) {
    for (const rule of (await ifReadable(() => readRules(context, upstream.id))) ?? []) {
      const from = parseSourceRepository(rule.sourceRepository);
      const to = parseRepositoryPattern(rule.targetRepository);
      if (!from.ok || !to.ok || from.value.loginServer.toLowerCase() !== downstream.loginServer.toLowerCase()) continue;
      if (!mappings.some(({ source, target }) => meet(source, to.value) && meet(target, from.value.pattern))) continue;
      const text = l10n.t(
        '{0} itself caches this repository from {1} by its rule {2}: each would ask the other. Choose another source.',
        armIdName(upstream.id),
        armIdName(downstream.id),
        rule.name,
      );
      return [blocking('cycle', text)];
    }
    return [];
  },
};

function meet(a: RepositoryPattern, b: RepositoryPattern): boolean {
  return patternContains(a, b) || patternContains(b, a);
}
