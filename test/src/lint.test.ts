import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** The rules that a text breaks, as if it were a file of the lowest layer. */
async function brokenBy(text: string): Promise<(string | null)[]> {
  const [result] = await new ESLint({ cwd: root }).lintText(text, { filePath: join(root, 'src/common/shown.ts') });
  return result!.messages.map(({ ruleId }) => ruleId);
}

describe('house/bounded-arguments', () => {
  it.each([
    ['push', 'export const all = (a: string[], b: string[]): number => a.push(...b);'],
    ['Math.max', 'export const most = (a: readonly number[]): number => Math.max(0, ...a.map((n) => n));'],
    ['a constructor', 'export const dates = (a: [number, ...number[]]): Date => new Date(...a);'],
    [
      'a local that is called like a rest parameter',
      'export const f = (...a: string[]): unknown => { const b = a.concat(a); return String.raw({ raw: [] }, ...b); };',
    ],
  ])('refuses an array of any length as arguments: %s', async (_, text) => {
    expect(await brokenBy(text)).toContain('house/bounded-arguments');
  });

  it.each([
    ['a rest parameter', 'export const most = (...a: number[]): number => Math.max(...a);'],
    ['a tuple', 'export const most = (a: readonly [number, number]): number => Math.max(...a);'],
    ['an array in an array', 'export const both = (a: string[], b: string[]): string[] => [...a, ...b];'],
  ])('takes %s', async (_, text) => {
    expect(await brokenBy(text)).toEqual([]);
  });
});
