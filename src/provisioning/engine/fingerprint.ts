import { isRecord } from '../../common/json.ts';
import type { Fingerprint } from '../types.ts';

/** Whether what is there now is another thing than the one that was looked at: a part that both tell is not the same. */
export function isOther(seen: Fingerprint = {}, now: Fingerprint = {}): boolean {
  return Object.entries(seen).some(([part, value]) => {
    const present = now[part];
    return present !== undefined && present.toLowerCase() !== value.toLowerCase();
  });
}

const maxParts = 20;
const maxText = 2048;

/** Reads a fingerprint from a file; undefined if it is none. */
export function parseFingerprint(value: unknown): Fingerprint | undefined {
  if (!isRecord(value)) return undefined;
  const parts = Object.entries(value);
  const isPart = (part: [string, unknown]): part is [string, string] =>
    typeof part[1] === 'string' && part[1].length <= maxText;
  return parts.length <= maxParts && parts.every(isPart) ? Object.fromEntries(parts) : undefined;
}
