import type { Requirement } from '../types.ts';
import { commonRepair } from './commonRepair.ts';
import type { Facts } from './facts.ts';
import type { Repair } from './types.ts';

/** A repair of one setting of a registry; undefined when the rule's link is not known, which a plan needs. */
export async function settingRepair(
  facts: Facts,
  id: string,
  registryId: string,
  setting: (registryId: string) => Requirement,
): Promise<Repair | undefined> {
  const found = await facts.link();
  if (!found.ok) return undefined;
  const requirement = setting(registryId);
  return commonRepair({
    id,
    about: [registryId],
    link: found.link,
    title: () => requirement.describe().todo,
    once: () => [requirement],
  });
}
