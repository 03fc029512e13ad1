import { diagnoseRule, type DiagnoseOptions } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import type { CheckResult } from '../../../../src/provisioning/checks/check.ts';
import type { Repair } from '../../../../src/provisioning/types.ts';
import type { RuleDiagnosis } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import type { Azure } from '../../../../src/azure/azure.ts';
import type { CacheLink, Plan } from '../../../../src/provisioning/types.ts';
import { goalOf } from '../../../../src/provisioning/checks/repairs.ts';
import type { ResourceState, ScenarioRegistry } from '../../../sandbox/src/types.ts';
import type { SandboxOptions } from '../../../sandbox/src/options.ts';
import { startWorld, type World } from '../world.ts';

/** A world in which the article's link is set up and the signed-in user may read the upstream, so that every check can answer. */
export interface DiagnosisWorld extends World {
  readonly ruleId: string;
  diagnose(options?: DiagnoseOptions & { azure?: Azure }): Promise<RuleDiagnosis>;
  /** Plan and apply of a finding's repair. @throws when it may not be applied or does not complete */
  repair(repair: Repair | undefined): Promise<Plan>;
  resource(id: string): ResourceState;
  /** Pulls the article's image through the rule and waits until its copy is there, where it may be. */
  pull(): Promise<void>;
}

export async function startDiagnosis(
  change: {
    upstream?: Partial<ScenarioRegistry>;
    downstream?: Partial<ScenarioRegistry>;
    link?: Partial<CacheLink>;
  } & SandboxOptions = {},
): Promise<DiagnosisWorld> {
  const { link: linkChange, upstream, ...options } = change;
  const world = await startWorld({
    ...options,
    upstream: {
      assignments: [
        { role: 'Container Registry Repository Reader', principal: 'dev' },
        { role: 'Container Registry Repository Catalog Lister', principal: 'dev' },
      ],
      ...upstream,
    },
  });
  const link = world.link(linkChange);
  const result = await world.setUp(link);
  if (result.outcome !== 'complete') throw new Error(JSON.stringify(result));
  const ruleId = cacheRuleArmId(link.downstream.id, link.mappings[0]?.ruleName ?? '');
  return {
    ...world,
    link: (more = {}) => world.link({ ...linkChange, ...more }),
    ruleId,
    diagnose: ({ azure = world.azure, ...more } = {}) => diagnoseRule(azure, ruleId, more),
    async repair(repair) {
      if (!repair) throw new Error('There is no repair.');
      const plan = await planOf(world.azure, goalOf(repair));
      if (!plan.canApply)
        throw new Error(JSON.stringify({ findings: plan.findings, steps: plan.steps.map((step) => step.inspection) }));
      const applied = await applyPlan(world.azure, plan, { timeScale: 0.02 });
      if (applied.outcome !== 'complete') throw new Error(JSON.stringify(applied));
      return plan;
    },
    async pull() {
      await world.azure.registry(await world.registry('myregistry')).pull('myapp', 'latest');
      await world.sandbox.advance(5000);
    },
    resource(id) {
      const found = world.sandbox.state.resources.get(id.toLowerCase());
      if (!found) throw new Error(`no resource ${id}`);
      return found;
    },
  };
}

/** `sourceReadable problem` … of everything that is neither fine nor beside the point. */
export function troubles(diagnosis: RuleDiagnosis): string[] {
  return diagnosis.checks
    .filter(({ verdict }) => verdict !== 'ok' && verdict !== 'notApplicable')
    .map(({ id, verdict }) => `${id} ${verdict}`);
}

export function check(diagnosis: RuleDiagnosis, id: string): CheckResult {
  const found = diagnosis.checks.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`no check ${id}`);
  return found;
}
