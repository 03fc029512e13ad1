import { findInFile } from '../../src/files/find.ts';
import { hostileTexts, hostileYaml } from '../fuzz/hostileTexts.ts';
import { seeds, type Seeds } from '../fuzz/seeds.ts';

/** One kind of file, of texts made to take long. */
export interface HostileKind {
  readonly path: string;
  readonly texts: number;
  /** Which took longest, and how long: milliseconds of processor time. */
  readonly slowest: string;
  readonly slowestMs: number;
}

/** Looks at texts that are made to take long. */
export function measureHostile(): HostileKind[] {
  return Object.values(seeds).map((kind: Seeds) => {
    let result: HostileKind = { path: kind.path, texts: 0, slowest: '', slowestMs: 0 };
    const texts = [...hostileTexts(kind), ...(/\.ya?ml$/.test(kind.path) ? hostileYaml() : [])];
    for (const { name, text } of texts) {
      const file = { path: kind.path, text };
      const before = process.threadCpuUsage();
      findInFile(file);
      const { user, system } = process.threadCpuUsage(before);
      const ms = (user + system) / 1000;
      result = { ...result, texts: result.texts + 1, ...(ms > result.slowestMs && { slowest: name, slowestMs: ms }) };
    }
    return result;
  });
}
