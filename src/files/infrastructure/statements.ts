import { createPartCache, isCached } from '../text/partCache.ts';

/** Reads a text statement by statement. What it makes has ranges relative to that text. */
export interface StatementReader<T> {
  /** Where the next statement begins, past blanks and comments; the length of the text if there is none. */
  next(): number;
  /** Reads one. The place alone says how: nothing is left over from those before. */
  read(): void;
  /** What was made of those that were read. */
  readonly made: T;
}

/** Some of the statements of a text. */
export interface StatementPart<T> {
  /** Where the ranges in it count from. */
  readonly offset: number;
  readonly made: T;
}

/** A lone statement that is longer is cut, which bounds how long it takes: no file that people write comes near. */
const maxStatementLength = 100_000;

/**
 * Reads all statements of a text, and remembers what was made of them: after a keystroke only the statement that it is in is read.
 *
 * A text is cut before lines that begin with a letter or `@`, as statements do unless they are inside of something. If a part ends
 * where the cut is, with all that it began closed, then it means the same wherever it stands: readers only look at what follows to see
 * whether an operator goes on with the last expression, and none begins so.
 */
export function createStatements<T extends object>(begin: (text: string) => StatementReader<T>) {
  const parts = createPartCache((part) => readClosed(part, begin));
  return function (text: string): readonly StatementPart<T>[] {
    const isKept = isCached(text);
    const madeOf = parts();
    const found: StatementPart<T>[] = [];
    for (let offset = 0; offset < text.length;) {
      const end = isKept || text.length > maxStatementLength ? nextCut(text, offset + 1) : text.length;
      const isWhole = isKept && end < text.length && end - offset <= maxStatementLength;
      const known = isWhole ? madeOf(text.slice(offset, end)) : undefined;
      if (known !== undefined) {
        found.push({ offset, made: known });
        offset = end;
      } else {
        const reader = begin(text.slice(offset, offset + maxStatementLength));
        let at = reader.next();
        while (offset + at < end && at < maxStatementLength) {
          reader.read();
          at = reader.next();
        }
        found.push({ offset, made: reader.made });
        offset += at;
      }
    }
    return found;
  };
}

/** Undefined: its last statement is not closed. */
function readClosed<T>(part: string, begin: (text: string) => StatementReader<T>): T | undefined {
  // In place of what follows.
  const reader = begin(`${part}x`);
  let at = reader.next();
  while (at < part.length) {
    reader.read();
    at = reader.next();
  }
  return at === part.length ? reader.made : undefined;
}

/** Where a line begins as a statement does, from an offset on; the end if there is none. */
function nextCut(text: string, from: number): number {
  for (let at = text.indexOf('\n', from - 1); at >= 0; at = text.indexOf('\n', at + 1)) {
    const code = text.charCodeAt(at + 1);
    // `@`, letters, `_`.
    if ((code >= 64 && code <= 90) || (code >= 97 && code <= 122) || code === 95) return at + 1;
  }
  return text.length;
}
