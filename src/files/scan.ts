import { findReferences, findRuleDefinitions } from './find.ts';
import type { FoundReference, RuleFile, TextFile } from './types.ts';

/** What is written in one file. */
export interface FileFindings<F extends TextFile> {
  readonly file: F;
  readonly references: readonly FoundReference[];
  readonly ruleFile: RuleFile;
}

/** How long the event loop may be held by small files together, in milliseconds. */
const turnInMs = 8;

/**
 * Looks at file after file as they arrive, and tells of those in which something was found. The event loop gets its turn between
 * files.
 * @returns how many files were looked at; fewer than there are if it was cancelled
 */
export async function scanFiles<F extends TextFile>(
  files: AsyncIterable<F>,
  onFound: (findings: FileFindings<F>) => void,
  isCancelled: () => boolean = () => false,
): Promise<number> {
  let until = performance.now() + turnInMs;
  let looked = 0;
  for await (const file of files) {
    if (isCancelled()) return looked;
    const references = findReferences(file);
    const ruleFile = findRuleDefinitions(file);
    looked++;
    if (references.length + ruleFile.rules.length + ruleFile.articleScopes.length > 0) {
      onFound({ file, references, ruleFile });
    }
    if (performance.now() < until) continue;
    await new Promise((resolve) => setImmediate(resolve));
    until = performance.now() + turnInMs;
  }
  return looked;
}
