import { createScanner } from 'jsonc-parser';
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

/** What is told of a text, in its order. */
export interface JsonVisitor {
  /** An object or a list begins; at the top, no place is given. */
  begin(isList: boolean, place: JsonPlace | undefined): void;
  end(place: JsonPlace | undefined): void;
  /** A string, decoded and without its quotes; or a number, boolean or null as it is written. */
  scalar(value: string, range: TextRange, isText: boolean, place: JsonPlace): void;
}

interface Container extends JsonPlace {
  index: number;
  key: string;
  keyStart: number;
  keyEnd: number;
  /** An object's key was read, and perhaps its colon. */
  hasKey: boolean;
  atValue: boolean;
}

/**
 * Reads a JSON text (comments and trailing commas allowed). Never throws: what is broken is left out, what follows is read. By the
 * package's scanner, as its parsers recurse and `[[[[…` would end the stack.
 */
export function visitJson(text: string, visitor: JsonVisitor): void {
  const scanner = createScanner(text, true);
  const open: Container[] = [];
  /** The last of them. */
  let container: Container | undefined;
  /** Containers beyond `maxDepth`. */
  let deeper = 0;

  const closeLast = (): void => {
    open.pop();
    container = open[open.length - 1];
    visitor.end(container);
  };

  for (let kind: number = scanner.scan(); kind !== token.end; kind = scanner.scan()) {
    if (kind === token.openBrace || kind === token.openBracket) {
      const isList = kind === token.openBracket;
      if (open.length === maxDepth) deeper++;
      else {
        visitor.begin(isList, container);
        container = { isList, index: 0, key: '', keyStart: 0, keyEnd: 0, hasKey: false, atValue: false };
        open.push(container);
      }
    } else if (kind === token.closeBrace || kind === token.closeBracket) {
      // A bracket that was forgotten inside is taken as closed.
      const at = deeper > 0 ? open.length : lastOf(open, kind === token.closeBracket);
      if (deeper > 0) deeper--;
      while (at >= 0 && open.length > at) closeLast();
      if (deeper === 0) endValue(container);
    } else if (deeper > 0 || !container) continue;
    else if (kind === token.comma) {
      container.index++;
      endValue(container);
    } else if (kind === token.colon) container.atValue = container.hasKey;
    else if (kind >= token.null && kind <= token.number) {
      const start = scanner.getTokenOffset();
      const end = start + scanner.getTokenLength();
      const isText = kind === token.string;
      const isKey = !container.isList && !container.atValue;
      if (isText && (scanner.getTokenError() as number) === unexpectedEndOfString) endValue(container);
      else if (isText && isKey) {
        container.key = scanner.getTokenValue();
        container.keyStart = start + 1;
        container.keyEnd = end - 1;
        container.hasKey = true;
      } else if (!isKey) {
        const range = isText ? { start: start + 1, end: end - 1 } : { start, end };
        visitor.scalar(isText ? scanner.getTokenValue() : text.slice(start, end), range, isText, container);
        endValue(container);
      }
    }
  }
  while (open.length > 0) closeLast();
}

function lastOf(open: readonly Container[], isList: boolean): number {
  let at = open.length - 1;
  while (at >= 0 && open[at]?.isList !== isList) at--;
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
    end(place) {
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
