import * as l10n from '@vscode/l10n';
import { ifReadable } from '../../azure/failures.ts';
import { armIdName } from '../../domain/armId.ts';
import { readPermissions } from '../engine/reads.ts';
import type { Finding, Right, WalkContext } from '../types.ts';
import { blocking, caution } from './check.ts';
import type { Inspections } from './facts.ts';

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
  const isAllowed = permissions?.(action);
  if (isAllowed === true) return undefined;
  const where = armIdName(scope);
  if (isAllowed === undefined) {
    const text = l10n.t('Whether you may do {0} at {1} could not be checked.', action, where);
    return caution('rightUnknown', text, 'unknown');
  }
  const text = l10n.t('You may not do {0} at {1}. {2}', action, where, advice);
  return isOnlyWarning ? caution('right', text) : blocking('right', text);
}
