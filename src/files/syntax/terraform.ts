import type { Sliced } from '../slices.ts';
import { newScope, type Scope } from './evaluate.ts';
import { readHcl } from './hcl.ts';
import { propertyOf, type Entry, type ObjectValue } from './values.ts';

/** A `resource` or `data` block. */
export interface TerraformResource {
  readonly kind: 'resource' | 'data';
  readonly type: string;
  readonly name: string;
  readonly entry: Entry;
  readonly body: ObjectValue;
}

export interface TerraformFile {
  readonly entries: readonly Entry[];
  /** Outer ones first: a block that is not closed yet has all that follows inside. */
  readonly resources: readonly TerraformResource[];
  readonly scope: Scope;
}

/** Reads a Terraform file as far as it can be understood. Never throws. */
export function* readTerraform(text: string): Sliced<TerraformFile> {
  const entries = yield* readHcl(text);
  const blocks: Block[] = [];
  addBlocks(entries, blocks);
  yield;
  const resources = blocks.flatMap(resourceOf);
  return { entries, resources, scope: scopeOf(blocks, resources) };
}

type Block = Entry & { readonly labels: readonly string[]; readonly value: ObjectValue };

function addBlocks(entries: readonly Entry[], found: Block[]): void {
  for (const { key, keyRange, labels, value } of entries) {
    if (!labels || value.kind !== 'object') continue;
    found.push({ key, keyRange, labels, value });
    addBlocks(value.entries, found);
  }
}

function resourceOf(entry: Block): TerraformResource[] {
  const { key: kind, labels, value: body } = entry;
  const [type, name] = labels;
  const isResource = (kind === 'resource' || kind === 'data') && type !== undefined && name !== undefined;
  return isResource ? [{ kind, type, name, entry, body }] : [];
}

/** Names of a file: locals, variables by their default, and what the bodies of resources say of themselves. */
function scopeOf(blocks: readonly Block[], resources: readonly TerraformResource[]): Scope {
  const values = new Map<string, Entry['value']>();
  const add = (key: string, value: Entry['value'] | undefined): void => {
    if (value && !values.has(key)) values.set(key, value);
  };
  for (const { key, labels, value } of blocks) {
    if (key === 'locals') for (const local of value.entries) add(`local.${local.key ?? ''}`, local.value);
    else if (key === 'variable') add(`var.${labels[0] ?? ''}`, propertyOf(value, 'default'));
  }
  for (const { kind, type, name, body } of resources)
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
