import { readFileSync } from 'node:fs';
import { noCounts, type Counts } from '../../../tools/counts.ts';
import type { HostTestResult } from './hostTest.ts';

/** Nothing new for this long, or this long in all, and the run is given up. Milliseconds. */
const silenceLimit = 180_000;
const totalLimit = 900_000;

/**
 * Prints the results in a file as the extension host writes them, until the last one. VS Code ending before that, long silence
 * and a time limit are a failure of their own.
 * @param ended aborted when VS Code has ended
 */
export async function followResults(file: string, ended?: AbortSignal): Promise<Counts> {
  const counts = noCounts();
  const started = Date.now();
  let read = 0;
  let lastNews = Date.now();
  for (;;) {
    const over = ended?.aborted === true;
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    for (const line of lines.slice(read)) {
      const result = JSON.parse(line) as HostTestResult;
      if (result.kind === 'end') return counts;
      printResult(result);
      if (result.kind === 'test') counts[result.status]++;
    }
    if (lines.length > read) lastNews = Date.now();
    read = lines.length;
    const silent = Date.now() - lastNews > silenceLimit || Date.now() - started > totalLimit;
    if (silent || over) {
      console.log(`✗ ${silent ? 'No test ended any more: given up' : 'VS Code ended before the last test did'}`);
      counts.failed++;
      return counts;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function printResult(result: HostTestResult): void {
  if (result.kind === 'end') return;
  if (result.kind === 'measure') {
    console.log(`  ${result.name}: ${Math.round(result.value * 10) / 10}`);
    return;
  }
  const sign = { passed: '✓', skipped: '-', failed: '✗' }[result.status];
  console.log(`${sign} ${result.name} (${result.ms} ms)${result.message ? `\n  ${result.message}` : ''}`);
}
