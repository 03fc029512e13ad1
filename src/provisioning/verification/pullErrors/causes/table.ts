import type { Cause, PullFailure } from '../types.ts';
import { accessCauses, disallowedCauses, signInCauses } from './access.ts';
import { damagedCauses, formatCauses, missingCauses, platformCauses } from './content.ts';
import { localCauses, otherCauses } from './local.ts';
import { blockedCauses, connectionCauses } from './network.ts';
import { serverCauses, throttledCauses, vagueCauses } from './service.ts';
import { sourceCauses } from './sources.ts';
import { isMet } from './words.ts';

/** The first row that holds tells the cause: words that only one cause has come before words that many share. */
const causes: readonly Cause[] = [
  ...localCauses,
  ...sourceCauses,
  ...otherCauses,
  ...disallowedCauses,
  ...platformCauses,
  ...blockedCauses,
  ...throttledCauses,
  ...signInCauses,
  ...formatCauses,
  ...damagedCauses,
  ...serverCauses,
  ...missingCauses,
  ...connectionCauses,
  ...accessCauses,
  ...vagueCauses,
];

/** The row that explains a failure; undefined: none does. */
export function causeOf(failure: PullFailure): Cause | undefined {
  return causes.find(({ holds, vendors }) => {
    if (vendors && !vendors.includes(failure.vendor)) return false;
    return isMet(holds, failure);
  });
}
