import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What the numbers were taken on. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly node: string;
  readonly platform: string;
  /** Load of the last minute when the run began; from 1 on other programs take part of a small machine. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? '',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    platform: process.platform,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
