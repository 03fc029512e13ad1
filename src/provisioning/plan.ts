import type { Azure } from '../azure/azure.ts';
import { linkProblems } from './link/parseLink.ts';
import { blocking } from './checks/check.ts';
import { checkBeforeWrite } from './checks/index.ts';
import type { CacheLink, Inspection, Plan, Purpose, Requirement } from './types.ts';
import { createWalkContext, inspectSafely } from './engine/walkContext.ts';

/** What is to be planned. */
export interface Goal {
  /** Needs before those who need them. */
  readonly requirements: readonly Requirement[];
  /** The setup that they belong to, which is checked too before the first write. */
  readonly link?: CacheLink;
  readonly purpose?: Purpose;
}

export interface PlanOptions {
  readonly signal?: AbortSignal;
  /** Multiplies every wait; for tests. */
  readonly timeScale?: number;
}

/**
 * Inspects the requirements and makes the checks before the first write, all at once. Writes nothing. A link that is wrong in itself is
 * answered with its problems and without a request.
 * @throws AzureError `cancelled` only; whatever else could not be read is a verdict or a finding.
 */
export async function planOf(
  azure: Azure,
  { requirements, link, purpose }: Goal,
  options: PlanOptions = {},
): Promise<Plan> {
  const problems = link ? linkProblems(link) : [];
  if (problems.length > 0) {
    const findings = problems.map(({ code, message }) => blocking(code, message));
    return { steps: [], findings, canApply: false };
  }
  const context = createWalkContext(azure, { ...options, assumesNeeds: true });
  const inspections = requirements.map((requirement) => ({
    requirement,
    inspection: inspectSafely(requirement, context),
  }));
  const [steps, found] = await Promise.all([
    Promise.all(
      inspections.map(async ({ requirement, inspection }) => ({ requirement, inspection: await inspection })),
    ),
    checkBeforeWrite(context, inspections, link),
  ]);
  const resolved = new Set(requirements.flatMap((requirement) => requirement.resolvesFindings ?? []));
  const findings = found.filter((finding) => !resolved.has(finding.code));
  const isBlocked = steps.some(({ requirement, inspection }) => !requirement.isOptional && blocks(inspection));
  const canApply = !isBlocked && !findings.some(({ severity }) => severity === 'blocking');
  return { purpose, steps, findings, canApply };
}

function blocks({ verdict }: Inspection): boolean {
  return verdict === 'conflicting' || verdict === 'unknown';
}
