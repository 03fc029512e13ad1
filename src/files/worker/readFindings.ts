import { findInFile } from '../find.ts';
import type { Findings, TextFile } from '../types.ts';

/** Why there are no findings. */
export type Unread =
  /** `unwanted`: nobody wanted them any more when the file's turn came. */
  | { readonly unread: 'tooHard' | 'unwanted' }
  /** `limit` in UTF-16 units. */
  | { readonly unread: 'tooLong'; readonly limit: number };

/** Handing over and resolving one takes some microseconds of the extension host. */
const maxReferences = 20_000;

/** All that is looked for in a file. Takes as long as the text makes it: `fileReader.ts` sees to that. */
export function readFindings(file: TextFile): Findings | Unread {
  const findings = findInFile(file);
  const places = findings.references.reduce((sum, { uses }) => sum + 1 + uses.length, 0);
  if (places > maxReferences) return { unread: 'tooHard' };
  return findings;
}
