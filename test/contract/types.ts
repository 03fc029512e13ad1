import type { AzureAccess } from '../../src/azure/azure.ts';
import type { RequestTrace } from '../../src/azure/http/trace.ts';
import type { SandboxOptions } from '../sandbox/src/options.ts';
import type { World } from './world.ts';

/** What a probe saw: statuses, codes, counts and truth values; nothing that names the subscription or what was made in it. */
export type Observed = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** One fact as an experiment. It speaks ARM and the registry protocol through the product's own clients. */
export interface Probe {
  /** The id of its row in docs/azure-facts.md. */
  readonly fact: string;
  /** What Azure does by the row's source. Absent where the row is marked `?`: what is seen is recorded and not judged. */
  readonly expected?: Observed;
  /** The option of the sandbox for what is not known. */
  readonly option?: keyof SandboxOptions;
  /** It waits for minutes of the service's time. */
  readonly isSlow?: boolean;
  /** It may run beside its neighbours that say so too: what it makes is its own, and nothing later needs it. */
  readonly isIndependent?: boolean;
  observe(world: World): Promise<Observed>;
}

/** Where a contract is run. */
export interface Environment {
  readonly name: string;
  readonly access: AzureAccess;
  readonly subscriptionId: string;
  /** Region of what is made, such as `eastus`. */
  readonly location: string;
  /** Lets that much of the service's time pass, in milliseconds; rejects when the signal is aborted. */
  readonly wait: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  close(): Promise<void>;
}

export interface ProbeResult {
  readonly fact: string;
  /** `failed`: the probe itself could not be done; `observed` then has the error's kind and code. `skipped`: there was no time. */
  readonly state: 'holds' | 'differs' | 'recorded' | 'failed' | 'skipped';
  readonly observed: Observed;
  readonly requests: readonly RequestTrace[];
}

export interface ContractRun {
  readonly environment: string;
  readonly results: readonly ProbeResult[];
  /** Id of the resource group, where its removal was not confirmed. */
  readonly left?: string;
}
