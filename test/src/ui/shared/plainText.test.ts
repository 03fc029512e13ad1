import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownLines } from '../../../../src/common/shown.ts';
import { plainText } from '../../../../src/ui/shared/plainText.ts';

/** VS Code's own pattern (src/vs/base/common/linkedText.ts). */
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/gi;

const pieces = [
  '[',
  ']',
  '(',
  ')',
  '](',
  '[a](command:b)',
  'command:x',
  'https://a',
  'FILE:x',
  ' "t"',
  '\\',
  '\n',
  'é',
];
const hostile = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })), { maxLength: 20 });

describe('plainText', () => {
  it('leaves no link, whatever is said', () => {
    expect('[Sign in](command:workbench.action.terminal.sendSequence)').toMatch(link);
    fc.assert(
      fc.property(hostile, (parts) => {
        const text = plainText(parts.join(''));
        expect(text.match(link)).toBeNull();
        // Nor when VS Code takes the line breaks out.
        expect(text.replace(/\r\n|\n|\r/g, ' ').match(link)).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves no icon and nothing that nobody sees', () => {
    expect(plainText('$(check) \u202efine\u200b $(x)')).toBe('$ (check) ·fine· $ (x)');
    expect(plainText('$(check')).toBe('$(check');
    expect(plainText('a'.repeat(10_000)).length).toBeLessThan(5000);
  });

  it('adds only spaces, and none to a text without the sign', () => {
    fc.assert(
      fc.property(hostile, (parts) => {
        const text = shownLines(parts.join(''), 4000);
        expect(plainText(text).replaceAll('] (', '](').replaceAll('$ (', '$(')).toBe(
          text.replaceAll('] (', '](').replaceAll('$ (', '$('),
        );
        if (!text.includes('](') && !text.includes('$(')) expect(plainText(text)).toBe(text);
      }),
    );
    expect(plainText('Stays: [x](command:y).')).toBe('Stays: [x] (command:y).');
    expect(plainText('Role "Reader" (id 1) [2/3]')).toBe('Role "Reader" (id 1) [2/3]');
  });
});
