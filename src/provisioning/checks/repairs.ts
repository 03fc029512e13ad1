import * as l10n from '@vscode/l10n';
import { armIdKey, armIdName } from '../../domain/armId.ts';
import type { CacheLink, PermissionDecision, Repair, Requirement } from '../types.ts';
import type { Facts } from './facts.ts';

/** What a permission of the link's identity in its upstream is about. */
export function identityAndUpstream({ authentication, source }: CacheLink): string[] {
  return [authentication.identityId, source.id];
}

/** What repairs of a rule start from: its setup, and the one mapping of it. */
export async function readRuleLink(facts: Facts) {
  const found = await facts.link();
  const mapping = found.ok ? found.link.mappings[0] : undefined;
  return found.ok && mapping ? { ...found, mapping } : undefined;
}

/** As `readRuleLink`, with the form of access that the upstream's permission mode honors: for repairs of the rule's identity. */
export async function readHonouredLink(facts: Facts): ReturnType<typeof readRuleLink> {
  const found = await readRuleLink(facts);
  const isAbac = found?.upstream.roleAssignmentMode === 'AbacRepositoryPermissions';
  return found && { ...found, link: { ...found.link, access: isAbac ? 'condition' : 'acrPull' } };
}

/** What a repair does, imperative. */
export function titleOf({ title, link }: Repair): string {
  return title(link);
}

/** A repair for which it was decided how its upstream is read. */
export function asDecided(repair: Repair, decision: PermissionDecision): Repair {
  const { link } = repair;
  return decision.mode === 'keep'
    ? { ...repair, link: { ...link, access: 'acrPull', allowAbacSwitch: false } }
    : { ...repair, link: { ...link, access: 'condition', allowAbacSwitch: true, keepAccess: decision.keepAccess } };
}

/** All steps of a repair, in dependency order, to be planned. */
export function goalOf({ link, once, each }: Repair): {
  readonly link: CacheLink;
  readonly requirements: Requirement[];
} {
  return { link, requirements: [...once(link), ...(each?.(link) ?? [])] };
}

/** A repair with the rules that it repairs. */
export interface OfferedRepair {
  readonly repair: Repair;
  readonly ruleIds: readonly string[];
}

/** The repairs of all findings, each that several rules need once for all of them; in the order of the findings. */
export function offeredRepairs(
  diagnoses: readonly {
    readonly ruleId: string;
    readonly checks: readonly { readonly repair?: Repair | undefined }[];
  }[],
): OfferedRepair[] {
  const groups = new Map<string, Map<string, { readonly repair: Repair; readonly ruleId: string }>>();
  for (const { ruleId, checks } of diagnoses) {
    const rule = armIdKey(ruleId);
    for (const { repair } of checks) {
      if (!repair) continue;
      const key = [repair.id, ...(repair.about?.map(armIdKey) ?? [rule])].join(' ');
      const group = groups.get(key) ?? new Map<string, { readonly repair: Repair; readonly ruleId: string }>();
      groups.set(key, group);
      // Several checks of a rule may have the same cure.
      if (!group.has(rule)) group.set(rule, { repair, ruleId });
    }
  }
  return [...groups.values()].flatMap((group) => {
    const all = [...group.values()];
    const repair = merged(all.map((one) => one.repair));
    return repair ? [{ repair, ruleIds: all.map(({ ruleId }) => ruleId) }] : [];
  });
}

function merged(repairs: readonly Repair[]): Repair | undefined {
  const [first] = repairs;
  if (!first || repairs.length === 1) return first;
  const mappings = repairs.flatMap(({ link }) => link.mappings);
  const distinct = new Map(mappings.map((mapping) => [JSON.stringify(mapping.source), mapping]));
  const all: CacheLink = { ...first.link, mappings: [...distinct.values()] };
  return {
    ...first,
    title: () => l10n.t('{0} (for {1} cache rules)', first.title(all), repairs.length),
    once: (link) => first.once({ ...link, mappings: all.mappings }),
    // Rules of one name may be in several registries.
    each: () =>
      repairs.flatMap(({ link, each }) =>
        (each?.(link) ?? []).map((step) => ({ ...step, id: `${step.id}@${armIdName(link.downstream.id)}` })),
      ),
  };
}
