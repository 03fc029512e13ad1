/** What is made of each item, without what is undefined. */
export function collect<T, R>(items: Iterable<T>, make: (item: T) => R | undefined): R[] {
  const made: R[] = [];
  for (const item of items) {
    const one = make(item);
    if (one !== undefined) made.push(one);
  }
  return made;
}

/** What a map has for a key; what is made for it if it has nothing. */
export function getOrInsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** What is made of the first item of which something can be made. */
export function firstOf<T, R>(items: Iterable<T>, make: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const one = make(item);
    if (one !== undefined) return one;
  }
  return undefined;
}
