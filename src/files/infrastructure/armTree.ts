import { visitJson, type JsonPlace } from '../text/json.ts';
import type { TextRange } from '../types.ts';
import { armValue } from './expressions/armExpression.ts';
import type { Entry, Value } from './expressions/values.ts';

const none: readonly Value[] = [];

/** The values of an ARM template, in one object. Objects and lists without any scalar in them are left out. Never throws. */
export function readArmTree(text: string): Value {
  // Of all that are open, one behind the other: what an object or list has is taken from the end when it is closed.
  const entries: Entry[] = [];
  const items: Value[] = [];
  const starts: number[] = [];

  const add = (value: Value, place: JsonPlace): void => {
    if (place.isList && starts.length > 1) items.push(value);
    else entries.push({ key: place.key, keyRange: value.extent, value });
  };

  visitJson(text, {
    begin(isList) {
      starts.push(isList ? items.length : entries.length);
    },
    end(isList, place) {
      const start = starts.pop() ?? 0;
      if (!place) return;
      const value = isList ? listOf(items.splice(start)) : objectOf(entries.splice(start));
      if (value) add(value, place);
    },
    scalar(value, range, isText, place) {
      add(isText ? armValue(value, range, value.length === range.end - range.start) : plain(value, range), place);
    },
  });
  return objectOf(entries) ?? { kind: 'object', extent: { start: -1, end: -1 }, entries, open: false };
}

function objectOf(entries: readonly Entry[]): Value | undefined {
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return undefined;
  return { kind: 'object', extent: around(first.value, last.value), entries, open: false };
}

function listOf(items: readonly Value[]): Value | undefined {
  const [first, last] = [items[0], items.at(-1)];
  return first && last && { kind: 'list', extent: around(first, last), items, inside: none, looped: false };
}

/** From the first scalar inside to the last. */
function around(first: Value, last: Value): TextRange {
  return { start: first.extent.start, end: last.extent.end };
}

function plain(value: string, extent: TextRange): Value {
  return value === 'null' ? { kind: 'null', extent } : { kind: 'other', extent, inside: none };
}
