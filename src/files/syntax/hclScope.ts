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

type Block = Entry & { readonly labels: readonly string[]; readonly value: ObjectValue };

/** All blocks of a file, outer ones first; also what stands in another one's body only because that is not closed yet. */
function blocksIn(entries: readonly Entry[]): Block[] {
  return entries.flatMap(({ key, keyRange, labels, value }) =>
    labels && value.kind === 'object' ? [{ key, keyRange, labels, value }, ...blocksIn(value.entries)] : [],
  );
}

/** All resources of a file. */
export function hclResources(entries: readonly Entry[]): HclResource[] {
  return blocksIn(entries).flatMap((entry) => {
    const { key: kind, labels, value: body } = entry;
    const [type, name] = labels;
    const isResource = (kind === 'resource' || kind === 'data') && type !== undefined && name !== undefined;
    return isResource ? [{ kind, type, name, entry, body }] : [];
  });
}

/** Names of a Terraform file: locals, variables by their default, and what the bodies of resources say of themselves. */
export function hclScope(entries: readonly Entry[]): Scope {
  const values = new Map<string, Entry['value']>();
  const add = (key: string, value: Entry['value'] | undefined): void => {
    if (value && !values.has(key)) values.set(key, value);
  };
  for (const { key, labels, value } of blocksIn(entries)) {
    if (key === 'locals') for (const local of value.entries) add(`local.${local.key ?? ''}`, local.value);
    else if (key === 'variable') add(`var.${labels[0] ?? ''}`, propertyOf(value, 'default'));
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
