import { describe, expect, it } from 'vitest';
import { createChunkCache, detached } from '../../../../src/files/text/chunkCache.ts';

describe('createChunkCache', () => {
  it('parses a text once', () => {
    const cache = createChunkCache<string[]>(100);
    const parsed: string[] = [];
    const parse = (text: string) => {
      parsed.push(text);
      return [text];
    };
    expect(cache.get('a', parse)).toBe(cache.get('a', parse));
    expect(cache.get('b', parse)).toEqual(['b']);
    expect(parsed).toEqual(['a', 'b']);
  });

  it('forgets what was not asked for lately', () => {
    const cache = createChunkCache<number>(8);
    cache.keep('aa', 1);
    cache.keep('bb', 2);
    cache.keep('cc', 3);
    expect(cache.find('aa')).toBe(1);
    cache.keep('dd', 4);
    expect(['bb', 'aa', 'cc', 'dd'].map((text) => cache.find(text))).toEqual([undefined, 1, 3, 4]);
  });

  it('keeps no more than it may, and nothing that is longer than that', () => {
    const cache = createChunkCache<number>(100);
    const texts = Array.from({ length: 1000 }, (_, index) => String(index).padStart(4, '0'));
    for (const text of texts) cache.keep(text, 1);
    cache.keep('x'.repeat(101), 1);
    expect(cache.find('x'.repeat(101))).toBeUndefined();
    const known = texts.filter((text) => cache.find(text) !== undefined);
    expect(known.length).toBeGreaterThan(10);
    expect(known.length * 4).toBeLessThanOrEqual(100);
    expect(known).toContain('0999');
  });

  it('knows values that are nothing, and does not remember failures', () => {
    const cache = createChunkCache<undefined>(4);
    let count = 0;
    cache.get('a', () => void (count += 1));
    cache.get('a', () => void (count += 1));
    expect(count).toBe(1);
    const fail = () => {
      throw new Error('no');
    };
    expect(() => cache.get('b', fail)).toThrow('no');
    expect(() => cache.get('b', fail)).toThrow('no');
  });

  it('keeps the text as it is', () => {
    for (const text of ['', 'a', '\uD83D', '😀 b']) expect(detached(text)).toBe(text);
  });
});
