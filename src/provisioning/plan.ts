import type { Azure } from '../azure/azure.ts';
import { linkProblems } from './link/parseLink.ts';
import { preflight } from './checks/preflight/preflight.ts';
import type { CacheLink, Plan, PlannedStep, Requirement } from './types.ts';
import { createWalkContext, inspectSafely } from './engine/walkContext.ts';

export interface PlanOptions {
  readonly signal?: AbortSignal;
  /** Called as each requirement has been inspected, in any order. */
  readonly onStep?: (step: PlannedStep) => void;
  /** Multiplies every wait; for tests. */
  readonly timeScale?: number;
}

/**
 * Inspects the given requirements (needs before those who need them) and makes the checks before the first write, all at once.
 * Writes nothing. A link that is wrong in itself is answered with its problems and without a request.
 * @throws AzureError `cancelled` only; whatever else could not be read is a verdict or a finding.
 */
export async function planOf(
  azure: Azure,
  link: CacheLink,
  requirements: readonly Requirement[],
  options: PlanOptions = {},
): Promise<Plan> {
  const problems = linkProblems(link);
  if (problems.length > 0) {
    return {
      link,
      steps: [],
      findings: problems.map((problem) => ({ ...problem, severity: 'blocking' })),
      canApply: false,
    };
  }
  const context = createWalkContext(azure, link, options);
  const inspections = requirements.map((requirement) => ({
    requirement,
    inspection: inspectSafely(requirement, context).then((inspection) => {
      options.onStep?.({ requirement, inspection });
      return inspection;
    }),
  }));
  const [steps, found] = await Promise.all([
    Promise.all(
      inspections.map(async ({ requirement, inspection }) => ({ requirement, inspection: await inspection })),
    ),
    preflight(context, inspections),
  ]);
  const cured = new Set(requirements.flatMap((requirement) => requirement.cures ?? []));
  const findings = found.filter((finding) => !cured.has(finding.code));
  const blocked = steps.some(
    ({ inspection }) => inspection.verdict === 'conflicting' || inspection.verdict === 'unknown',
  );
  return { link, steps, findings, canApply: !blocked && !findings.some((finding) => finding.severity === 'blocking') };
}
