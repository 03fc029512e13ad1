import type { Azure } from '../azure/azure.ts';
import type { Plan } from './types.ts';

export interface AbacSwitchOptions {
  /** Give everyone affected the roles that replace theirs, before the switch. */
  readonly addReplacements: boolean;
  readonly signal?: AbortSignal;
}

export function abacSwitchPlan(azure: Azure, registryId: string, options: AbacSwitchOptions): Promise<Plan> {
  return Promise.reject(new Error([registryId, options.addReplacements, azure.cloud.name].join(' ')));
}
