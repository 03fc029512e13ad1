import * as l10n from '@vscode/l10n';
import { armIdName } from '../../../domain/armId.ts';
import { readPermissions } from '../../engine/reads.ts';
import type { Finding, Requirement, WalkContext } from '../../types.ts';
import { blocking, ifReadable, warning, type Inspections } from './findings.ts';

/** The signed-in user may do every write that the plan holds; asked only for what is missing. */
export async function checkRights(context: WalkContext, inspections: Inspections): Promise<Finding[]> {
  const findings = await Promise.all(
    inspections.map(async ({ requirement, inspection }) =>
      (await inspection).verdict === 'missing' ? checkRequirement(context, requirement) : [],
    ),
  );
  return [...new Map(findings.flat().map((finding) => [finding.message, finding])).values()];
}

async function checkRequirement(context: WalkContext, { rights, isOptional }: Requirement): Promise<Finding[]> {
  const findings = await Promise.all(
    rights.map(async ({ scope, action, advice, isUncertain }): Promise<Finding[]> => {
      const permissions = await ifReadable(() => readPermissions(context, scope));
      const isAllowed = permissions?.(action);
      if (isAllowed === true) return [];
      const where = armIdName(scope);
      if (isAllowed === undefined) {
        const message = l10n.t('Whether you may do {0} at {1} could not be checked.', action, where);
        return [warning('rightUnknown', message, scope)];
      }
      const message = l10n.t('You may not do {0} at {1}. {2}', action, where, advice);
      return [isUncertain || isOptional ? warning('right', message, scope) : blocking('right', message, scope)];
    }),
  );
  return findings.flat();
}
