import type { Azure } from '../../../src/azure/azure.ts';
import { cleanUpPlan, withChoice, type CleanUpPlan } from '../../../src/provisioning/changes/cleanUp.ts';
import { applyPlan } from '../../../src/provisioning/engine/apply.ts';
import type { ApplyResult, PlannedStep } from '../../../src/provisioning/types.ts';

/** The plan with all chosen that is offered, but for a rule that alone leads to what could not be read. */
export function allOf(plan: CleanUpPlan): CleanUpPlan {
  const steps = plan.steps.filter(({ because }) => because !== 'lastTrace');
  return withChoice(plan, new Set(steps.map(({ requirement }) => requirement.id)));
}

/** Takes away whatever is offered of a rule. */
export async function cleanUpAll(azure: Azure, ruleId: string): Promise<ApplyResult> {
  return applyPlan(azure, allOf(await cleanUpPlan(azure, ruleId)), { timeScale: 0.02 });
}

/** The first step whose id begins so. */
export function stepOf(plan: CleanUpPlan, id: string): PlannedStep {
  const found = plan.steps.find(({ requirement }) => requirement.id.startsWith(id));
  if (!found) throw new Error(`no ${id} in ${JSON.stringify(plan.steps)}`);
  return found;
}

/** Of each step its kind, and whether it is chosen or, where it is not offered, why. */
export function offersOf(plan: CleanUpPlan): string[] {
  return plan.steps.map(({ requirement, inspection, isLeftOut }) => {
    const isOffered = inspection.verdict === 'missing';
    return `${requirement.kind} ${isOffered ? (isLeftOut ? 'left out' : 'chosen') : (inspection.code ?? inspection.verdict)}`;
  });
}
