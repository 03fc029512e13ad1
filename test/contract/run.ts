import { isDeepStrictEqual } from 'node:util';
import { isAzureError } from '../../src/azure/errors.ts';
import { traceRequests, type RequestTrace } from '../../src/azure/http/trace.ts';
import { probes } from './probes.ts';
import type { ContractRun, Environment, Observed, Probe, ProbeResult } from './types.ts';
import { planSite, type World } from './world.ts';

export interface RunOptions {
  /** Leaves out what waits for minutes. */
  readonly isQuick?: boolean;
  /** Told of the resource group before it is made. */
  readonly onBegin?: (group: string) => void;
  /** Told of each probe when it ends. */
  readonly onResult?: (result: ProbeResult) => void;
  /** Aborted: no further probe is begun, what was made is removed. */
  readonly signal?: AbortSignal;
}

/** After this no probe is begun, so that a run with its removal ends within 20 minutes. Milliseconds. */
const probingMs = 13 * 60_000;

/**
 * Makes a resource group, runs every probe in it, and removes it again, also when a probe fails or the run is cancelled. One probe
 * that fails does not end the others.
 * @throws AzureError if what the probes need cannot be made; what was made is removed before
 */
export async function runContract(environment: Environment, options: RunOptions = {}): Promise<ContractRun> {
  const site = planSite(environment, options.signal);
  options.onBegin?.(site.group);
  const results: ProbeResult[] = [];
  let isRemoved = false;
  try {
    const world = await site.build();
    const deadline = Date.now() + probingMs;
    for (const batch of batchesOf(probes)) {
      if (options.signal?.aborted) break;
      const run = async (probe: Probe): Promise<void> => {
        const isOut = (probe.isSlow && options.isQuick) || Date.now() > deadline;
        const result = isOut ? skipped(probe) : await runProbe(probe, world);
        results.push(result);
        options.onResult?.(result);
      };
      await Promise.all(batch.map(run));
    }
  } finally {
    isRemoved = await site.remove();
  }
  return { environment: environment.name, results, ...(isRemoved ? {} : { left: site.group }) };
}

/** The probes in order; independent neighbours together. */
function batchesOf(all: readonly Probe[]): Probe[][] {
  const batches: Probe[][] = [];
  for (const probe of all) {
    const last = batches.at(-1);
    if (probe.isIndependent && last?.[0]?.isIndependent) last.push(probe);
    else batches.push([probe]);
  }
  return batches;
}

function skipped({ fact }: Probe): ProbeResult {
  return { fact, state: 'skipped', observed: {}, requests: [] };
}

async function runProbe(probe: Probe, world: World): Promise<ProbeResult> {
  const { fact, expected } = probe;
  const requests: RequestTrace[] = [];
  try {
    const observed = await traceRequests(
      (trace) => requests.push(trace),
      () => probe.observe(world),
    );
    const state = expected === undefined ? 'recorded' : isDeepStrictEqual(observed, expected) ? 'holds' : 'differs';
    return { fact, state, observed, requests };
  } catch (error) {
    return { fact, state: 'failed', observed: failureOf(error), requests };
  }
}

function failureOf(error: unknown): Observed {
  if (isAzureError(error)) return { failure: error.kind, code: error.code, status: error.status ?? 0 };
  return { failure: error instanceof Error ? error.name : 'unknown' };
}
