/**
 * What `work` makes of each item, in the order of the items, with up to `limit` begun ahead of the one that is waited for.
 * Whoever stops taking results stops new work. `work` must not reject: it says in its result what went wrong.
 */
export async function* workAhead<T, R>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const begun: Promise<R>[] = [];
  for (const item of items) {
    begun.push(work(item));
    const first = begun.length >= limit ? begun.shift() : undefined;
    if (first) yield await first;
  }
  for (const rest of begun) yield await rest;
}
