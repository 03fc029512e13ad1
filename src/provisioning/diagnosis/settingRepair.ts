import type { Requirement } from '../types.ts';
import type { Facts } from './facts.ts';
import type { Repair } from './types.ts';

/** A repair of one setting of a registry; undefined when the rule's link is not known, which a plan needs. */
export async function settingRepair(facts: Facts, id: string, requirement: Requirement): Promise<Repair | undefined> {
  const found = await facts.link();
  return found.ok
    ? { id, title: requirement.describe().todo, link: found.link, requirements: [requirement] }
    : undefined;
}
