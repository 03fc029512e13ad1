/** Puts an entry last, and drops the first ones beyond `limit`: what was put longest ago goes. */
export function keepNewest<T>(entries: Map<string, T>, key: string, value: T, limit: number): void {
  entries.delete(key);
  entries.set(key, value);
  for (const oldest of entries.keys()) {
    if (entries.size <= limit) break;
    entries.delete(oldest);
  }
}
