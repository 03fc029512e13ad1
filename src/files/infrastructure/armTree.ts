import { visitJson, type JsonPlace } from '../text/json.ts';
import type { TextRange } from '../types.ts';
import { armValue } from './expressions/armExpression.ts';
import type { Entry, ListValue, ObjectValue, Value } from './expressions/values.ts';

/** `extent`: from the first scalar inside to the last; `start` is negative where there is none yet. */
interface Open {
  readonly extent: { start: number; end: number };
}

type OpenObject = ObjectValue & Open & { readonly entries: Entry[] };
type OpenList = ListValue & Open & { readonly items: Value[] };

/** The values of an ARM template, in one object. Objects and lists without any scalar in them are left out. Never throws. */
export function readArmTree(text: string): Value {
  const root = newObject();
  const open: (OpenObject | OpenList)[] = [];

  const add = (value: Value, place: JsonPlace): void => {
    const outer = open.at(-1) ?? root;
    if (outer.kind === 'list') outer.items.push(value);
    else outer.entries.push({ key: place.key, keyRange: value.extent, value });
    if (outer.extent.start < 0) outer.extent.start = value.extent.start;
    outer.extent.end = value.extent.end;
  };

  visitJson(text, {
    begin(isList, place) {
      open.push(place ? (isList ? newList() : newObject()) : root);
    },
    end(place) {
      const value = open.pop();
      if (place && value && value.extent.start >= 0) add(value, place);
    },
    scalar(value, range, isText, place) {
      add(isText ? armValue(value, range, value.length === range.end - range.start) : plain(value, range), place);
    },
  });
  return root;
}

function newObject(): OpenObject {
  return { kind: 'object', extent: { start: -1, end: -1 }, entries: [], open: false };
}

function newList(): OpenList {
  return { kind: 'list', extent: { start: -1, end: -1 }, items: [], inside: [], looped: false };
}

function plain(value: string, extent: TextRange): Value {
  return value === 'null' ? { kind: 'null', extent } : { kind: 'other', extent, inside: [] };
}
