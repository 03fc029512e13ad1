import { expect, it } from 'vitest';
import { readLogRecords } from '../../../../../src/provisioning/verification/pullErrors/logRecords.ts';

/** A line of so many characters that ends as no sentence does. */
const line = (length: number): string =>
  'word '
    .repeat(length)
    .slice(0, length - 1)
    .replace(/ $/, 'x') + 'e';
const of = (...lines: string[]): string[] => readLogRecords(lines.join('\n')).map(({ text }) => text);

it.each<[string, string[], number]>([
  ['a line without room for the next word', [line(70), 'abcdefgh'], 1],
  ['a line with room for the next word', [line(70), 'a b'], 2],
  ['a full line that ends with a blank', [`${line(71)} `, 'ab'], 1],
  ['a line as long as others', [line(90), line(85), 'then'], 1],
  ['a line that is much longer', [line(90), 'then'], 2],
  ['a short line', [line(50), 'then'], 2],
  ['a sentence that ends', [`${line(79)}.`, 'then'], 2],
  ['what is left open', ['failed:', 'error: two'], 1],
  ['what is not left open', ['failed', 'error: two'], 2],
  ['a key behind what is left open', ['spec:', '  image: x'], 2],
  ['a client’s name behind a full line', [line(80), 'docker: no'], 2],
  ['a property behind a full line', [line(80), 'Image: x'], 2],
  ['a frame behind a full line', [line(80), 'github.com/owner/package.(*Type).method()'], 2],
  ['another word behind a full line', [line(80), 'then'], 1],
  ['a cause', ['It failed.', 'Caused by: x'], 1],
  ['a closing bracket', ['It failed.', '}'], 1],
  ['a status and its name', ['status 403', 'Forbidden'], 1],
  ['a blank line', ['failed:', '', 'two'], 2],
])('%s makes one message with the next line, or none: %#', (_, lines, count) => {
  expect(of(...lines)).toHaveLength(count);
});

it('a line that is cut is joined both ways, unless a blank begins the next', () => {
  const full = line(80);
  expect(readLogRecords(`${full}\ntail`)).toMatchObject([{ text: `${full}tail`, otherText: `${full} tail` }]);
  const [apart] = readLogRecords(`${full}\n  tail`);
  expect([apart?.text, apart?.otherText]).toEqual([`${full} tail`, undefined]);
  const [thrice] = readLogRecords(`${full}\n${full}\ntail`);
  expect(thrice).toMatchObject({ text: `${full}${full}tail`, otherText: `${full} ${full} tail` });
});

it.each<[string, string, boolean]>([
  ['time="x" level=info msg=a', 'a', true],
  ['time="x" level=error msg=a', 'a', false],
  ['INFO[0001] a', 'a', true],
  ['2026-01-01T00:00:00Z ##[debug]a', 'a', true],
  ['a', 'a', false],
])('the level of %s', (text, rest, isInformation) => {
  expect(readLogRecords(text)).toMatchObject([{ text: rest, isInformation }]);
});
