import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyChanges, createPositions, distinctChanges } from '../../../../src/files/text/positions.ts';

const anyText = fc
  .array(fc.constantFrom('\r', '\n', '\r\n', 'a', '\t', '😀', '\u2028', 'image: x'))
  .map((parts) => parts.join(''));

describe('createPositions', () => {
  test.each([
    ['', 0, [0, 0]],
    ['a\nb', 2, [1, 0]],
    ['a\r\nb', 3, [1, 0]],
    ['a\rb', 2, [1, 0]],
    ['a\r\nb', 2, [0, 1]],
    ['\u2028a', 2, [0, 2]],
    ['😀x\nb', 2, [0, 2]],
    ['ab', 99, [0, 2]],
    ['ab', -1, [0, 0]],
    ['ab\n', 3, [1, 0]],
  ])('%j at %d', (text, offset, [line, character]) => {
    expect(createPositions(text)(offset)).toEqual({ line, character });
  });

  test('lines are those that splitting gives', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), (text, seed) => {
        const at = seed % (text.length + 1);
        if (text[at - 1] === '\r' && text[at] === '\n') return;
        const before = text.slice(0, at).split(/\r\n|\r|\n/);
        expect(createPositions(text)(at)).toEqual({ line: before.length - 1, character: before.at(-1)!.length });
      }),
    );
  });

  test('positions are the same whatever the line ends are made', () => {
    fc.assert(
      fc.property(anyText, fc.nat(), (text, seed) => {
        const at = seed % (text.length + 1);
        if (text[at - 1] === '\r' && text[at] === '\n') return;
        const uniform = text.slice(0, at).replace(/\r\n?/g, '\n') + text.slice(at).replace(/\r\n?/g, '\n');
        const offset = text.slice(0, at).replace(/\r\n?/g, '\n').length;
        expect(createPositions(text)(at)).toEqual(createPositions(uniform)(offset));
      }),
    );
  });
});

describe('changes', () => {
  const change = (start: number, end: number, text: string) => ({ range: { start, end }, text });

  test('what is said twice is done once', () => {
    expect(applyChanges('abc', [change(1, 2, 'X'), change(1, 2, 'X')])).toBe('aXc');
    expect(applyChanges('abc', [change(1, 1, 'X'), change(1, 1, 'X')])).toBe('aXbc');
  });

  test('neighbours are both done, of overlapping ones the first', () => {
    expect(applyChanges('abcd', [change(2, 3, 'Y'), change(1, 2, 'X')])).toBe('aXYd');
    expect(applyChanges('abcd', [change(1, 3, 'X'), change(2, 4, 'Y')])).toBe('aXd');
  });

  test('never overlap', () => {
    const anyChange = fc.tuple(fc.nat(20), fc.nat(5)).map(([start, length]) => change(start, start + length, 'x'));
    fc.assert(
      fc.property(fc.array(anyChange), (changes) => {
        let end = -1;
        for (const { range } of distinctChanges(changes)) {
          expect(range.start).toBeGreaterThanOrEqual(Math.max(end, 0));
          end = range.end;
        }
      }),
    );
  });
});
