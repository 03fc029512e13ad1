import type { WalkContext } from '../types.ts';

/** Waits between tries, milliseconds: half a minute in all. */
const waits = [1000, 2000, 4000, 8000, 15000];

/** Repeats `write` while its error is one that time heals. @throws the last error when the waits are used up, or on cancel. */
export async function retryBounded<T>(
  context: WalkContext,
  write: () => Promise<T>,
  heals: (error: unknown) => boolean,
  message: string,
): Promise<T> {
  for (const wait of waits) {
    try {
      return await write();
    } catch (error) {
      if (!heals(error)) throw error;
      context.report(message);
      await context.sleep(wait);
    }
  }
  return write();
}
