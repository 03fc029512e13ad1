/** Runs what it is given, at most `count` at a time, in the order of the calls. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

export function createLimit(count: number): Limit {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
