import { maxDepth, type YamlPath } from './yamlEntries.ts';
import {
  blankLine,
  documentMarker,
  isBareMarker,
  lineForm,
  readLines,
  type LineForm,
  type Lines,
} from './yamlLines.ts';

/** A piece of a YAML stream that means the same when it is parsed alone. */
export interface YamlPart {
  /** Which document of the stream it belongs to, from 0. */
  readonly document: number;
  /** Of the collection in it. */
  readonly path: YamlPath;
  /** Added to all indexes of the first sequence in it, which goes on from another part. */
  readonly firstIndex: number;
  /** Where its first line starts. */
  readonly start: number;
  /** With as many spaces as there are indicators before its first key. */
  readonly text: string;
}

/**
 * Cuts a YAML stream into parts: documents, and of documents of more than `longEntry` lines the entries of block collections, which
 * are cut in turn if they are as long. In the order of the text.
 *
 * Where a document may be cut follows from how YAML ends things: a line indented no more than a key before it ends whatever that key's
 * value was, unless a collection in brackets is closed there. So a line that has the indentation of a collection and looks like one of
 * its entries is one. Lines of that indentation that do not look like entries forbid cutting after them.
 *
 * Broken YAML may mean less when read at one go, as then nothing after the break is understood.
 */
export function cutYaml(text: string, longEntry: number): readonly YamlPart[] {
  const lines = readLines(text);
  const parts: YamlPart[] = [];
  let document = 0;
  for (let from = 0; from < lines.count;) {
    const to = documentEnd(lines, from);
    if (hasContent(lines, from, to)) {
      const cutter = new Cutter(lines, document, longEntry, parts);
      const isCut = to - from > longEntry && cutter.isDocumentCut(from, to);
      if (!isCut) cutter.document(from, to);
      document += 1;
    }
    from = to;
  }
  return parts;
}

/** A document ends before the next `---`, and with a `...`. */
function documentEnd(lines: Lines, from: number): number {
  // Comments and directives before a document's `---` are its own.
  let isBegun = false;
  for (let line = from; line < lines.count; line += 1) {
    const marker = lines.indents[line] === 0 ? documentMarker(lines, line) : undefined;
    if (marker === 'end') return line + 1;
    if (marker === 'start' && isBegun) return line;
    isBegun ||= marker === 'start' || isContent(lines, line);
  }
  return lines.count;
}

function hasContent(lines: Lines, from: number, to: number): boolean {
  for (let line = from; line < to; line += 1) {
    if (lines.indents[line] === 0 && documentMarker(lines, line) === 'end') continue;
    if (isContent(lines, line)) return true;
  }
  return false;
}

/** No blank, no comment, and no directive, as far as that can be told from the line. */
function isContent({ text, starts, indents }: Lines, line: number): boolean {
  const indent = indents[line] ?? blankLine;
  return indent >= 0 && !(indent === 0 && text.charAt(starts[line] ?? 0) === '%');
}

/** The lines of an entry of a block collection. */
interface Entry {
  readonly from: number;
  readonly to: number;
  /** Of the key or the dash. */
  readonly column: number;
  /** Offset of its text, after indicators that stand before the collection. */
  readonly at: number;
  /** The key or the index. */
  readonly name: string | number;
  /** Where its value can be looked for: on the lines below its first, or from an offset on its first. */
  readonly body: 'below' | number | undefined;
  readonly hasAnchor: boolean;
}

class Cutter {
  readonly #lines: Lines;
  readonly #document: number;
  readonly #longEntry: number;
  readonly #parts: YamlPart[];

  constructor(lines: Lines, document: number, longEntry: number, parts: YamlPart[]) {
    this.#lines = lines;
    this.#document = document;
    this.#longEntry = longEntry;
    this.#parts = parts;
  }

  /** All of a document as one part. */
  document(from: number, to: number): void {
    this.#add(from, to, this.#start(from), [], 0);
  }

