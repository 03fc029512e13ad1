import { findReferences, findRuleDefinitions } from '../../src/files/find.ts';
import type { Sliced } from '../../src/common/slices.ts';
import { hostileTexts, hostileYaml } from '../fuzz/hostileTexts.ts';
import { seeds, type Seeds } from '../fuzz/seeds.ts';

/** One kind of file, of texts made to take long. Milliseconds of processor time. */
export interface HostileKind {
  readonly path: string;
  readonly texts: number;
  /** Which took longest as a whole, and how long. */
  readonly slowest: string;
  readonly slowestMs: number;
  /** Which held the event loop longest in one piece, and how long. */
  readonly blocking: string;
  readonly longestBlockMs: number;
}

/** Looks at texts that are made to take long, and how long of it nothing else could run. */
export function measureHostile(): HostileKind[] {
  return Object.values(seeds).map((kind: Seeds) => {
    let result: HostileKind = {
      path: kind.path,
      texts: 0,
      slowest: '',
      slowestMs: 0,
      blocking: '',
      longestBlockMs: 0,
    };
    const texts = [...hostileTexts(kind), ...(/\.ya?ml$/.test(kind.path) ? hostileYaml() : [])];
    for (const { name, text } of texts) {
      const file = { path: kind.path, text };
      const parts = [measured(findReferences(file)), measured(findRuleDefinitions(file))];
      const ms = parts.reduce((sum, part) => sum + part.ms, 0);
      const longestBlockMs = Math.max(...parts.map((part) => part.longestBlockMs));
      result = { ...result, texts: result.texts + 1 };
      if (ms > result.slowestMs) result = { ...result, slowest: name, slowestMs: ms };
      if (longestBlockMs > result.longestBlockMs) result = { ...result, blocking: name, longestBlockMs };
    }
    return result;
  });
}

function measured(work: Sliced<unknown>): { ms: number; longestBlockMs: number } {
  let [ms, longestBlockMs] = [0, 0];
  for (let done = false; !done;) {
    const before = process.threadCpuUsage();
    done = work.next().done === true;
    const { user, system } = process.threadCpuUsage(before);
    const block = (user + system) / 1000;
    ms += block;
    longestBlockMs = Math.max(longestBlockMs, block);
  }
  return { ms, longestBlockMs };
}
