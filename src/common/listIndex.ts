/** Finds in a list, which is replaced and never changed, by an id of any casing: some people see thousands of subscriptions. */
export function createIndex<T>(idOf: (item: T) => string): (list: readonly T[], id: string) => T | undefined {
  const indexes = new WeakMap<readonly T[], ReadonlyMap<string, T>>();
  return (list, id) => {
    const index = indexes.get(list) ?? new Map(list.map((item) => [idOf(item).toLowerCase(), item]));
    indexes.set(list, index);
    return index.get(id.toLowerCase());
  };
}
