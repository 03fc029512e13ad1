import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { answerText } from '../../../../src/ui/chat/answer.ts';

vi.mock('vscode', async () => await import('../vscodeDouble.ts'));

describe('the answer of a language-model tool', () => {
  it('says first what is not ours, whatever the others wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parsed = JSON.parse(answerText({ rules: [{ rule: text }] })) as {
          about: string;
          rules: { rule: string }[];
        };
        expect(Object.keys(parsed)).toEqual(['about', 'rules']);
        expect(parsed.about).not.toBe('');
        expect(parsed.rules[0]?.rule.length).toBeLessThanOrEqual(1001);
        expect(answerText({ problem: text })).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      }),
    );
  });

  it('is bounded', () => {
    const rules = Array.from({ length: 100 }, () => ({ rule: 'x'.repeat(5000), source: 'y'.repeat(5000) }));
    const text = answerText({ rules });
    expect(text.length).toBeLessThan(70_000);
    expect((JSON.parse(text) as { rules: unknown[] }).rules).toHaveLength(100);
  });
});
