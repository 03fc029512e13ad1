import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expressionParts, gitlabParts, type VariablePart } from '../../../../src/files/text/variables.ts';
import type { TextRange } from '../../../../src/files/types.ts';
import { hostileText } from '../../domain/arbitraries.ts';

const delimiters = [
  { open: '${{', close: '}}' },
  { open: '$(', close: ')' },
];
const cut = {
  expressions: (text: string, range: TextRange) => expressionParts(text, range, delimiters),
  gitlab: gitlabParts,
};

/** Literals as they are, `<name>` for variables, `=value` for escapes. */
function shown(text: string, parts: readonly VariablePart[] | undefined): string[] | undefined {
  return parts?.map((part) => {
    if (part.kind === 'literal') return text.slice(part.range.start, part.range.end);
    return part.kind === 'escape' ? `=${part.value}` : `<${part.name}>`;
  });
}

describe.each<readonly [keyof typeof cut, readonly (readonly [string, string[] | undefined])[]]>([
  [
    'expressions',
    [
      ['nginx', ['nginx']],
      ['a:${{ matrix.x }}-b', ['a:', '<matrix.x>', '-b']],
      ['${{a}}$(b)', ['<a>', '<b>']],
      ["${{ format('{0}}}', a) }}", ["<format('{0}}}', a)>"]],
      ['$x$', ['$x$']],
      ['a${{ b', undefined],
      ["a${{ ' }}", undefined],
      ['', []],
    ],
  ],
  [
    'gitlab',
    [
      ['$A/${B}:$C_1-x', ['<A>', '/', '<B>', ':', '<C_1>', '-x']],
      ['$$A', ['=$', 'A']],
      ['${A', undefined],
      ['${A-b}', undefined],
      ['a$', undefined],
      ['$[[ inputs.a ]]', undefined],
    ],
  ],
])('%s', (kind, examples) => {
  it.each(examples)('%j', (text, expected) => {
    expect(shown(`"${text}" }}`, cut[kind](`"${text}" }}`, { start: 1, end: 1 + text.length }))).toEqual(expected);
  });

  it('are cut without gaps, or not at all', () => {
    const hostile = hostileText(['${{', '}}', '$(', ')', '$', '${', '}', '$$', "'", 'A', ' ']);
    fc.assert(
      fc.property(hostile, fc.nat(4), fc.nat(4), (text, before, after) => {
        const start = Math.min(before, text.length);
        const end = Math.max(start, text.length - after);
        const parts = cut[kind](text, { start, end });
        if (parts === undefined) return;
        expect([start, ...parts.map(({ range }) => range.end)]).toEqual([
          ...parts.map(({ range }) => range.start),
          end,
        ]);
      }),
      { numRuns: 3000 },
    );
  });

  it('of a long text are not looked for', () => {
    const text = '$A'.repeat(1_000_000);
    expect(cut[kind](text, { start: 0, end: text.length })).toBeUndefined();
  });
});
