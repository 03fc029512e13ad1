import type { TextChange } from '../types.ts';

/** A place in a text, from 0: as VS Code's `Position`. `character` counts UTF-16 units. */
export interface LineAndCharacter {
  readonly line: number;
  readonly character: number;
}

/**
 * Turns offsets of a text into lines and characters as VS Code counts them: `\r\n`, `\n` and a lone `\r` end a line, nothing else
 * does. An offset outside the text is the nearest inside; one between `\r` and `\n` is the end of that line. So positions stay
 * right when VS Code, on opening a file, makes mixed line ends uniform.
 */
export function createPositions(text: string): (offset: number) => LineAndCharacter {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === carriageReturn && text.charCodeAt(at + 1) === lineFeed) continue;
    if (unit === lineFeed || unit === carriageReturn) starts.push(at + 1);
  }
  return (offset) => {
    const inside = Math.min(Math.max(offset, 0), text.length);
    const isWithinBreak = text.charCodeAt(inside) === lineFeed && text.charCodeAt(inside - 1) === carriageReturn;
    const at = isWithinBreak ? inside - 1 : inside;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: at - (starts[low] ?? 0) };
  };
}

/** Where the line ends that the character at `at` is in: its line feed, or the end of the text. */
export function lineEndFrom(text: string, at: number): number {
  const found = text.indexOf('\n', at);
  return found < 0 ? text.length : found;
}

const lineFeed = 10;
const carriageReturn = 13;

/**
 * Changes in the order of the text, each once. Of two that overlap the first stands: an editor would refuse both, and what is left
 * out is found again by the next look at the file. So does the
 * first of several insertions at one place.
 */
export function distinctChanges<C extends TextChange>(changes: readonly C[]): readonly C[] {
  const sorted = [...changes].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  const distinct: C[] = [];
  for (const change of sorted) {
    const last = distinct.at(-1);
    const isFree =
      !last ||
      change.range.start > last.range.end ||
      (change.range.start === last.range.end && change.range.start > last.range.start);
    if (isFree) distinct.push(change);
  }
  return distinct;
}

/** The text after `distinctChanges` of the changes. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { range, text: replacement } of distinctChanges(changes)) {
    parts.push(text.slice(at, range.start), replacement);
    at = range.end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** Two texts that differ only in how lines end give one. */
export function withUniformLines(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
