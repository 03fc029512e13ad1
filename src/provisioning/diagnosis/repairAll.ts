import type { Azure } from '../../azure/azure.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { goalOf, type OfferedRepair, offeredRepairs } from '../checks/repairs.ts';
import { type Goal, planOf, type PlanOptions } from '../plan.ts';
import type { Plan, Requirement } from '../types.ts';
import type { RuleDiagnosis } from './diagnose.ts';

/** What "Repair All" repairs: what pulls fail from, in these rules and those that share its cause. What has to be decided first has a page of its own. */
export function repairsOfAll(rules: readonly RuleDiagnosis[]): OfferedRepair[] {
  const all = rules.flatMap((rule) => [rule, ...(rule.dependents ?? [])]);
  const problems = all.map(({ ruleId, checks }) => ({
    ruleId,
    checks: checks.filter(({ verdict, repair }) => verdict === 'problem' && typeof repair?.confirmation !== 'string'),
  }));
  return offeredRepairs(problems);
}

/** One goal for each repair, whose steps have names of their own. A step that does what another does already is left to that one. */
export function goalsOf(repairs: readonly OfferedRepair[]): Goal[] {
  const made: { readonly id: string; readonly does: string; readonly requirement: Requirement }[] = [];
  return repairs.map(({ repair }, index) => {
    const goal = goalOf(repair);
    const names = new Map<string, string>();
    const requirements = goal.requirements.flatMap((requirement) => {
      const { id, needs, reads, writes } = requirement;
      // Names alone do not tell: what is assigned to two identities is told in the same words, and they may even share a name.
      const does = JSON.stringify([requirement.describe(), reads, writes]);
      const alike = made.filter((one) => one.id === id);
      const same = alike.find((one) => one.does === does);
      const name = same?.requirement.id ?? (alike.length > 0 ? `${id}#${index + 1}` : id);
      names.set(id, name);
      if (same) return [];
      const own = {
        ...requirement,
        id: name,
        // They may write the same thing: one after the other.
        needs: [...needs.flatMap((need) => names.get(need) ?? []), ...alike.map((one) => one.requirement.id)],
      };
      made.push({ id, does, requirement: own });
      return [own];
    });
    return { ...goal, requirements };
  });
}

/** How many goals are planned at a time: a registry may have a thousand rules. */
const concurrency = 4;

/** Plans several goals as one change, each with the checks of its own link. @throws AzureError `cancelled` only */
export async function planOfGoals(azure: Azure, goals: readonly Goal[], options: PlanOptions = {}): Promise<Plan> {
  const plans = await mapBounded(goals, concurrency, (goal) => planOf(azure, goal, options));
  const findings = new Map(plans.flatMap((plan) => plan.findings.map((finding) => [finding.reason, finding])));
  return {
    steps: plans.flatMap(({ steps }) => steps),
    findings: [...findings.values()],
    canApply: plans.every(({ canApply }) => canApply),
  };
}
