import type { TextRange } from '../types.ts';
import { armValue } from './expressions/armExpression.ts';
import type { ApartResource } from './armOutline.ts';
import type { Scalar } from '../yaml/scalars.ts';
import { indexEntries, type Entry, type Value } from './expressions/values.ts';

/** Deeper ones are left out, as is what lies in them. */
const maxDepth = 100;
const scalarsPerSlice = 2000;

/** An object or list whose end is not reached yet. */
interface OpenValue {
  readonly key: string | number;
  readonly entries: Entry[];
  /** What was last put into it has an index. Broken JSON may put both into one. */
  isList: boolean;
  readonly items: Value[];
  start?: number;
  end?: number;
}

/**
 * What the scalars of a JSON text make together. Those of one object or list follow each other, as they are in the order of the text.
 * `apart`: values that were read before, by where the scalar begins that stands for them.
 */
export function treeOf(
  text: string,
  scalars: readonly Scalar[],
  apart: ReadonlyMap<number, ApartResource> = new Map(),
): Value {
  const root: OpenValue = { key: '', entries: [], isList: false, items: [] };
  const open: OpenValue[] = [];
  const large: Value[] = [];
  const innermost = (): OpenValue => open.at(-1) ?? root;
  const close = (): void => {
    const closed = open.pop();
    if (!closed) return;
    const value = valueOf(closed);
    if (closed.entries.length > scalarsPerSlice) large.push(value);
    add(innermost(), { key: closed.key, value });
  };
  for (const scalar of scalars) {
    const { path, keyRange } = scalar;
    const key = path.at(-1);
    if (key === undefined || path.length > maxDepth) continue;
    let shared = 0;
    while (shared < open.length && shared < path.length - 1 && open[shared]?.key === path[shared]) shared++;
    while (open.length > shared) close();
    for (const outer of path.slice(shared, -1)) open.push({ key: outer, entries: [], isList: false, items: [] });
    const known = apart.get(scalar.range.start);
    if (known) add(innermost(), { key, value: known.value, extent: moved(known.value.extent, known.offset) });
    else add(innermost(), { key, value: scalarValue(text, scalar), ...(keyRange && { keyRange }) });
  }
  while (open.length > 0) close();
  const whole = valueOf(root);
  for (const value of [...large, whole]) indexEntries(value);
  return whole;
}

interface Child {
  readonly key: string | number;
  readonly value: Value;
  readonly keyRange?: TextRange;
  /** Where the value is in this text. */
  readonly extent?: TextRange;
}

function add(to: OpenValue, { key, value, extent = value.extent, keyRange = extent }: Child): void {
  to.isList = typeof key === 'number';
  to.items.push(value);
  to.entries.push({ key: String(key), keyRange, value });
  to.start ??= extent.start;
  to.end = extent.end;
}

function valueOf({ entries, isList, items, start = 0, end = 0 }: OpenValue): Value {
  const extent = { start, end };
  return isList
    ? { kind: 'list', extent, items, inside: [], looped: false }
    : { kind: 'object', extent, entries, open: false };
}

function scalarValue(text: string, { value, range, literal }: Scalar): Value {
  // Numbers, booleans and null are scalars too.
  if (text[range.start - 1] === '"' || text[range.start - 1] === "'") return armValue(value, range, literal);
  return value === 'null' ? { kind: 'null', extent: range } : { kind: 'other', extent: range, inside: [] };
}

function moved({ start, end }: TextRange, offset: number): TextRange {
  return { start: start + offset, end: end + offset };
}
