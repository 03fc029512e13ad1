import { newScope, scopeAt, type NamedValue, type Resolved, type Scope } from './expressions/evaluate.ts';
import { readHcl } from './hcl.ts';
import { rememberLast } from '../text/lastRead.ts';
import { literalOf, propertyOf, type Entry, type ObjectValue, type Value } from './expressions/values.ts';

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
export const readTerraform = rememberLast(read);

function read(text: string): TerraformFile {
  const names = new Map<string, Resolved>();
  const scopeOfFile = scopeOf(names);
  const values: NamedValue[] = [];
  const blocks: Block[] = [];
  for (const { offset, made } of readHcl(text)) {
    const scope = scopeAt(offset, scopeOfFile);
    for (const entry of made) values.push({ value: entry.value, scope, names: namesOf(entry) });
    addBlocks(made, scope, blocks);
  }
  const resources: TerraformResource[] = [];
  for (const block of blocks) {
    addNames(block, names);
    const resource = resourceOf(block);
    if (resource) resources.push(resource);
  }
  // What their bodies say of themselves.
  for (const { kind, type, name, body, scope } of resources)
    addName(kind === 'data' ? `data.${type}.${name}` : `${type}.${name}`, { value: body, scope }, names);
  return { values, resources };
}

/** Of a module also where it comes from. */
function namesOf({ key = '', labels = [], value }: Entry): string[] {
  const source = key === 'module' ? propertyOf(value, 'source') : undefined;
  const from = source?.kind === 'text' ? literalOf(source) : undefined;
  return [key, ...labels, ...(from === undefined ? [] : [from])];
}

interface Block {
  readonly entry: Entry & { readonly labels: readonly string[]; readonly value: ObjectValue };
  readonly scope: Scope;
}

function addBlocks(entries: readonly Entry[], scope: Scope, found: Block[]): void {
  for (const { key, keyRange, labels, value } of entries) {
    if (!labels || value.kind !== 'object') continue;
    found.push({ entry: { key, keyRange, labels, value }, scope });
    addBlocks(value.entries, scope, found);
  }
}

function resourceOf({ entry, scope }: Block): TerraformResource | undefined {
  const { key: kind, labels, value: body } = entry;
  const [type, name] = labels;
  const isResource = (kind === 'resource' || kind === 'data') && type !== undefined && name !== undefined;
  return isResource ? { kind, type, name, entry, body, scope } : undefined;
}

/** Locals, and variables by their default. */
function addNames({ entry: { key, labels, value }, scope }: Block, names: Map<string, Resolved>): void {
  if (key === 'locals')
    for (const local of value.entries) addName(`local.${local.key ?? ''}`, { value: local.value, scope }, names);
  const initial =
    key === 'variable' ? withDefaults(propertyOf(value, 'type'), propertyOf(value, 'default')) : undefined;
  if (initial) addName(`var.${labels[0] ?? ''}`, { value: initial, scope }, names);
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
function addName(name: string, named: Resolved, names: Map<string, Resolved>): void {
  if (!names.has(name)) names.set(name, named);
}

function scopeOf(names: ReadonlyMap<string, Resolved>): Scope {
  return newScope((path) => {
    const length = path[0] === 'data' ? 3 : 2;
    const found = names.get(path.slice(0, length).join('.'));
    if (!found) return undefined;
    const rest = path.slice(length);
    const isResource = path[0] !== 'local' && path[0] !== 'var';
    // `[0]` of a resource with `count`, `["key"]` of one with `for_each`: all are written once.
    const isIndexed = isResource && /^(\d+|\*|)$/.test(rest[0] ?? 'x');
    return { ...found, rest: isIndexed ? rest.slice(1) : rest, isResource };
  });
}
