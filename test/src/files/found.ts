import { expect } from 'vitest';
import { formatImageReference } from '../../../src/domain/imageReference.ts';
import { nameChanges } from '../../../src/files/rename.ts';
import { applyChanges } from '../../../src/files/text/positions.ts';
import type { FoundReference, TextFile, TextRange } from '../../../src/files/types.ts';
import { findReferences } from './findings.ts';

/** The references of a file; what holds for those of any file is expected of them. */
export function findSound(file: TextFile): readonly FoundReference[] {
  const found = findReferences(file);
  expectSound(file.text, found);
  return found;
}

function expectSound(text: string, found: readonly FoundReference[]): void {
  let previous = -1;
  for (const { range, written, uses, name, image, openTag } of found) {
    expectInside(text, range);
    expect(written).toBe(text.slice(range.start, range.end));
    expect(range.start).toBeGreaterThan(previous);
    previous = range.start;
    for (const use of uses) expectInside(text, use);
    if (name.kind === 'whole') expectInside(text, name.range);
    if (name.kind === 'split') for (const part of [name.registry, name.repository]) expectInside(text, part);
    if (openTag) expect([image.tag, image.digest]).toEqual([undefined, undefined]);
  }
}

function expectInside(text: string, { start, end }: TextRange): void {
  expect(start).toBeGreaterThanOrEqual(0);
  expect(end).toBeGreaterThan(start);
  expect(end).toBeLessThanOrEqual(text.length);
}

/** A line per reference: what is written and what it means. */
export function summary(found: readonly FoundReference[]): string[] {
  return found.map(({ written, image, openTag, uses, certain }) =>
    [
      `${written} = ${formatImageReference(image)}${openTag ? ' open' : ''}`,
      ...(uses.length > 0 ? [`${String(uses.length)} uses`] : []),
      ...(certain ? [] : ['uncertain']),
    ].join(', '),
  );
}

/** The text after every name that can be replaced is `downstream.example/cached/<repository>`. */
export function renamedIn(text: string, found: readonly FoundReference[]): string {
  const changes = found.flatMap((reference) => {
    const repository = `cached/${reference.image.repository}`;
    return nameChanges(reference, { host: 'downstream.example', repository }) ?? [];
  });
  return applyChanges(text, changes);
}
