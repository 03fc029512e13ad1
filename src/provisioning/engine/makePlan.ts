import type { Azure } from '../../azure/azure.ts';
import { requirementsOf } from '../requirements/requirementsOf.ts';
import { planOf, type PlanOptions } from '../plan.ts';
import type { CacheLink, Plan } from '../types.ts';

export type { PlanOptions } from '../plan.ts';

/** The plan of the whole set-up: `planOf` for every requirement of the link. */
export function makePlan(azure: Azure, link: CacheLink, options: PlanOptions = {}): Promise<Plan> {
  return planOf(azure, link, requirementsOf(link), options);
}