  /** Cuts a document; false if it may not be cut. */
  isDocumentCut(from: number, to: number): boolean {
    const bodyTo = this.#marker(to - 1) === 'end' ? to - 1 : to;
    const first = this.#firstContent(from, bodyTo);
    if (first === undefined) return false;
    if (this.#marker(first) !== 'start') return this.#below(first, bodyTo, []);
    const body = this.#firstContent(first + 1, bodyTo);
    return body !== undefined && isBareMarker(this.#lines, first) && this.#below(body, bodyTo, []);
  }

  /** Cuts the collection that begins with the text of `line`. */
  #below(line: number, to: number, path: YamlPath): boolean {
    return this.#collection(line, to, this.#start(line) + this.#indent(line), path);
  }

  /** Cuts the collection that begins at offset `at` of line `from`; false if that is none, or may not be cut. */
  #collection(from: number, to: number, at: number, path: YamlPath): boolean {
    const entries = path.length < maxDepth ? this.#entries(from, to, at) : undefined;
    if (!entries) return false;
    // What goes into one part, so far.
    let first: Entry | undefined;
    let last: Entry | undefined;
    const flush = () => {
      if (first && last) this.#add(first.from, last.to, first.at, path, firstIndex(first));
      first = last = undefined;
    };
    for (const entry of entries) {
      const isLong = entry.to - entry.from > this.#longEntry;
      if (isLong || (first && last && this.#shouldCut(first, last, entry))) flush();
      if (isLong && this.#entry(entry, path)) continue;
      first ??= entry;
      last = entry;
    }
    flush();
    return true;
  }

  /**
   * Where to cut is decided by the text at the cut alone, as far as possible: so that a line more at the top does not move all cuts
   * below it, and with them what is known of each part.
   */
  #shouldCut(first: Entry, last: Entry, next: Entry): boolean {
    const isLarge = [last, next].some((entry) => entry.to - entry.from > this.#longEntry / 5);
    if (isLarge || last.to - first.from > this.#longEntry) return true;
    return hash(this.#lines.text, next.at, Math.min(this.#start(next.to), next.at + 200)) % 8 === 0;
  }

  /** Cuts the value of a long entry. */
  #entry({ body, from, to, at, column, name, hasAnchor }: Entry, path: YamlPath): boolean {
    if (body === undefined) return false;
    const before = this.#parts.length;
    // Nothing but the anchor is on its first line: the name then stands for no scalar.
    if (hasAnchor) this.#add(from, from + 1, at, path, 0);
    const inner = [...path, name];
    const isCut = body === 'below' ? this.#value(from + 1, to, column, inner) : this.#collection(from, to, body, inner);
    if (!isCut) this.#parts.length = before;
    return isCut;
  }

  /** Cuts what begins on the lines from `from` on, below a key or a dash in `column`. */
  #value(from: number, to: number, column: number, path: YamlPath): boolean {
    const first = this.#firstContent(from, to);
    if (first === undefined) return false;
    const indent = this.#indent(first);
    // A sequence may have its key's own indentation; other values have more.
    if (indent > column) return this.#below(first, to, path);
    const isItem = lineForm(this.#lines, first, this.#start(first) + indent).kind === 'item';
    return indent === column && isItem && typeof path.at(-1) === 'string' && this.#below(first, to, path);
  }

  /** The entries of the collection that begins at offset `at` of line `from`. Undefined if they cannot be told apart. */
  #entries(from: number, to: number, at: number): readonly Entry[] | undefined {
    const column = at - this.#start(from);
    const first = lineForm(this.#lines, from, at);
    if (first.kind !== 'item' && first.kind !== 'key') return undefined;
    const found = [{ line: from, form: first, isRegular: true }];
    let isInDoubt = false;
    for (let line = from + 1; line < to; line += 1) {
      const indent = this.#indent(line);
      if (indent < 0 || indent > column) continue;
      if (indent < column) return undefined;
      const form = lineForm(this.#lines, line, this.#start(line) + column);
      // The value of a key with the same indentation.
      if (form.kind === 'item' && first.kind === 'key') continue;
      if (form.kind === first.kind && !isInDoubt) found.push({ line, form, isRegular: true });
      else {
        const last = found.at(-1);
        if (last) last.isRegular = false;
        isInDoubt = form.kind === 'words';
        if (form.kind !== 'words' && form.kind !== 'closing' && form.kind !== first.kind) break;
      }
    }
    const entries: Entry[] = [];
    for (const [index, { line, form, isRegular }] of found.entries()) {
      entries.push({
        from: line,
        to: found[index + 1]?.line ?? to,
        column,
        at: line === from ? at : this.#start(line),
        name: form.kind === 'key' ? form.key : index,
        body: isRegular ? bodyOf(form) : undefined,
        hasAnchor: form.kind === 'key' && form.hasAnchor,
      });
    }
    return entries;
  }

  /** Makes a part of the lines, from offset `at` of the first. */
  #add(from: number, to: number, at: number, path: YamlPath, firstIndex: number): void {
    const start = this.#start(from);
    const written = this.#lines.text.slice(at, this.#start(to));
    const text = at === start ? written : ' '.repeat(at - start) + written;
    this.#parts.push({ document: this.#document, path, firstIndex, start, text });
  }

  #firstContent(from: number, to: number): number | undefined {
    for (let line = from; line < to; line += 1) {
      if (isContent(this.#lines, line)) return line;
    }
    return undefined;
  }

  #marker(line: number): 'start' | 'end' | undefined {
    return this.#indent(line) === 0 ? documentMarker(this.#lines, line) : undefined;
  }

  #start(line: number): number {
    return this.#lines.starts[line] ?? this.#lines.text.length;
  }

  #indent(line: number): number {
    return this.#lines.indents[line] ?? blankLine;
  }
}

function bodyOf(form: Extract<LineForm, { kind: 'item' | 'key' }>): Entry['body'] {
  if (form.kind === 'item') return form.next ?? 'below';
  return form.isHeader ? 'below' : undefined;
}

function firstIndex({ name }: Entry): number {
  return typeof name === 'number' ? name : 0;
}

/** FNV-1a, to spread cuts evenly. */
function hash(text: string, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let at = start; at < end; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}
