import { findReferences, findRuleDefinitions } from './find.ts';
import type { SliceOptions } from '../common/slices.ts';
import type { FoundReference, RuleFile, TextFile } from './types.ts';

/** What is written in one file. */
export interface FileFindings<F extends TextFile> {
  readonly file: F;
  readonly references: readonly FoundReference[];
  readonly ruleFile: RuleFile;
}

/**
 * Looks at file after file as they arrive, and tells of those in which something was found. The event loop gets its turn at least
 * every `sliceInMs` (default 8), however small or large the files are.
 * @returns how many files were looked at; fewer than there are if it was cancelled
 */
export async function scanFiles<F extends TextFile>(
  files: AsyncIterable<F>,
  onFound: (findings: FileFindings<F>) => void,
  { sliceInMs = 8, isCancelled = () => false }: SliceOptions = {},
): Promise<number> {
  let until = performance.now() + sliceInMs;
  let looked = 0;
  for await (const file of files) {
    const work = findAll(file);
    for (;;) {
      if (isCancelled()) return looked;
      const step = work.next();
      if (performance.now() >= until) {
        await new Promise((resolve) => setImmediate(resolve));
        until = performance.now() + sliceInMs;
      }
      if (!step.done) continue;
      const { references, ruleFile } = step.value;
      if (references.length + ruleFile.rules.length + ruleFile.articleScopes.length > 0) onFound(step.value);
      break;
    }
    looked++;
  }
  return looked;
}

function* findAll<F extends TextFile>(file: F): Generator<void, FileFindings<F>> {
  return { file, references: yield* findReferences(file), ruleFile: yield* findRuleDefinitions(file) };
}
