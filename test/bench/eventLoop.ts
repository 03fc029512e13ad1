/** The longest time for which nothing else could run; milliseconds. */
export interface LongestBlock {
  /** By the clock: counts also what the system gave to other processes meanwhile. */
  readonly ms: number;
  /** Processor time of one such block: what this thread itself was busy with. */
  readonly busyMs: number;
}

/**
 * Looks at every turn of the event loop until the function returned is called. It never sleeps, so a busy machine interrupts it at
 * any time: only `busyMs` tells of a block that it is ours.
 */
export function watchEventLoop(): () => LongestBlock {
  // Electron's Node has it not yet; of a process that does little else, its threads count a little too much.
  const usage = (): number => {
    const { user, system } = (process.threadCpuUsage as typeof process.cpuUsage | undefined)?.() ?? process.cpuUsage();
    return (user + system) / 1000;
  };
  let [ms, busyMs] = [0, 0];
  let [last, lastBusy] = [performance.now(), usage()];
  const look = (): void => {
    const [now, busy] = [performance.now(), usage()];
    ms = Math.max(ms, now - last);
    busyMs = Math.max(busyMs, Math.min(busy - lastBusy, now - last));
    [last, lastBusy] = [now, busy];
  };
  let timer = setImmediate(function turn() {
    look();
    timer = setImmediate(turn);
  });
  return () => {
    clearImmediate(timer);
    look();
    return { ms, busyMs };
  };
}
