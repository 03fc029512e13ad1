/** How many tests of a run ended how. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export function noCounts(): Counts {
  return { passed: 0, failed: 0, skipped: 0 };
}

export function addCounts(to: Counts, from: Counts): void {
  to.passed += from.passed;
  to.failed += from.failed;
  to.skipped += from.skipped;
}

/** `12 passed, 0 failed`, with `, 1 skipped` only if there are any. */
export function formatCounts(counts: Counts): string {
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}

/** The counts in the last line of a tool's output that says them; undefined if none does. */
export function parseCounts(output: string): Counts | undefined {
  const matches = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)];
  const last = matches.at(-1);
  if (!last) return undefined;
  return { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) };
}
