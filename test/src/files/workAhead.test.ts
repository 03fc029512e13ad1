import { describe, expect, test } from 'vitest';
import { workAhead } from '../../../src/files/text/ahead.ts';

describe('workAhead', () => {
  test('gives results in the order of the items, whichever ends first', async () => {
    const results: number[] = [];
    const work = (item: number) => new Promise<number>((resolve) => setTimeout(() => resolve(item), 20 - item * 4));
    for await (const result of workAhead([1, 2, 3, 4, 5], 3, work)) results.push(result);
    expect(results).toEqual([1, 2, 3, 4, 5]);
  });

  test('begins no more than the limit, and nothing once nobody asks', async () => {
    let running = 0;
    let most = 0;
    let begun = 0;
    const work = async () => {
      begun++;
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
    };
    const results = workAhead(Array.from({ length: 100 }), 4, work);
    for (let taken = 0; taken < 10; taken++) await results.next();
    await results.return();
    expect(most).toBe(4);
    expect(begun).toBeLessThan(20);
  });
});
