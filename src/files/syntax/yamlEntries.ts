import { CST, Parser } from 'yaml';
import type { TextRange } from '../types.ts';

/** What a part of a YAML document holds, in the order of its text; paths and offsets are relative to the part. */
export type YamlEntry =
  | {
      readonly kind: 'scalar';
      readonly path: YamlPath;
      readonly value: string;
      readonly range: TextRange;
      readonly keyRange?: TextRange;
      readonly literal: boolean;
      readonly anchor?: string;
    }
  | {
      readonly kind: 'alias';
      readonly path: YamlPath;
      readonly name: string;
      readonly range: TextRange;
      readonly keyRange?: TextRange;
    }
  /** From here on the name means something that is no scalar value. */
  | { readonly kind: 'otherAnchor'; readonly name: string };

export type YamlPath = readonly (string | number)[];

/** What is nested deeper is left out: nobody writes it, and its paths alone would fill the memory. */
export const maxDepth = 64;

type Flow = CST.FlowScalar | CST.BlockScalar;

/**
 * Reads one document of a YAML stream, or a block collection cut out of one. Broken YAML gives what can be understood.
 *
 * The syntax tree is walked instead of the package's own documents: those resolve each alias by going through everything before it.
 */
export function readYamlEntries(text: string): readonly YamlEntry[] {
  const entries: YamlEntry[] = [];
  const document = parseDocument(text);
  if (document?.value) new Walk(text.length, entries).value(document.value, [], document.start, undefined);
  return entries;
}

function parseDocument(text: string): CST.Document | undefined {
  // With nothing behind it that could close a quote, an open one would take the whole rest, not only its own block.
  const closed = `${text}${text.endsWith('\n') ? '' : '\n'}...\n"'`;
  const parser = new Parser();
  try {
    for (const token of parser.parse(closed)) if (token.type === 'document') return token;
  } catch {
    // Its stack overflows when thousands of levels end at once. What it had until then is still there.
    try {
      for (const token of parser.end()) if (token.type === 'document') return token;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

class Walk {
  readonly #length: number;
  readonly #entries: YamlEntry[];

  constructor(length: number, entries: YamlEntry[]) {
    this.#length = length;
    this.#entries = entries;
  }

  /** `properties`: the tokens before it, which may hold an anchor. */
  value(
    token: CST.Token | null | undefined,
    path: YamlPath,
    properties: readonly CST.SourceToken[] | undefined,
    keyRange: TextRange | undefined,
  ): void {
    const anchor = anchorIn(properties);
    switch (token?.type) {
      case 'scalar':
      case 'single-quoted-scalar':
      case 'double-quoted-scalar':
      case 'block-scalar': {
        const range = this.#bounded(rangeOf(token));
        const { value, literal } = valueOf(token, range);
        this.#entries.push({
          kind: 'scalar',
          path,
          value,
          range,
          literal,
          ...(keyRange && { keyRange }),
          ...(anchor !== undefined && { anchor }),
        });
        return;
      }
      case 'alias': {
        const range = this.#bounded({ start: token.offset, end: token.offset + token.source.length });
        this.#entries.push({ kind: 'alias', path, name: token.source.slice(1), range, ...(keyRange && { keyRange }) });
        return;
      }
      default:
        if (anchor !== undefined) this.#entries.push({ kind: 'otherAnchor', name: anchor });
        if (token && path.length < maxDepth) this.#collection(token, path);
    }
  }

  #collection(token: CST.Token, path: YamlPath): void {
    switch (token.type) {
      case 'block-map':
        for (const item of token.items) this.#pair(item, path);
        return;
      case 'block-seq': {
        let index = -1;
        for (const item of token.items) {
          if (item.start.some(({ type }) => type === 'seq-item-ind')) index += 1;
          if (item.value) this.value(item.value, [...path, Math.max(0, index)], item.start, undefined);
        }
        return;
      }
      case 'flow-collection':
        this.#flow(token, path);
        return;
      default:
    }
  }

  #flow(token: CST.FlowCollection, path: YamlPath): void {
    if (token.start.type === 'flow-map-start') {
      for (const item of token.items) this.#pair(item, path);
      return;
    }
    let index = -1;
    for (const item of token.items) {
      if (item.key !== undefined || item.sep) {
        index += 1;
        if (path.length + 1 < maxDepth) this.#pair(item, [...path, index]);
      } else if (item.value) {
        index += 1;
        this.value(item.value, [...path, index], item.start, undefined);
      }
    }
  }

  #pair(item: CST.CollectionItem, path: YamlPath): void {
    if (!item.sep && !item.key) return;
    const keyAnchor = anchorIn(item.start);
    if (keyAnchor !== undefined) this.#entries.push({ kind: 'otherAnchor', name: keyAnchor });
    const { key } = item;
    if (!item.value && anchorIn(item.sep) === undefined) return;
    if (key?.type === 'alias') this.value(item.value, [...path, key.source], item.sep, undefined);
    else if (key && isScalar(key)) {
      const keyRange = this.#bounded(rangeOf(key));
      this.value(item.value, [...path, valueOf(key, keyRange).value], item.sep, keyRange);
    } else this.value(item.value, [...path, ''], item.sep, undefined);
  }

  /** The parser was given a few characters more than the text has. */
  #bounded({ start, end }: TextRange): TextRange {
    return end <= this.#length
      ? { start, end }
      : { start: Math.min(start, this.#length), end: Math.min(end, this.#length) };
  }
}

/** The package's own types count aliases among the scalars; its function does not. */
function isScalar(token: CST.Token): token is Flow {
  return token.type !== 'alias' && CST.isScalar(token);
}

function anchorIn(tokens: readonly CST.SourceToken[] | undefined): string | undefined {
  if (tokens === undefined) return undefined;
  for (const { type, source } of tokens) if (type === 'anchor') return source.slice(1);
  return undefined;
}

/** Where a scalar's text is: without quotes; of a block scalar, from the first character that is no indentation to the last. */
function rangeOf(token: Flow): TextRange {
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

function valueOf(token: Flow, range: TextRange): { value: string; literal: boolean } {
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

function decoded(token: Flow): string {
  try {
    return CST.resolveAsScalar(token, false, () => undefined).value;
  } catch {
    return token.source;
  }
}
