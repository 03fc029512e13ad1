import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findReferences } from './findings.ts';
import { referencePlace } from '../../../src/files/referencePlace.ts';
import type { TextFile } from '../../../src/files/types.ts';

const find = async (file: TextFile) =>
  findReferences(file).filter(({ certain, image }) => certain || image.host === 'known.example');

/** `|` is where the caret is. */
async function placeIn(path: string, written: string) {
  const offset = written.indexOf('|');
  const text = written.slice(0, offset) + written.slice(offset + 1);
  const place = await referencePlace({ path, text }, offset, find);
  return place && { ...place, range: text.slice(place.range.start, place.range.end) };
}

describe('a Dockerfile', () => {
  test.each([
    ['FROM |', '', false],
    ['FROM |\nRUN x', '', false],
    ['FROM down|', 'down', false],
    ['FROM down|stream.example', 'downstream.example', false],
    ['FROM down|stream.example/app:1', 'downstream.example', true],
    ['FROM |ubuntu:24.04', 'ubuntu', false],
    ['FROM localhost:50|', 'localhost:50', false],
    ['COPY --from=down| a b', 'down', false],
    ['ARG BASE=down|\nFROM ${BASE}', 'down', false],
  ])('%j: a registry', async (written, range, hasRepository) => {
    const before = written.startsWith('COPY') ? 'FROM scratch\n' : '';
    expect(await placeIn('Dockerfile', before + written)).toEqual({
      part: 'host',
      standsAlone: false,
      hasRepository,
      range,
    });
  });

  test.each([
    ['FROM Downstream.example/|', ''],
    ['FROM downstream.example/te|am/app:1.0 AS a', 'team/app'],
    ['FROM downstream.example/team/|@sha256:' + 'a'.repeat(64), 'team/'],
  ])('%j: a repository', async (written, range) => {
    expect(await placeIn('Dockerfile', written)).toEqual({ part: 'repository', host: 'downstream.example', range });
  });

  test.each([
    ['FROM downstream.example/team/app:|', ''],
    ['FROM downstream.example/team/app:1|.0 AS a', '1.0'],
    ['FROM downstream.example/team/app:1.0|', '1.0'],
  ])('%j: a tag', async (written, range) => {
    const place = { part: 'tag', host: 'downstream.example', repository: 'team/app', range };
    expect(await placeIn('Dockerfile', written)).toEqual(place);
  });

  test.each([
    '|',
    '# downstream.example/|',
    'FROM a\nRUN echo downstream.example/|',
    'FR|OM a',
    'FROM a AS b|',
    'FROM a@sha256:|',
    `FROM downstream.example/a@sha256:|${'a'.repeat(63)}`,
  ])('%j: nothing', async (written) => {
    expect(await placeIn('Dockerfile', written)).toBeUndefined();
  });
});

describe('other files', () => {
  test('compose: an empty image, and one in quotes', async () => {
    expect(await placeIn('compose.yaml', 'services:\n  a:\n    image: |\n')).toMatchObject({ part: 'host', range: '' });
    expect(await placeIn('compose.yaml', 'services:\n  a:\n    image: "d.example/|"\n')).toMatchObject({
      part: 'repository',
      host: 'd.example',
    });
    expect(await placeIn('compose.yaml', 'services:\n  a:\n    hostname: |\n')).toBeUndefined();
  });

  test('Helm: registry and repository are values of their own', async () => {
    const text = (registry: string, repository: string) =>
      `image:\n  registry: ${registry}\n  repository: ${repository}\n  tag: "1"\n`;
    expect(await placeIn('values.yaml', text('down|stream.example', 'app'))).toEqual({
      part: 'host',
      standsAlone: true,
      hasRepository: true,
      range: 'downstream.example',
    });
    expect(await placeIn('values.yaml', text('downstream.example', 'team/|'))).toEqual({
      part: 'repository',
      host: 'downstream.example',
      range: 'team/',
    });
  });

  test('a string of Bicep only behind a host that is known', async () => {
    const text = (host: string) => `param image string = '${host}/|'\n`;
    expect(await placeIn('main.bicep', text('known.example'))).toMatchObject({
      part: 'repository',
      host: 'known.example',
    });
    expect(await placeIn('main.bicep', text('unknown.example'))).toBeUndefined();
  });
});

test('Dockerfile: a quote in the middle of a word is no part of a port', async () => {
  expect(await placeIn('Dockerfile', 'FROM app":|FROM ')).toBeUndefined();
  expect(await placeIn('Dockerfile', 'FROM localhost:|')).toMatchObject({ part: 'host', range: 'localhost:' });
});

test('the range is inside the text and around the offset, for any text', async () => {
  const part = fc.constantFrom(
    'FROM ',
    'ARG A=',
    '${A}',
    'd.example',
    '/',
    ':',
    '@',
    'app',
    '\n',
    ' ',
    '"',
    '\r\n',
    '\u{1F600}',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), fc.nat(), async (parts, seed) => {
      const text = parts.join('');
      const offset = seed % (text.length + 1);
      const place = await referencePlace({ path: 'Dockerfile', text }, offset, find);
      if (!place) return;
      expect(place.range.start).toBeLessThanOrEqual(offset);
      expect(place.range.end).toBeGreaterThanOrEqual(offset);
      expect(place.range.end).toBeLessThanOrEqual(text.length);
      expect(text.slice(place.range.start, place.range.end)).not.toMatch(/[\r\n"]/);
    }),
    { numRuns: 3000 },
  );
});
