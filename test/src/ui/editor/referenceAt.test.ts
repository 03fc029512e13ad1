import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { findReferences } from '../../files/findings.ts';
import type { InspectedReference } from '../../../../src/ui/editor/types.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const { referenceAt } = await import('../../../../src/ui/editor/referenceAt.ts');

function inspected(text: string): { references: InspectedReference[] } {
  const found = findReferences({ path: '/Dockerfile', languageId: 'dockerfile', text });
  return { references: found.map((one) => ({ found: one, resolution: {} as InspectedReference['resolution'] })) };
}

test('a reference is met where it is written, at its end, and where the variable that holds it is used', () => {
  const text = 'ARG BASE=upstreamregistry.example/base:1\nFROM $BASE AS one\nFROM downstream.example/app:2\n';
  const inspection = inspected(text);
  const written = (offset: number) => {
    const found = referenceAt(inspection, offset);
    return found && [found.found.written, text.slice(found.hit.start, found.hit.end)];
  };
  const base = 'upstreamregistry.example/base:1';
  expect(written(text.indexOf('base:1'))).toEqual([base, base]);
  expect(written(text.indexOf('base:1') + 'base:1'.length)).toEqual([base, base]);
  expect(written(text.indexOf('$BASE') + 2)?.[0]).toBe(base);
  expect(written(text.indexOf('app:2'))).toEqual(['downstream.example/app:2', 'downstream.example/app:2']);
  expect(written(text.indexOf('AS one') + 1)).toBeUndefined();
});

test('of several at an offset it is the shortest, and what is hit holds the offset', () => {
  const range = fc.tuple(fc.nat(50), fc.nat(20)).map(([start, length]) => ({ start, end: start + length + 1 }));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(range, fc.array(range, { maxLength: 3 })), { maxLength: 6 }),
      fc.nat(80),
      (all, offset) => {
        const [sample] = inspected('FROM downstream.example/app:2\n').references;
        const references = all.map(([written, uses]) => ({
          ...sample!,
          found: { ...sample!.found, range: written, uses },
        }));
        const hit = referenceAt({ references }, offset)?.hit;
        const holding = all
          .flatMap(([written, uses]) => [written, ...uses])
          .filter(({ start, end }) => start <= offset && offset <= end)
          .map(({ start, end }) => end - start);
        expect(hit && hit.end - hit.start).toBe(holding.length === 0 ? undefined : Math.min(...holding));
      },
    ),
  );
});
