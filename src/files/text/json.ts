import { createScanner, type JSONScanner } from 'jsonc-parser';
import type { TextRange } from '../types.ts';
import { rememberLast } from './lastRead.ts';
import type { Scalar } from '../yaml/scalars.ts';

/** Numbers of jsonc-parser's `SyntaxKind`: a `const enum`, which `verbatimModuleSyntax` cannot import. */
export const token = {
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

/** What is nested deeper has no image; without a limit each path of `[[[[…` would be as long as the text. */
const maxDepth = 100;

interface Container {
  readonly kind: 'object' | 'array';
  /** Of the value that is read or comes next. */
  key: string | number;
  keyRange?: TextRange | undefined;
  /** An object's key and colon were read. */
  atValue: boolean;
}

/**
 * All scalars that are values of a JSON text (comments and trailing commas allowed), in the order of the text. Never throws: what is
 * broken is left out, what follows is read. By the package's scanner, as its `visit` recurses and `[[[[…` would end the stack.
 */
export const readJson = rememberLast(readJsonOnce);

export function readJsonOnce(text: string): readonly Scalar[] {
  const scanner = createScanner(text, true);
  const reader = createReader(text);
  for (let count = 1; ; count++) {
    const kind: number = scanner.scan();
    if (kind === token.end) return reader.scalars;
    reader.take(kind, scanner);
  }
}

function createReader(text: string) {
  const scalars: Scalar[] = [];
  const open: Container[] = [];
  /** Containers beyond `maxDepth`. */
  let deeper = 0;

  const close = (kind: Container['kind']): void => {
    if (deeper > 0) deeper--;
    else {
      // A bracket that was forgotten inside is taken as closed.
      const at = open.findLastIndex((container) => container.kind === kind);
      if (at >= 0) open.length = at;
    }
    const outer = open.at(-1);
    if (outer && deeper === 0) endValue(outer);
  };

  const endValue = (container: Container): void => {
    container.atValue = false;
    container.keyRange = undefined;
  };

  const add = (value: string, range: TextRange): void => {
    const container = open.at(-1);
    if (container?.kind === 'object' && !container.atValue) return;
    const path = open.map(({ key }) => key);
    const literal = text.slice(range.start, range.end) === value;
    const keyRange = container?.keyRange && { keyRange: container.keyRange };
    scalars.push({ document: 0, path, value, range, ...keyRange, literal });
    if (container) endValue(container);
  };

  const takeString = (scanner: JSONScanner): void => {
    const error: number = scanner.getTokenError();
    const container = open.at(-1);
    if (error === unexpectedEndOfString) {
      if (container) endValue(container);
      return;
    }
    const start = scanner.getTokenOffset() + 1;
    const range = { start, end: scanner.getTokenOffset() + scanner.getTokenLength() - 1 };
    if (container?.kind === 'object' && !container.atValue) {
      container.key = scanner.getTokenValue();
      container.keyRange = range;
    } else add(scanner.getTokenValue(), range);
  };

  const take = (kind: number, scanner: JSONScanner): void => {
    const container = open.at(-1);
    switch (kind) {
      case token.openBrace:
      case token.openBracket: {
        if (open.length === maxDepth) deeper++;
        else
          open.push({
            ...(kind === token.openBrace ? { kind: 'object', key: '' } : { kind: 'array', key: 0 }),
            atValue: false,
          });
        return;
      }
      case token.closeBrace:
        close('object');
        return;
      case token.closeBracket:
        close('array');
        return;
    }
    if (deeper > 0 || !container) {
      if (!container) takeScalar(kind, scanner);
      return;
    }
    switch (kind) {
      case token.comma:
        if (typeof container.key === 'number') container.key++;
        endValue(container);
        return;
      case token.colon:
        container.atValue = container.keyRange !== undefined;
        return;
      default:
        takeScalar(kind, scanner);
    }
  };

  const takeScalar = (kind: number, scanner: JSONScanner): void => {
    const start = scanner.getTokenOffset();
    switch (kind) {
      case token.string:
        takeString(scanner);
        return;
      case token.number:
      case token.true:
      case token.false:
      case token.null: {
        const range = { start, end: start + scanner.getTokenLength() };
        add(text.slice(range.start, range.end), range);
      }
    }
  };

  return { scalars, take };
}
