import * as fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../../../src/files/text/json.ts';

const read = (text: string) => readJson(text);
const paths = (text: string) => read(text).map(({ path, value }) => `${path.join('.')}=${value}`);

describe('readJson', () => {
  it('gives values with their paths and places, in the order of the text', () => {
    const text = `{
  // the image
  "image": "upstream.example/app:1", /* and */ "count": 3,
  "list": [true, null, { "a\\u0062": "x\\"y", },],
  "empty": {}, "after": -1.5e3
}`;
    const scalars = read(text);
    expect(scalars.map(({ path, value, literal }) => [path, value, literal])).toEqual([
      [['image'], 'upstream.example/app:1', true],
      [['count'], '3', true],
      [['list', 0], 'true', true],
      [['list', 1], 'null', true],
      [['list', 2, 'ab'], 'x"y', false],
      [['after'], '-1.5e3', true],
    ]);
    const [image] = scalars;
    expect(text.slice(image?.range.start, image?.range.end)).toBe('upstream.example/app:1');
    expect(text.slice(image?.keyRange?.start, image?.keyRange?.end)).toBe('image');
    expect(scalars[4] && text.slice(scalars[4].range.start, scalars[4].range.end)).toBe('x\\"y');
  });

  it('reads on after what is broken', () => {
    expect(paths('{ "a": "unfinished\n "b": "c", "d": [1, {"e": 2, ], "f": "g" }')).toEqual([
      'b=c',
      'd.0=1',
      'd.1.e=2',
      'f=g',
    ]);
    expect(paths('] } { "a": { "b": [ "c" } , "d": "e" }')).toEqual(['a.b.0=c', 'd=e']);
    expect(paths('{ "a" "b": 1, : 2, "c" : , "d": "e" "f" }')).toEqual(['b=1', 'd=e']);
    expect(paths('{ "a\tb": "c\td", "e": "f')).toEqual(['a\tb=c\td']);
    expect(paths('"alone"')).toEqual([]);
    expect(paths('')).toEqual([]);
  });

  it('agrees with the parser on any value', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 6 })), fc.constantFrom(0, 2), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        const flat: [string, string][] = [];
        const walk = (at: unknown, path: (string | number)[]): void => {
          if (Array.isArray(at)) at.forEach((item, index) => walk(item, [...path, index]));
          else if (typeof at === 'object' && at !== null)
            for (const [key, item] of Object.entries(at)) walk(item, [...path, key]);
          else flat.push([JSON.stringify(path), String(at)]);
        };
        walk(JSON.parse(text), []);
        const found = read(text).map(({ path, value: is }): [string, string] => [JSON.stringify(path), is]);
        // Numbers are as they are written.
        const numbers = (list: [string, string][]) =>
          list.map(([path, is]) => [path, is.trim() !== '' && !Number.isNaN(Number(is)) ? Number(is) : is]);
        expect(numbers(found).sort()).toEqual(numbers(flat).sort());
      }),
    );
  });

  it('is not ended by depth, and reads what stands beside it', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const depth = 200_000;
      const text = `{"before": "x", "deep": ${open.repeat(depth)}"y"${close.repeat(depth)}, "after": "z"}`;
      expect(() => parse(text) as unknown).toThrow(RangeError);
      const scalars = read(text);
      expect(scalars.map(({ value }) => value)).toEqual(['x', 'z']);
      expect(scalars[1]?.path).toEqual(['after']);
    }
  });

  it('reads 2 MB in one line', () => {
    const item = '{"image":"upstream.example/app:1"},';
    const text = `[${item.repeat(Math.floor(2_000_000 / item.length))}]`;
    expect(read(text).at(-1)?.path).toEqual([Math.floor(2_000_000 / item.length) - 1, 'image']);
  });
});
