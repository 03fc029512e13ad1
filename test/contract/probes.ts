import { accessProbes } from './probes/access.ts';
import { contentProbes } from './probes/content.ts';
import { protocolProbes } from './probes/protocol.ts';
import { ruleProbes } from './probes/rules.ts';
import type { Probe } from './types.ts';

/** All probes in the order in which they are run: later ones use what earlier ones have made. */
export const probes: readonly Probe[] = [...protocolProbes, ...ruleProbes, ...accessProbes, ...contentProbes];
