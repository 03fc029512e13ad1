import { newScope, type Scope } from './evaluate.ts';
import { propertyOf, type Entry, type ObjectValue } from './values.ts';

/** A `resource` or `data` block of Terraform. */
export interface HclResource {
  readonly kind: 'resource' | 'data';
  readonly type: string;
  readonly name: string;
  readonly entry: Entry;
  readonly body: ObjectValue;
}

/** All resources of a file, also those that stand in another one's body because that is not closed yet. */
export function hclResources(entries: readonly Entry[]): HclResource[] {
  const found: HclResource[] = [];
  const visit = (inner: readonly Entry[]): void => {
    for (const entry of inner) {
      if (!entry.labels || entry.value.kind !== 'object') continue;
      const [type, name] = entry.labels;
      if ((entry.key === 'resource' || entry.key === 'data') && type !== undefined && name !== undefined)
        found.push({ kind: entry.key, type, name, entry, body: entry.value });
      visit(entry.value.entries);
    }
  };
  visit(entries);
  return found;
}

/** Names of a Terraform file: locals, variables by their default, and what the bodies of resources say of themselves. */
export function hclScope(entries: readonly Entry[]): Scope {
  const values = new Map<string, Entry['value']>();
  const add = (key: string, value: Entry['value'] | undefined): void => {
    if (value && !values.has(key)) values.set(key, value);
  };
  for (const { key, labels, value } of entries) {
    if (!labels || value.kind !== 'object') continue;
    if (key === 'locals') for (const local of value.entries) add(`local.${local.key ?? ''}`, local.value);
    if (key === 'variable') add(`var.${labels[0] ?? ''}`, propertyOf(value, 'default'));
  }
  for (const { kind, type, name, body } of hclResources(entries))
    add(kind === 'data' ? `data.${type}.${name}` : `${type}.${name}`, body);
  const scope: Scope = newScope((path) => {
    const length = path[0] === 'data' ? 3 : 2;
    const value = values.get(path.slice(0, length).join('.'));
    const rest = path.slice(length);
    // `[0]` of a resource with `count`, `["key"]` of one with `for_each`: all are written once.
    const isIndexed = path[0] !== 'local' && path[0] !== 'var' && /^(\d+|\*|)$/.test(rest[0] ?? 'x');
    return value && { value, scope, rest: isIndexed ? rest.slice(1) : rest };
  });
  return scope;
}
