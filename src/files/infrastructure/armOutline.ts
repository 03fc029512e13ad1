import { createScanner } from 'jsonc-parser';
import { treeOf } from './armTree.ts';
import { readJson, readJsonOnce, token } from '../text/json.ts';
import { rememberLast } from '../text/lastRead.ts';
import { createPartCache, isCached } from '../text/partCache.ts';
import type { Scalar } from '../yaml/scalars.ts';
import type { ObjectValue } from './expressions/values.ts';

/** A resource that was read apart. */
export interface ApartResource {
  /** What the ranges in it count from. */
  readonly offset: number;
  readonly value: ObjectValue;
  /** To the next one. */
  readonly length: number;
}

/** The JSON of a template, of which some resources were read apart. */
export interface ArmOutline {
  /** In the order of the text; of each resource that was read apart only one. */
  readonly scalars: readonly Scalar[];
  /** By where their scalar in `scalars` begins. */
  readonly apart: ReadonlyMap<number, ApartResource>;
}

/** A resource that is longer, or nested deeper, is not read apart. */
const maxLength = 100_000;
const maxNesting = 50;

/** How a list of resources begins, of which each is on lines of its own: the indentation tells where the next one may begin. */
const beginOfList = /"resources"[ \t]*:[ \t]*\[[ \t]*\r?\n([ \t]*)\{/;

const parts = createPartCache(readResource);

/** Reads the resources of a large template apart, and remembers them: after a keystroke only the one that it is in is read. */
export const readArmOutline = rememberLast(read);

function read(text: string): ArmOutline {
  const apart = resourcesApart(text);
  const [first] = apart.keys();
  if (first !== undefined) {
    const { scalars, numbers } = scalarsAround(text, first, apart);
    // What only looked like resources, as in a comment, is not where they are.
    if (numbers === apart.size) return { scalars, apart };
  }
  return { scalars: readJson(text), apart: new Map() };
}

/** By where they begin; each follows the one before. */
function resourcesApart(text: string): Map<number, ApartResource> {
  const apart = new Map<number, ApartResource>();
  const begin = isCached(text) ? beginOfList.exec(text) : null;
  if (!begin) return apart;
  const [whole, indent = ''] = begin;
  const resourceOf = parts();
  let offset = begin.index + whole.length - 1;
  for (;;) {
    const next = text.indexOf(`\n${indent}{`, offset) + 1 + indent.length;
    if (next <= offset || next - offset > maxLength) return apart;
    const part = resourceOf(text.slice(offset, next));
    if (!part) return apart;
    apart.set(offset, { offset, ...part });
    offset = next;
  }
}

/** The scalars of the text with a number in place of each resource, and how many of these numbers are where resources are. */
function scalarsAround(text: string, first: number, apart: ReadonlyMap<number, ApartResource>) {
  const offsets = [...apart.keys()];
  const last = apart.get(offsets.at(-1) ?? first);
  const end = last ? last.offset + last.length : first;
  const number = '0,';
  const endOfNumbers = first + number.length * apart.size;
  const placed = (at: number): number =>
    at < first
      ? at
      : at < endOfNumbers
        ? (offsets[Math.floor((at - first) / number.length)] ?? at)
        : at - endOfNumbers + end;
  const scalars: Scalar[] = [];
  let numbers = 0;
  for (const scalar of readJsonOnce(text.slice(0, first) + number.repeat(apart.size) + text.slice(end))) {
    const { range, keyRange, path } = scalar;
    if (range.start >= first && range.start < endOfNumbers && path.length === 2 && path[0] === 'resources') numbers++;
    const moved = { start: placed(range.start), end: placed(range.end) };
    const key = keyRange && { keyRange: { start: placed(keyRange.start), end: placed(keyRange.end) } };
    scalars.push({ ...scalar, range: moved, ...key });
  }
  return { scalars, numbers };
}

/** Undefined: it is not one object with a comma behind it, or has nothing in it. */
function readResource(part: string): Omit<ApartResource, 'offset'> | undefined {
  // A number in place of what follows.
  const scanner = createScanner(`${part}0`, true);
  const open: number[] = [];
  let kind: number = scanner.scan();
  if (kind !== token.openBrace) return undefined;
  do {
    if (kind === token.openBrace) open.push(token.closeBrace);
    else if (kind === token.openBracket) open.push(token.closeBracket);
    else if ((kind === token.closeBrace || kind === token.closeBracket) && open.pop() !== kind) return undefined;
    if (open.length > maxNesting || kind === token.end) return undefined;
    kind = scanner.scan();
  } while (open.length > 0);
  if (kind !== token.comma) return undefined;
  kind = scanner.scan();
  if (kind !== token.number || scanner.getTokenOffset() !== part.length) return undefined;
  const value = treeOf(part, readJsonOnce(part));
  return value.kind === 'object' && value.entries.length > 0 ? { value, length: part.length } : undefined;
}
