import type { TextRange } from '../types.ts';
import { createChunkCache, detached } from '../text/chunkCache.ts';
import type { Scalar } from './scalars.ts';
import { maxDepth, maxPathElements, readYamlEntries, type YamlEntry } from './yamlEntries.ts';
import { cutYaml, type YamlPart } from './yamlParts.ts';

/** Of all parts together, in UTF-16 units. What is known of a part takes about ten times its text. */
const cache = createChunkCache<readonly YamlEntry[]>(1_500_000);

/** Parsing a shorter text takes about as long as looking its parts up, and a scan of many small files leaves the cache as it is. */
const minCachedLength = 4000;

export interface YamlOptions {
  /** What is longer, in lines, is read in parts where that is possible. Only for tests: it makes no difference to valid YAML. */
  readonly longEntry?: number;
}

/**
 * All scalars that are values (not keys) of a YAML stream, in the order of the text. Never throws; broken parts are left out, and
 * what is nested deeper than `maxDepth`. Values that are not there at all (`key:`) are no scalars; `''` is one, of an empty range.
 * An alias of a collection is left out, as its scalars are listed where they are written; under `<<` it is one that `merges`.
 */
export function readYaml(text: string, { longEntry = 100 }: YamlOptions = {}): readonly Scalar[] {
  const marked = text.startsWith('\uFEFF') ? 1 : 0;
  const stream = new Stream(marked);
  const isCached = text.length >= minCachedLength;
  for (const part of cutYaml(marked === 0 ? text : text.slice(1), longEntry)) {
    let entries = isCached ? cache.find(part.text) : undefined;
    if (!entries) {
      const own = isCached ? detached(part.text) : part.text;
      entries = readYamlEntries(own);
      if (isCached) cache.keep(own, entries);
    }
    if (!stream.add(part, entries)) break;
  }
  return stream.scalars;
}

/** What an anchor that is no scalar's stands before. */
interface Collection {
  readonly collection: Scalar['path'];
}

/** Puts parts together. */
class Stream {
  readonly scalars: Scalar[] = [];
  readonly #offset: number;
  readonly #anchors = new Map<string, Scalar | Collection | undefined>();
  #document = 0;
  #pathElements = 0;

  constructor(offset: number) {
    this.#offset = offset;
  }

  /** False if that is more than can be kept. */
  add(part: YamlPart, entries: readonly YamlEntry[]): boolean {
    if (part.document !== this.#document) this.#anchors.clear();
    this.#document = part.document;
    for (const entry of entries) {
      if (entry.kind === 'otherAnchor') {
        const path = entry.path && pathIn(part.path, entry.path, part.firstIndex);
        this.#anchors.set(entry.name, path && { collection: path });
      } else this.#add(part, entry);
      if (this.#pathElements > maxPathElements) return false;
    }
    return true;
  }

  #add(
    { document, path: outer, firstIndex, start }: YamlPart,
    entry: Exclude<YamlEntry, { kind: 'otherAnchor' }>,
  ): void {
    const length = outer.length + entry.path.length;
    if (length > maxDepth) return;
    const offset = start + this.#offset;
    const path = pathIn(outer, entry.path, firstIndex);
    const { keyRange } = entry;
    const key = keyRange && { keyRange: moved(keyRange, offset) };
    if (entry.kind === 'scalar') {
      const { value, literal, isBlock, anchor } = entry;
      const block = isBlock && { isBlock };
      const scalar: Scalar = { document, path, value, range: moved(entry.range, offset), ...key, literal, ...block };
      if (anchor !== undefined) this.#anchors.set(anchor, scalar);
      this.#push(scalar);
    } else {
      const meant = this.#anchors.get(entry.name);
      if (!meant) return;
      const aliasRange = moved(entry.range, offset);
      if ('collection' in meant) {
        if (!isMerge(path)) return;
        this.#push({ document, path, value: '', range: aliasRange, ...key, literal: false, merges: meant.collection });
        return;
      }
      const { value, range, literal, isBlock } = meant;
      const block = isBlock && { isBlock };
      this.#push({ document, path, value, range, ...key, literal, ...block, aliasRange });
    }
  }

  #push(scalar: Scalar): void {
    this.scalars.push(scalar);
    this.#pathElements += scalar.path.length + 1;
  }
}

/** `<<: *a` or `<<: [*a, *b]`. */
function isMerge(path: Scalar['path']): boolean {
  return path.at(typeof path.at(-1) === 'number' ? -2 : -1) === '<<';
}

function pathIn(outer: YamlPart['path'], inner: YamlPart['path'], firstIndex: number): YamlPart['path'] {
  const [first, ...rest] = inner;
  if (firstIndex !== 0 && typeof first === 'number') return [...outer, first + firstIndex, ...rest];
  return outer.length === 0 ? inner : [...outer, ...inner];
}

function moved({ start, end }: TextRange, offset: number): TextRange {
  return { start: start + offset, end: end + offset };
}
