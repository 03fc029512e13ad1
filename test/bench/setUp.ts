import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityArmId, registryArmId } from '../../src/domain/armId.ts';
import { applyPlan } from '../../src/provisioning/engine/apply.ts';
import { createJournal } from '../../src/provisioning/engine/journal.ts';
import { planOf } from '../../src/provisioning/plan.ts';
import { setUpOf } from '../../src/provisioning/requirements/requirementsOf.ts';
import type { CacheLink } from '../../src/provisioning/types.ts';
import { articleScenario } from '../sandbox/src/scenarios.ts';
import type { LogEntry, Scenario } from '../sandbox/src/types.ts';
import { boundOf, checkChain, longestObservedChain, repeatedRequests, type Bound } from './chain.ts';
import { applyChain, planChain } from './setUpChains.ts';
import { latencyMs, startSandboxProcess, type SandboxProcess } from './sandboxProcess.ts';
import { signedIn } from './signedIn.ts';
import { median } from './statistics.ts';

/** One half of a set-up: the plan (all reads), or its application (all writes). */
export interface PhaseResult {
  readonly requests: number;
  readonly wallMs: number;
  /** Lowest and highest of the runs. */
  readonly wallRangeMs: readonly [number, number];
  readonly bound: Bound;
  /** Of what is not the service's own waiting: (wall − waits) / (chain × latency). Waits in both would flatter the ratio. */
  readonly ratio: number;
  readonly longestObservedChain: number;
  readonly repeated: Readonly<Record<string, number>>;
}

export interface SetUpResult {
  readonly name: string;
  readonly switchesMode: boolean;
  readonly runs: number;
  /** The first set-up in this process: loads code too. */
  readonly firstRunMs: number;
  readonly plan: PhaseResult;
  readonly apply: PhaseResult;
  readonly both: {
    readonly requests: number;
    readonly wallMs: number;
    readonly boundMs: number;
    readonly ratio: number;
    /** Of the fastest run: what other programs on the machine disturb least. */
    readonly fastestMs: number;
    readonly fastestRatio: number;
  };
}

interface Measured {
  readonly wallMs: number;
  readonly log: readonly LogEntry[];
}

const group = 'MyResourceGroup';

/** The article's registries; the upstream already in ABAC mode, or to be switched. */
function scenarioOf(variant: Variant): Scenario {
  const scenario = articleScenario();
  if (variant.switchesMode) return scenario;
  return {
    ...scenario,
    subscriptions: scenario.subscriptions.map((subscription) => ({
      ...subscription,
      resourceGroups: subscription.resourceGroups.map((resourceGroup) => ({
        ...resourceGroup,
        registries: (resourceGroup.registries ?? []).map((registry) =>
          registry.name === 'upstreamregistry'
            ? { ...registry, roleAssignmentMode: 'AbacRepositoryPermissions' as const }
            : registry,
        ),
      })),
    })),
  };
}

export interface Variant {
  readonly name: string;
  readonly switchesMode: boolean;
}

export const variants: readonly Variant[] = [
  { name: 'upstream already in ABAC mode', switchesMode: false },
  { name: 'with the switch to ABAC mode', switchesMode: true },
];

/**
 * Sets the article's one repository up, `runs` times, each in a new sandbox and with new connections; medians. One more run before
 * loads the code, as the wizard has done by the time it plans.
 */
export async function measureSetUp(variant: Variant, runs: number): Promise<SetUpResult> {
  const first = await runOnce(variant);
  const measured = [];
  for (let run = 0; run < runs; run++) measured.push(await runOnce(variant));
  const plan = phase(
    planChain,
    measured.map((one) => one.plan),
  );
  const apply = phase(
    applyChain,
    measured.map((one) => one.apply),
  );
  const walls = measured.map((one) => one.plan.wallMs + one.apply.wallMs);
  const [wallMs, fastestMs] = [median(walls), Math.min(...walls)];
  const waits = plan.bound.serviceWaitMs + apply.bound.serviceWaitMs;
  const boundMs = plan.bound.ms + apply.bound.ms;
  const ratioOf = (wall: number): number => (wall - waits) / (boundMs - waits);
  return {
    ...variant,
    runs,
    firstRunMs: first.plan.wallMs + first.apply.wallMs,
    plan,
    apply,
    both: {
      requests: plan.requests + apply.requests,
      wallMs,
      boundMs,
      ratio: ratioOf(wallMs),
      fastestMs,
      fastestRatio: ratioOf(fastestMs),
    },
  };
}

function phase(chain: typeof planChain, runs: readonly Measured[]): PhaseResult {
  const bound = boundOf(chain, latencyMs);
  for (const { log } of runs) checkChain(chain, log);
  const walls = runs.map(({ wallMs }) => wallMs);
  const wallMs = median(walls);
  const [any] = runs;
  return {
    requests: median(runs.map(({ log }) => log.length)),
    wallMs,
    wallRangeMs: [Math.min(...walls), Math.max(...walls)],
    bound,
    ratio: (wallMs - bound.serviceWaitMs) / (bound.ms - bound.serviceWaitMs),
    longestObservedChain: Math.max(...runs.map(({ log }) => longestObservedChain(log))),
    repeated: repeatedRequests(any?.log ?? []),
  };
}

async function runOnce(variant: Variant): Promise<{ plan: Measured; apply: Measured }> {
  const scenario = scenarioOf(variant);
  const sandbox = await startSandboxProcess(scenario);
  const folder = mkdtempSync(join(tmpdir(), 'acr-bench-journal-'));
  try {
    const azure = await signedIn(sandbox, scenario);
    const link = linkIn(sandbox, variant);
    const planned = await timed(sandbox, () => planOf(azure, setUpOf(link)));
    if (!planned.result.canApply) throw new Error(`The plan is blocked: ${JSON.stringify(planned.result.findings)}`);
    const applied = await timed(sandbox, () => applyPlan(azure, planned.result, { journal: createJournal(folder) }));
    if (applied.result.outcome !== 'complete') {
      throw new Error(`The set-up did not end well: ${applied.result.steps.map((step) => step.message).join(' ')}`);
    }
    return { plan: planned, apply: applied };
  } finally {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timed<T>(sandbox: SandboxProcess, work: () => Promise<T>): Promise<Measured & { readonly result: T }> {
  await sandbox.takeLog();
  const started = performance.now();
  const result = await work();
  const wallMs = performance.now() - started;
  return { result, wallMs, log: await sandbox.takeLog() };
}

/** The article's link between a sandbox's registries. */
export function linkIn({ info }: Pick<SandboxProcess, 'info'>, variant: Variant): CacheLink {
  const registry = (name: string): { id: string; loginServer: string } => {
    const found = info.registries.find((one) => one.name === name);
    if (!found) throw new Error(`The sandbox has no registry ${name}.`);
    return { id: registryArmId(info.subscriptionId, group, name), loginServer: found.loginServer };
  };
  const repository = { kind: 'repository', repository: 'myapp' } as const;
  return {
    downstream: registry('myregistry'),
    source: { kind: 'registry', ...registry('upstreamregistry') },
    mappings: [{ ruleName: 'MyRule', source: repository, target: repository }],
    authentication: {
      kind: 'identity',
      identityId: identityArmId(info.subscriptionId, group, 'MyACRCacheIdentity'),
      create: { location: 'eastus' },
    },
    access: 'condition',
    ...(variant.switchesMode && { allowAbacSwitch: true }),
  };
}
