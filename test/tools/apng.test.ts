import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { apng, chunksOf } from './apng.ts';

/** One grey level over a whole picture. */
function grey(width: number, height: number, level: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = Buffer.alloc((width + 1) * height, level);
  for (let row = 0; row < height; row++) rows[row * (width + 1)] = 0;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks]);
}

describe('an animated PNG', () => {
  const chunks = chunksOf(
    apng([
      { png: grey(3, 2, 10), seconds: 1 },
      { png: grey(3, 2, 200), seconds: 0.25 },
      { png: grey(3, 2, 30), seconds: 2 },
    ]),
  );

  it('begins as the first frame, says how many there are, and runs for ever', () => {
    expect(chunks.map(({ type }) => type).join(' ')).toBe('IHDR acTL fcTL IDAT fcTL fdAT fcTL fdAT IEND');
    expect([0, 4].map((at) => chunks[1]?.data.readUInt32BE(at))).toEqual([3, 0]);
  });

  it('numbers what belongs to the animation without a gap', () => {
    const numbered = chunks.filter(({ type }) => type === 'fcTL' || type === 'fdAT');
    expect(numbered.map(({ data }) => data.readUInt32BE(0))).toEqual([0, 1, 2, 3, 4]);
  });

  it('replaces the whole picture by each frame, after its time', () => {
    const [, second] = chunks.filter(({ type }) => type === 'fcTL').map(({ data }) => data);
    expect([4, 8, 12, 16].map((at) => second?.readUInt32BE(at))).toEqual([3, 2, 0, 0]);
    expect([20, 22].map((at) => second?.readUInt16BE(at))).toEqual([25, 100]);
  });

  it('keeps the pixels', () => {
    const [second] = chunks.filter(({ type }) => type === 'fdAT');
    expect([...inflateSync(second?.data.subarray(4) ?? Buffer.alloc(0))]).toEqual([0, 200, 200, 200, 0, 200, 200, 200]);
  });

  it('refuses what would not play', () => {
    const broken = grey(2, 2, 0);
    const last = broken.length - 20;
    broken[last] = (broken[last] ?? 0) ^ 1;
    const wrong = [[], [broken], [Buffer.from('GIF89a, not a PNG')], [grey(2, 2, 0), grey(2, 3, 0)]];
    for (const pngs of wrong) expect(() => apng(pngs.map((png) => ({ png, seconds: 1 })))).toThrow();
  });
});
