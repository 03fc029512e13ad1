import { newScope, type NamedValue, type Scope } from './expressions/evaluate.ts';
import { readHcl } from './hcl.ts';
import { propertyOf, type Entry, type ObjectValue, type Value } from './expressions/values.ts';

/** A `resource` or `data` block. */
export interface TerraformResource {
  readonly kind: 'resource' | 'data';
  readonly type: string;
  readonly name: string;
  readonly entry: Entry;
  readonly body: ObjectValue;
  readonly scope: Scope;
}

export interface TerraformFile {
  /** Of all blocks and attributes. */
  readonly values: readonly NamedValue[];
  /** Outer ones first: a block that is not closed yet has all that follows inside. */
  readonly resources: readonly TerraformResource[];
}

/** Reads a Terraform file as far as it can be understood. Never throws. */
export function readTerraform(text: string): TerraformFile {
  const entries = readHcl(text);
  const names = new Map<string, Value>();
  const scope = scopeOf(names);
  const blocks: Block[] = [];
  addBlocks(entries, blocks);
  for (const block of blocks) addNames(block, names);
  const resources = blocks.flatMap((entry): TerraformResource[] => {
    const { key: kind, labels, value: body } = entry;
    const [type, name] = labels;
    const isResource = (kind === 'resource' || kind === 'data') && type !== undefined && name !== undefined;
    return isResource ? [{ kind, type, name, entry, body, scope }] : [];
  });
  // What their bodies say of themselves.
  for (const { kind, type, name, body } of resources)
    addName(kind === 'data' ? `data.${type}.${name}` : `${type}.${name}`, body, names);
  return { values: entries.map((entry) => ({ value: entry.value, scope, names: namesOf(entry) })), resources };
}

/** Of a module also where it comes from. */
function namesOf({ key = '', labels = [], value }: Entry): string[] {
  const source = key === 'module' ? propertyOf(value, 'source') : undefined;
  const from = source?.kind === 'text' ? source.text : undefined;
  return [key, ...labels, ...(from === undefined ? [] : [from])];
}

interface Block extends Entry {
  readonly labels: readonly string[];
  readonly value: ObjectValue;
}

function addBlocks(entries: readonly Entry[], found: Block[]): void {
  for (const { key, keyRange, labels, value } of entries) {
    if (!labels || value.kind !== 'object') continue;
    found.push({ key, keyRange, labels, value });
    addBlocks(value.entries, found);
  }
}

/** Locals, and variables by their default. */
function addNames({ key, labels, value }: Block, names: Map<string, Value>): void {
  if (key === 'locals') for (const local of value.entries) addName(`local.${local.key ?? ''}`, local.value, names);
  const initial =
    key === 'variable' ? withDefaults(propertyOf(value, 'type'), propertyOf(value, 'default')) : undefined;
  if (initial) addName(`var.${labels[0] ?? ''}`, initial, names);
}

/** A variable's default, with what its type says of attributes that it leaves out: `object({ name = optional(string, "x") })`. */
function withDefaults(type: Value | undefined, given: Value | undefined): Value | undefined {
  const [fields] = type?.kind === 'call' && type.name === 'object' ? type.arguments : [];
  if (fields?.kind !== 'object' || (given && given.kind !== 'object')) return given;
  const defaults = fields.entries.flatMap((field) => {
    const { key = '', value } = field;
    const [inner, initial] = value.kind === 'call' && value.name === 'optional' ? value.arguments : [value];
    const made = withDefaults(inner, propertyOf(given, key) ?? initial);
    return made ? [{ ...field, value: made }] : [];
  });
  if (defaults.length === 0) return given;
  // The first of a name counts. Without a default, more is given from outside.
  return given
    ? { ...given, entries: [...defaults, ...given.entries] }
    : { kind: 'object', extent: fields.extent, entries: defaults, open: true };
}

/** The first of a name counts. */
function addName(name: string, value: Value, names: Map<string, Value>): void {
  if (!names.has(name)) names.set(name, value);
}

function scopeOf(names: ReadonlyMap<string, Value>): Scope {
  const scope: Scope = newScope((path) => {
    const length = path[0] === 'data' ? 3 : 2;
    const value = names.get(path.slice(0, length).join('.'));
    if (!value) return undefined;
    const rest = path.slice(length);
    const isResource = path[0] !== 'local' && path[0] !== 'var';
    // `[0]` of a resource with `count`, `["key"]` of one with `for_each`: all are written once.
    const isIndexed = isResource && /^(\d+|\*|)$/.test(rest[0] ?? 'x');
    return { value, scope, rest: isIndexed ? rest.slice(1) : rest, isResource };
  });
  return scope;
}
