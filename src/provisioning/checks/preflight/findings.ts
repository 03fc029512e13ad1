import { isCancelled } from '../../../azure/errors.ts';
import type { CacheLink, Finding, Inspection, Requirement, WalkContext } from '../../types.ts';

/** The inspections under way; a check awaits those that decide whether it matters. */
export type Inspections = readonly { readonly requirement: Requirement; readonly inspection: Promise<Inspection> }[];

/** A walk, and the set-up that is checked during it. */
export interface LinkContext extends WalkContext {
  readonly link: CacheLink;
}

export type Check = (context: LinkContext, inspections: Inspections) => Promise<Finding[]>;

export function blocking(code: string, message: string, resourceId?: string): Finding {
  return { code, severity: 'blocking', message, ...(resourceId ? { resourceId } : {}) };
}

export function warning(code: string, message: string, resourceId?: string): Finding {
  return { code, severity: 'warning', message, ...(resourceId ? { resourceId } : {}) };
}

/** The requirements that will have to be satisfied. */
export async function missingRequirements(inspections: Inspections): Promise<Requirement[]> {
  const steps = await Promise.all(
    inspections.map(async ({ requirement, inspection }) => ({ requirement, verdict: (await inspection).verdict })),
  );
  return steps.filter((step) => step.verdict === 'missing').map((step) => step.requirement);
}

/** Runs a read whose failure is no reason to stop: undefined then. @throws only on cancel. */
export async function ifReadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isCancelled(error)) throw error;
    return undefined;
  }
}
