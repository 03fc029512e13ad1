import * as l10n from '@vscode/l10n';
import { mapBounded } from '../../common/mapBounded.ts';
import { ifReadable, orError } from '../../azure/failures.ts';
import { armIdName } from '../../domain/armId.ts';
import {
  formatRepositoryPattern,
  parseRepositoryPattern,
  parseSourceRepository,
  patternContains,
} from '../../domain/repositoryPattern.ts';
import type { RepositoryPattern } from '../../domain/types.ts';
import { explainFailure } from '../engine/failureAdvice.ts';
import { readPermissions, readRepositoriesWithin, readRules } from '../engine/reads.ts';
import type { Finding, RepositoryMapping, Right, WalkContext } from '../types.ts';
import { blocking, caution, type PlanCheck } from './check.ts';
import type { Inspections } from './facts.ts';

/** The upstream does not itself fetch the source from the downstream's target: such a pull would never end. */
export const cycle: PlanCheck = {
  async beforeWrite({ context, wanted: { downstream, source: upstream, mappings } }) {
    for (const rule of (await ifReadable(() => readRules(context, upstream.id))) ?? []) {
      const from = parseSourceRepository(rule.sourceRepository);
      const to = parseRepositoryPattern(rule.targetRepository);
      if (!from.ok || !to.ok || from.value.loginServer.toLowerCase() !== downstream.loginServer.toLowerCase()) continue;
      if (!mappings.some(({ source, target }) => meet(source, to.value) && meet(target, from.value.pattern))) continue;
      const text = l10n.t(
        '{0} caches it from {1}. Each registry would ask the other, because of cache rule {2}. Choose another source.',
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

/**
 * The targets hold nothing yet: Azure refuses a rule over an existing repository (`TargetRepositoryAlreadyPresentInRegistry`,
 * `TargetRepositoryPrefixMatchesExistingRegistries`). Only for rules that are to be created, not for one that is written again.
 */
export const targetFree: PlanCheck = {
  async beforeWrite({ context, wanted: { downstream, mappings }, inspections }) {
    const findings = await mapBounded(mappings, 8, async (mapping): Promise<Finding[]> => {
      const rule = inspections.find(({ requirement }) => requirement.id === `cacheRule:${mapping.ruleName}`);
      // Both at once: the answer is dropped when the rule exists already.
      const [inspection, found] = await Promise.all([rule?.inspection, checkTarget(context, downstream.id, mapping)]);
      return inspection?.verdict === 'missing' && inspection.resourceId === undefined ? found : [];
    });
    return findings.flat();
  },
};

/** What keeps Azure from taking a new rule for the mapping's target, or why that is not known. */
export async function checkTarget(
  context: WalkContext,
  registryId: string,
  mapping: RepositoryMapping,
): Promise<Finding[]> {
  const name = armIdName(registryId);
  const target = formatRepositoryPattern(mapping.target);
  const found = await orError(readRepositoriesWithin(context, registryId, mapping.target));
  if (found instanceof Error) {
    const text = l10n.t('Could not check whether {0} exists in {1}. {2}', target, name, explainFailure(found));
    return [caution('targetUnknown', text, 'unknown')];
  }
  const [existing] = found.names;
  if (existing === undefined && found.isCut) {
    const text = l10n.t(
      'Could not check all of the many repositories in {0}. If any matches {1}, Azure refuses the rule.',
      name,
      target,
    );
    return [caution('targetUnknown', text, 'unknown')];
  }
  if (existing === undefined) return [];
  const text =
    mapping.target.kind === 'repository'
      ? l10n.t(
          '{0} already has a repository {1}. Azure refuses a cache rule for it: choose another target, such as cache/{1}, or delete the repository.',
          name,
          existing,
        )
      : l10n.t(
          '{0} already has repositories like {1}. Azure refuses a cache rule for them, such as {2}. Choose another prefix.',
          name,
          target,
          existing,
        );
  return [blocking('targetExists', text)];
}

/** The signed-in user may do every write that the plan holds; asked only for what is missing. */
export async function checkRights(context: WalkContext, inspections: Inspections): Promise<Finding[]> {
  const findings = inspections.map(async ({ requirement: { rights, isOptional }, inspection }) => {
    if ((await inspection).verdict !== 'missing') return [];
    return Promise.all(rights.map((right) => checkRight(context, right, isOptional ?? right.isUncertain ?? false)));
  });
  const found = (await Promise.all(findings)).flat().filter((finding) => finding !== undefined);
  return [...new Map(found.map((finding) => [finding.reason, finding])).values()];
}

async function checkRight(
  context: WalkContext,
  { scope, action, advice }: Right,
  isOnlyWarning: boolean,
): Promise<Finding | undefined> {
  const permissions = await ifReadable(() => readPermissions(context, scope));
  const permission = permissions?.(action);
  const where = armIdName(scope);
  const stands = isOnlyWarning ? caution : blocking;
  switch (permission?.state) {
    case undefined: {
      const text = l10n.t('Your permissions on {1} could not be read. You need {0}.', action, where);
      return caution('rightUnknown', text, 'unknown');
    }
    case 'allowed':
      return undefined;
    case 'missing':
      return stands('right', l10n.t('You lack a permission on {1}. You need {0}. {2}', action, where, advice));
    case 'denied': {
      const text = l10n.t(
        'Deny assignment "{0}" blocks you on {2}. It denies {1}, whatever your roles are. Ask whoever manages the resource.',
        permission.deniedBy,
        action,
        where,
      );
      return stands('rightDenied', text);
    }
    case 'unknown': {
      const { deniedBy } = permission;
      if (deniedBy === undefined) {
        // One sentence for the whole plan: few roles below Reader let them be read.
        const text = l10n.t('Could not check whether a deny assignment blocks a step.');
        return caution('denialsUnread', text, 'unknown');
      }
      const text = l10n.t('Deny assignment "{0}" may block you on {2}. It may deny {1}.', deniedBy, action, where);
      return caution('denialUnknown', text, 'unknown');
    }
  }
}
