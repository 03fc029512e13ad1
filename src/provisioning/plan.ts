import type { Azure } from '../azure/azure.ts';
import { requirementsOf } from './graph.ts';
import { planOf, type PlanOptions } from './planOf.ts';
import type { CacheLink, Plan } from './types.ts';

export type { PlanOptions } from './planOf.ts';

/** The plan of the whole set-up: `planOf` for every requirement of the link. */
export function makePlan(azure: Azure, link: CacheLink, options: PlanOptions = {}): Promise<Plan> {
  return planOf(azure, link, requirementsOf(link), options);
}
