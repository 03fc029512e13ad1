import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInventory, type Inventory } from '../../src/inventory/inventory.ts';
import { ownerOf, writeSnapshot } from '../../src/inventory/snapshot.ts';
import { createSnapshotFile } from '../../src/inventory/snapshotFile.ts';
import type { InventoryState } from '../../src/inventory/types.ts';
import { manyRegistries } from '../sandbox/src/scenarios.ts';
import { latencyMs, startSandboxProcess } from './sandboxProcess.ts';
import { signedIn } from './signedIn.ts';
import { median } from './statistics.ts';

export interface TreeResult {
  readonly registries: number;
  readonly subscriptions: number;
  readonly runs: number;
  /** Nothing known: requests, and milliseconds until the first registries are in the state and until all are. */
  readonly fromNothing: {
    readonly requests: number;
    readonly boundMs: number;
    readonly firstMs: number;
    readonly allMs: number;
  };
  /** The file is read and the state filled, without Azure. */
  readonly fromSnapshot: { readonly bytes: number; readonly ms: number };
  /** The same with ten rules per registry. */
  readonly fromSnapshotWithRules: { readonly rules: number; readonly bytes: number; readonly ms: number };
}

const registries = 1000;
const subscriptions = 20;
const rulesPerRegistry = 10;

/** What the tree shows of many registries, before VS Code paints it; medians. */
export async function measureTree(runs: number): Promise<TreeResult> {
  const scenario = manyRegistries(registries, subscriptions);
  const folder = mkdtempSync(join(tmpdir(), 'acr-bench-tree-'));
  const sandbox = await startSandboxProcess(scenario);
  try {
    const refreshes = [];
    let state: InventoryState | undefined;
    // The first loads the code, as signing in has by then.
    for (let run = 0; run <= runs; run++) {
      const azure = await signedIn(sandbox, scenario);
      await sandbox.takeLog();
      const inventory = createInventory({ snapshot: createSnapshotFile(join(folder, 'none.json')) });
      inventory.connect(azure, true);
      const times = await timeRefresh(inventory);
      const log = await sandbox.takeLog();
      state = inventory.state;
      await inventory.dispose();
      if (run > 0) refreshes.push({ ...times, requests: log.length });
    }
    if (!state) throw new Error('Nothing was measured.');
    const owner = ownerOf({ name: state.cloudName, armEndpoint: sandbox.info.arm }, state.subscriptions);
    const plain = writeSnapshot(owner, state);
    const withRules = writeSnapshot(owner, addRules(state));
    return {
      registries,
      subscriptions,
      runs,
      fromNothing: {
        requests: median(refreshes.map((one) => one.requests)),
        // One Resource Graph query of at most 1,000 rows per page.
        boundMs: Math.ceil(registries / 1000) * latencyMs,
        firstMs: median(refreshes.map((one) => one.firstMs)),
        allMs: median(refreshes.map((one) => one.allMs)),
      },
      fromSnapshot: await measureRestore(folder, plain, runs),
      fromSnapshotWithRules: {
        rules: registries * rulesPerRegistry,
        ...(await measureRestore(folder, withRules, runs)),
      },
    };
  } finally {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timeRefresh(inventory: Inventory): Promise<{ firstMs: number; allMs: number }> {
  let firstMs = NaN;
  const started = performance.now();
  inventory.onDidChange(() => {
    if (Number.isNaN(firstMs) && inventory.state.registries.size > 0) firstMs = performance.now() - started;
  });
  await inventory.refresh();
  const allMs = performance.now() - started;
  expectAll(inventory);
  return { firstMs, allMs };
}

async function measureRestore(folder: string, text: string, runs: number): Promise<{ bytes: number; ms: number }> {
  const file = createSnapshotFile(join(folder, 'inventory.json'));
  await file.write(text);
  const times = [];
  for (let run = 0; run < runs; run++) {
    const inventory = createInventory({ snapshot: file });
    const started = performance.now();
    await inventory.restore();
    times.push(performance.now() - started);
    expectAll(inventory);
    await inventory.dispose();
  }
  return { bytes: Buffer.byteLength(text), ms: median(times) };
}

function expectAll({ state }: Inventory): void {
  if (state.registries.size !== registries) {
    throw new Error(`${state.registries.size} registries instead of ${registries}: ${state.error?.message ?? ''}`);
  }
}

/** The state as if the rules of every registry had been loaded. */
function addRules(state: InventoryState): InventoryState {
  const entries = [...state.registries].map(([key, entry]) => {
    const rules = Array.from({ length: rulesPerRegistry }, (_, index) => ({
      id: `${entry.registry.id}/cacheRules/rule-${index}`,
      name: `rule-${index}`,
      registryId: entry.registry.id,
      sourceRepository: `upstream.example/team/service-${index}`,
      targetRepository: `cache/team/service-${index}`,
      identity: {
        id: `/subscriptions/${entry.registry.subscriptionId}/resourceGroups/group/providers/Microsoft.ManagedIdentity/userAssignedIdentities/cache`,
      },
      provisioningState: 'Succeeded',
    }));
    return [key, { ...entry, rules, rulesFreshness: 'current' as const }] as const;
  });
  return { ...state, registries: new Map(entries) };
}
