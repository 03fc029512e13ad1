import { visitJson, type JsonPlace, type JsonScalar } from '../text/json.ts';
import { armValue } from './expressions/armExpression.ts';
import type { Entry, ListValue, ObjectValue, Value } from './expressions/values.ts';

/** From the first scalar inside to the last; `start` is negative where there is none yet. */
interface OpenExtent {
  start: number;
  end: number;
}

type OpenValue = (ObjectValue & { readonly entries: Entry[] }) | (ListValue & { readonly items: Value[] });

/** The values of an ARM template, in one object. Objects and lists without any scalar in them are left out. Never throws. */
export function readArmTree(text: string): Value {
  const root = newValue(false);
  const open: (readonly [value: OpenValue, extent: OpenExtent])[] = [];

  const add = (value: Value, place: JsonPlace): void => {
    const [outer, extent] = open.at(-1) ?? root;
    if (outer.kind === 'list') outer.items.push(value);
    else outer.entries.push({ key: place.key, keyRange: value.extent, value });
    if (extent.start < 0) extent.start = value.extent.start;
    extent.end = value.extent.end;
  };

  visitJson(text, {
    begin(isList, place) {
      open.push(place ? newValue(isList) : root);
    },
    end(place) {
      const [value, { start }] = open.pop() ?? root;
      if (place && start >= 0) add(value, place);
    },
    scalar(scalar, place) {
      add(valueOf(scalar), place);
    },
  });
  return root[0];
}

function newValue(isList: boolean): readonly [value: OpenValue, extent: OpenExtent] {
  const extent: OpenExtent = { start: -1, end: -1 };
  return isList
    ? [{ kind: 'list', extent, items: [], inside: [], looped: false }, extent]
    : [{ kind: 'object', extent, entries: [], open: false }, extent];
}

function valueOf({ value, range, isText }: JsonScalar): Value {
  if (isText) return armValue(value, range, value.length === range.end - range.start);
  return value === 'null' ? { kind: 'null', extent: range } : { kind: 'other', extent: range, inside: [] };
}
