import { detached } from './chunkCache.ts';

const maxNames = 1000;
/** Longer ones are rare, and would keep what they were cut from. */
const maxLength = 60;

/** What is told of names, looked at once for each: files repeat the same few keys thousands of times. */
export function remembered<T extends string | boolean>(test: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const result = test(name);
    if (known.size >= maxNames) known.clear();
    if (name.length <= maxLength) known.set(detached(name), result);
    return result;
  };
}
