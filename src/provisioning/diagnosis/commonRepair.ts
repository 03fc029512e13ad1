import * as l10n from '@vscode/l10n';
import { armIdKey, armIdName } from '../../domain/armId.ts';
import type { CacheLink, RepositoryMapping, Requirement } from '../types.ts';
import type { CommonChange, Repair, RuleDiagnosis } from './types.ts';

/** A repair of what other rules may depend on too. `about`: ids of the things that it changes. */
export function commonRepair({
  id,
  about,
  link,
  confirmation,
  ...change
}: Pick<Repair, 'id' | 'link' | 'confirmation'> &
  Omit<CommonChange, 'key'> & { readonly about: readonly string[] }): Repair {
  return {
    id,
    title: change.title(link),
    link,
    requirements: [...change.once(link), ...(change.each?.(link) ?? [])],
    ...(confirmation === undefined ? {} : { confirmation }),
    common: { key: [id, ...about.map(armIdKey)].join(' '), ...change },
  };
}

/** What a permission of the link's identity in its upstream is about. */
export function identityAndUpstream({ authentication, source }: CacheLink): string[] {
  return [authentication.identityId, source.id];
}

/** A repair with the rules that it repairs. */
export interface OfferedRepair {
  readonly repair: Repair;
  readonly ruleIds: readonly string[];
}

/** The repairs of all findings, each that several rules need once for all of them; in the order of the findings. */
export function offeredRepairs(diagnoses: readonly RuleDiagnosis[]): OfferedRepair[] {
  const groups = new Map<string, { readonly repair: Repair; readonly ruleId: string }[]>();
  for (const { ruleId, checks } of diagnoses) {
    for (const { repair } of checks) {
      if (!repair) continue;
      const key = repair.common?.key ?? `${repair.id} ${armIdKey(ruleId)}`;
      const group = groups.get(key) ?? [];
      groups.set(key, group);
      // Several checks of a rule may have the same cure.
      if (!group.some((one) => armIdKey(one.ruleId) === armIdKey(ruleId))) group.push({ repair, ruleId });
    }
  }
  return [...groups.values()].flatMap((group) => {
    const repair = merged(group.map((one) => one.repair));
    return repair ? [{ repair, ruleIds: group.map(({ ruleId }) => ruleId) }] : [];
  });
}

function merged(repairs: readonly Repair[]): Repair | undefined {
  const [first] = repairs;
  if (!first?.common || repairs.length === 1) return first;
  const mappings = distinct(repairs.flatMap(({ link }) => link.mappings));
  const all: CacheLink = { ...first.link, mappings };
  const each = repairs.flatMap(({ common, link }) =>
    (common?.each?.(link) ?? []).map((requirement) => named(requirement, link)),
  );
  return {
    ...first,
    title: l10n.t('{0} (for {1} cache rules)', first.common.title(all), repairs.length),
    requirements: [...first.common.once(all), ...each],
  };
}

/** Rules of one name may be in several registries. */
function named(requirement: Requirement, { downstream }: CacheLink): Requirement {
  return { ...requirement, id: `${requirement.id}@${armIdName(downstream.id)}` };
}

function distinct(mappings: readonly RepositoryMapping[]): RepositoryMapping[] {
  return [...new Map(mappings.map((mapping) => [JSON.stringify(mapping.source), mapping])).values()];
}
