import { CST, Lexer, Parser } from 'yaml';
import type { TextRange } from '../types.ts';
import type { Scalar } from './scalars.ts';

type Path = Scalar['path'];

/** What is nested deeper is left out: nobody writes it, and its paths alone would fill the memory. */
const maxDepth = 64;

/** Elements of all paths of a file together: a text that needs more is written to fill the memory. */
const maxPathElements = 8_000_000;

/**
 * Collections inside each other, as the parser counts them, where it is stopped: it calls itself as often when they end at once, and
 * hands all comments behind them from one to the next.
 */
const maxParserDepth = 400;

/** Of one document, which has as many in 50,000 lines: the tree of a long list in brackets takes a thousand times its text. */
const maxTokens = 400_000;

/** No image is that long: longer texts stay as they are written. */
const maxDecodedLength = 100_000;

/** The package's types count aliases among the scalars. */
type Written = (CST.FlowScalar & { type: Exclude<CST.FlowScalar['type'], 'alias'> }) | CST.BlockScalar;

/**
 * All scalars that are values (not keys) of a YAML stream, in the order of the text. Never throws; broken parts are left out, and
 * what is nested deeper than `maxDepth`. Values that are not there at all (`key:`) are no scalars; `''` is one, of an empty range.
 * An alias of a collection is left out, as its scalars are listed where they are written; under `<<` it is one that `merges`.
 *
 * The syntax tree is walked instead of the package's own documents: those resolve each alias by going through everything before it.
 */
export function readYaml(text: string): readonly Scalar[] {
  const reader = new Reader(text.length);
  try {
    for (const document of documentsIn(text)) if (!reader.read(document)) break;
  } catch {
    // The package throws at nothing that is known. What it had until then is still there.
  }
  return reader.scalars;
}

function* documentsIn(text: string): Generator<CST.Document, void> {
  // With nothing behind it that could close a quote, an open one would take the whole rest, not only its own block.
  const closed = `${text}${text.endsWith('\n') ? '' : '\n'}...\n"'`;
  const parser = new Parser();
  let tokens = 0;
  for (const lexeme of new Lexer().lex(closed)) {
    for (const token of parser.next(lexeme)) {
      if (token.type !== 'document') continue;
      yield token;
      tokens = 0;
    }
    tokens += 1;
    if (tokens >= maxTokens || parser.stack.length > maxParserDepth) break;
  }
  for (const token of parser.end()) if (token.type === 'document') yield token;
}

/** A collection that is being walked through. */
interface Frame {
  readonly kind: 'map' | 'blockSequence' | 'flowSequence';
  readonly items: readonly CST.CollectionItem[];
  readonly path: Path;
  next: number;
  index: number;
}

class Reader {
  readonly scalars: Scalar[] = [];
  readonly #length: number;
  readonly #frames: Frame[] = [];
  /** Of the document: scalars, and the paths of collections. Undefined: of something that is no value. */
  readonly #anchors = new Map<string, Scalar | { readonly collection: Path } | undefined>();
  #document = -1;
  #pathElements = 0;

  constructor(length: number) {
    this.#length = length;
  }

  /** False if it was more than can be kept. */
  read({ value, start, offset }: CST.Document): boolean {
    this.#document += 1;
    this.#anchors.clear();
    // Behind the text stands what closes quotes.
    if (!value || offset > this.#length) return true;
    this.#value(value, [], start, undefined);
    for (let frame = this.#frames.at(-1); frame; frame = this.#frames.at(-1)) {
      const item = frame.items[frame.next];
      frame.next += 1;
      if (item) this.#item(frame, item);
      else this.#frames.pop();
      if (this.#pathElements > maxPathElements) return false;
    }
    return true;
  }

  #item(frame: Frame, item: CST.CollectionItem): void {
    switch (frame.kind) {
      case 'map':
        this.#pair(item, frame.path);
        return;
      case 'blockSequence':
        if (item.start.some(({ type }) => type === 'seq-item-ind')) frame.index += 1;
        if (item.value) this.#value(item.value, [...frame.path, Math.max(0, frame.index)], item.start, undefined);
        return;
      case 'flowSequence':
        if (item.key !== undefined || item.sep) {
          frame.index += 1;
          if (frame.path.length + 1 < maxDepth) this.#pair(item, [...frame.path, frame.index]);
        } else if (item.value) {
          frame.index += 1;
          this.#value(item.value, [...frame.path, frame.index], item.start, undefined);
        }
    }
  }

  #pair(item: CST.CollectionItem, path: Path): void {
    const { key, sep, value } = item;
    const keyAnchor = anchorIn(item.start);
    if (keyAnchor !== undefined) this.#anchors.set(keyAnchor, undefined);
    if (!value && anchorIn(sep) === undefined) return;
    if (key && isScalar(key)) {
      const keyRange = this.#bounded(rangeOf(key));
      this.#value(value, [...path, valueOf(key, keyRange).value], sep, keyRange);
    } else this.#value(value, [...path, key?.type === 'alias' ? key.source : ''], sep, undefined);
  }

