import type { Check } from '../check.ts';
import { registryReady } from './registryReady.ts';

/** In the order in which they are shown: from the registry and the rule over identity, role and network to the image itself. */
export const checks: readonly Check[] = [registryReady];
