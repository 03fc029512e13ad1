import { createScanner, type JSONScanner } from 'jsonc-parser';
import type { TextRange } from '../types.ts';
import type { Scalar } from '../yaml/scalars.ts';

/** Numbers of jsonc-parser's `SyntaxKind`: a `const enum`, which `verbatimModuleSyntax` cannot import. */
const token = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  null: 7,
  true: 8,
  false: 9,
  string: 10,
  number: 11,
  end: 17,
} as const;

/** Of its `ScanError`: the string does not end on its line. */
const unexpectedEndOfString = 2;

const brackets: Readonly<Record<string, number>> = {
  '{': token.openBrace,
  '}': token.closeBrace,
  '[': token.openBracket,
  ']': token.closeBracket,
  ',': token.comma,
  ':': token.colon,
};
/** By the character; 0: another one. */
const kindOfSign = Uint8Array.from({ length: 128 }, (_, code) => brackets[String.fromCharCode(code)] ?? 0);
const quote = 34;
const backslash = 92;

/**
 * The tokens of a text. The package's scanner tells them, but for signs and plain strings: nearly all of a text consists of these, and
 * reading them here takes half the time.
 */
class Tokens {
  private readonly text: string;
  private readonly scanner: JSONScanner;
  start = 0;
  end = 0;
  /** The package read the last one. */
  private isScanned = false;

  constructor(text: string) {
    this.text = text;
    this.scanner = createScanner(text, true);
  }

  next(): number {
    const { text } = this;
    const { length } = text;
    let at = this.end;
    while (at < length && isBlank(text.charCodeAt(at))) at++;
    const code = at < length ? text.charCodeAt(at) : 0;
    let kind = code < kindOfSign.length ? (kindOfSign[code] ?? 0) : 0;
    let end = at + 1;
    if (code === quote) {
      while (end < length && isPlain(text.charCodeAt(end))) end++;
      if (end < length && text.charCodeAt(end) === quote) kind = token.string;
      end++;
    }
    this.isScanned = kind === 0;
    if (kind === 0) return this.scan(at);
    this.start = at;
    this.end = end;
    return kind;
  }

  private scan(from: number): number {
    this.scanner.setPosition(from);
    const kind: number = this.scanner.scan();
    this.start = this.scanner.getTokenOffset();
    this.end = this.scanner.getPosition();
    return kind;
  }

  /** Of a string, decoded. */
  get string(): string {
    return this.isScanned ? this.scanner.getTokenValue() : this.text.slice(this.start + 1, this.end - 1);
  }

  get isBroken(): boolean {
    return this.isScanned && (this.scanner.getTokenError() as number) === unexpectedEndOfString;
  }
}

/** What is nested deeper has no image, and is left out. */
const maxDepth = 100;

/** Where a value stands: what it is called in the object or list around it. */
export interface JsonPlace {
  readonly isList: boolean;
  /** Of a list. */
  readonly index: number;
  /** Of an object. */
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
}

const isBlank = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;
/** In a string: neither its end nor the beginning of an escape, nor what may not be there. */
const isPlain = (code: number): boolean => code >= 32 && code !== quote && code !== backslash;

/** What is told of a text, in its order. */
export interface JsonVisitor {
  /** An object or a list begins; at the top, no place is given. */
  begin(isList: boolean, place: JsonPlace | undefined): void;
  end(isList: boolean, place: JsonPlace | undefined): void;
  /** A string, decoded and without its quotes; or a number, boolean or null as it is written. */
  scalar(value: string, range: TextRange, isText: boolean, place: JsonPlace): void;
}

interface Container extends JsonPlace {
  isList: boolean;
  index: number;
  key: string;
  keyStart: number;
  keyEnd: number;
  /** An object's key was read, and perhaps its colon. */
  hasKey: boolean;
  atValue: boolean;
}

/**
 * Reads a JSON text (comments and trailing commas allowed). Never throws: what is broken is left out, what follows is read. By
 * tokens, as the package's parsers recurse and `[[[[…` would end the stack.
 */
export function visitJson(text: string, visitor: JsonVisitor): void {
  const tokens = new Tokens(text);
  /** Those that are open, and behind them some that were: there are thousands in a file, and few at a time. */
  const containers: Container[] = [];
  let depth = 0;
  /** The last of those that are open. */
  let container: Container | undefined;
  /** Containers beyond `maxDepth`. */
  let deeper = 0;

  const openOne = (isList: boolean): void => {
    visitor.begin(isList, container);
    container = containers[depth] ??= newContainer();
    container.isList = isList;
    container.index = 0;
    container.key = '';
    endValue(container);
    depth++;
  };
  const closeLast = (): void => {
    const isList = container?.isList ?? false;
    depth--;
    container = depth > 0 ? containers[depth - 1] : undefined;
    visitor.end(isList, container);
  };

  for (let kind = tokens.next(); kind !== token.end; kind = tokens.next()) {
    if (kind === token.openBrace || kind === token.openBracket) {
      if (depth === maxDepth) deeper++;
      else openOne(kind === token.openBracket);
    } else if (kind === token.closeBrace || kind === token.closeBracket) {
      // A bracket that was forgotten inside is taken as closed.
      const at = deeper > 0 ? depth : lastOf(containers, depth, kind === token.closeBracket);
      if (deeper > 0) deeper--;
      while (at >= 0 && depth > at) closeLast();
      if (deeper === 0) endValue(container);
    } else if (deeper > 0 || !container) continue;
    else if (kind === token.comma) {
      container.index++;
      endValue(container);
    } else if (kind === token.colon) container.atValue = container.hasKey;
    else if (kind >= token.null && kind <= token.number) {
      const { start, end } = tokens;
      const isText = kind === token.string;
      const isKey = !container.isList && !container.atValue;
      if (isText && tokens.isBroken) endValue(container);
      else if (isText && isKey) {
        container.key = tokens.string;
        container.keyStart = start + 1;
        container.keyEnd = end - 1;
        container.hasKey = true;
      } else if (!isKey) {
        const range = isText ? { start: start + 1, end: end - 1 } : { start, end };
        visitor.scalar(isText ? tokens.string : text.slice(start, end), range, isText, container);
        endValue(container);
      }
    }
  }
  while (depth > 0) closeLast();
}

function newContainer(): Container {
  return { isList: false, index: 0, key: '', keyStart: 0, keyEnd: 0, hasKey: false, atValue: false };
}

function lastOf(containers: readonly Container[], depth: number, isList: boolean): number {
  let at = depth - 1;
  while (at >= 0 && containers[at]?.isList !== isList) at--;
  return at;
}

function endValue(container: Container | undefined): void {
  if (!container) return;
  container.atValue = false;
  container.hasKey = false;
}

/** All scalars in the objects and lists of a JSON text, in the order of the text. */
export function readJson(text: string): readonly Scalar[] {
  const scalars: Scalar[] = [];
  const outer: (string | number)[] = [];
  const keyOf = ({ isList, index, key }: JsonPlace) => (isList ? index : key);
  visitJson(text, {
    begin(_, place) {
      if (place) outer.push(keyOf(place));
    },
    end(_, place) {
      if (place) outer.pop();
    },
    scalar(value, range, _, place) {
      const keyRange = { start: place.keyStart, end: place.keyEnd };
      const literal = value.length === range.end - range.start;
      const path = [...outer, keyOf(place)];
      scalars.push({ document: 0, path, value, range, ...(!place.isList && { keyRange }), literal });
    },
  });
  return scalars;
}