  /** `properties`: the tokens before it, which may hold an anchor. */
  #value(
    token: CST.Token | null | undefined,
    path: Path,
    properties: readonly CST.SourceToken[] | undefined,
    keyRange: TextRange | undefined,
  ): void {
    this.#pathElements += path.length + 1;
    const anchor = anchorIn(properties);
    const key = keyRange && { keyRange };
    if (token && isScalar(token)) {
      const range = this.#bounded(rangeOf(token));
      const { value, literal } = valueOf(token, range);
      const block = isLiteralBlock(token) ? { isBlock: true as const } : undefined;
      const scalar: Scalar = { document: this.#document, path, range, value, literal, ...key, ...block };
      if (anchor !== undefined) this.#anchors.set(anchor, scalar);
      this.scalars.push(scalar);
      return;
    }
    if (anchor !== undefined) this.#anchors.set(anchor, { collection: path });
    if (token?.type === 'alias') {
      const aliasRange = this.#bounded({ start: token.offset, end: token.offset + token.source.length });
      this.#alias(token.source.slice(1), { document: this.#document, path, ...key, aliasRange });
    } else if (token && path.length < maxDepth && !isReference(properties)) this.#open(token, path);
  }

  #alias(
    name: string,
    { aliasRange, ...place }: Pick<Scalar, 'document' | 'path' | 'keyRange'> & { aliasRange: TextRange },
  ): void {
    const meant = this.#anchors.get(name);
    if (!meant) return;
    if ('collection' in meant) {
      if (!isMerge(place.path)) return;
      this.scalars.push({ ...place, value: '', range: aliasRange, literal: false, merges: meant.collection });
      return;
    }
    const { value, range, literal, isBlock } = meant;
    this.scalars.push({ ...place, value, range, literal, ...(isBlock && { isBlock }), aliasRange });
  }

  #open(token: CST.Token, path: Path): void {
    const frame = { path, next: 0, index: -1 };
    if (token.type === 'block-map') this.#frames.push({ kind: 'map', items: token.items, ...frame });
    else if (token.type === 'block-seq') this.#frames.push({ kind: 'blockSequence', items: token.items, ...frame });
    else if (token.type === 'flow-collection') {
      const kind = token.start.type === 'flow-map-start' ? 'map' : 'flowSequence';
      this.#frames.push({ kind, items: token.items, ...frame });
    }
  }

  /** The parser was given a few characters more than the text has. */
  #bounded(range: TextRange): TextRange {
    if (range.end <= this.#length) return range;
    return { start: Math.min(range.start, this.#length), end: this.#length };
  }
}

/** `<<: *a` or `<<: [*a, *b]`. */
function isMerge(path: Path): boolean {
  return path.at(typeof path.at(-1) === 'number' ? -2 : -1) === '<<';
}

function isScalar(token: CST.Token): token is Written {
  return token.type !== 'alias' && CST.isScalar(token);
}

function anchorIn(tokens: readonly CST.SourceToken[] | undefined): string | undefined {
  if (tokens === undefined) return undefined;
  for (const { type, source } of tokens) if (type === 'anchor') return source.slice(1);
  return undefined;
}

/** GitLab's `!reference [job, key]`: the names of what is meant are no values of what has it (docs.gitlab.com/ci/yaml/yaml_optimization). */
function isReference(tokens: readonly CST.SourceToken[] | undefined): boolean {
  return tokens?.some(({ type, source }) => type === 'tag' && source === '!reference') === true;
}

/** Where a scalar's text is: without quotes; of a block scalar, from the first character that is no indentation to the last. */
function rangeOf(token: Written): TextRange {
  const { offset, source } = token;
  switch (token.type) {
    case 'scalar':
      return { start: offset, end: offset + source.length };
    case 'block-scalar': {
      const header = token.props.reduce((length, prop) => length + ('source' in prop ? prop.source.length : 0), 0);
      const trimmed = source.trim();
      const start = offset + header + (source.length - source.trimStart().length);
      return { start, end: start + trimmed.length };
    }
    default: {
      const isClosed = source.length > 1 && source.endsWith(source.charAt(0));
      return { start: offset + 1, end: offset + source.length - (isClosed ? 1 : 0) };
    }
  }
}

function valueOf(token: Written, range: TextRange): { value: string; literal: boolean } {
  const { source } = token;
  const length = range.end - range.start;
  switch (token.type) {
    case 'scalar':
      if (!source.includes('\n')) return { value: source, literal: true };
      break;
    case 'block-scalar':
      break;
    default: {
      const inner = source.slice(1, 1 + length);
      const special = token.type === 'single-quoted-scalar' ? "'" : '\\';
      if (!inner.includes(special) && !inner.includes('\n')) return { value: inner, literal: true };
    }
  }
  const value = decoded(token);
  const text =
    token.type === 'block-scalar' ? source.trim() : source.slice(token.type === 'scalar' ? 0 : 1).slice(0, length);
  return { value, literal: value === text };
}

/** Without an indentation of its own, which would be another one than the first line's. */
function isLiteralBlock(token: Written): boolean {
  return (
    token.type === 'block-scalar' &&
    token.props.some((prop) => prop.type === 'block-scalar-header' && /^\|[-+]?$/.test(prop.source))
  );
}

function decoded(token: Written): string {
  if (token.source.length > maxDecodedLength) return token.source;
  try {
    return CST.resolveAsScalar(token, false, () => undefined).value;
  } catch {
    return token.source;
  }
}
