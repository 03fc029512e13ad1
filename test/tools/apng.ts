import { crc32 } from 'node:zlib';

/** A picture, and how long it is shown. */
export interface ApngFrame {
  readonly png: Uint8Array;
  readonly seconds: number;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * An animated PNG that runs for ever (PNG, Third Edition, 11.3.6: acTL, fcTL, fdAT). A program that knows no animation shows the first frame.
 * @throws Error if there is no frame, or one is no PNG or of another size or other colours than the first
 */
export function apng(frames: readonly ApngFrame[]): Buffer {
  const read = frames.map(({ png, seconds }) => ({ chunks: chunksOf(Buffer.from(png)), seconds }));
  const header = read[0]?.chunks.find(({ type }) => type === 'IHDR')?.data;
  if (!header) throw new Error('No frame, or one without a header.');
  let sequence = 0;
  const animated = read.flatMap(({ chunks, seconds }, index): Chunk[] => {
    if (!chunks.some(({ type, data }) => type === 'IHDR' && data.equals(header))) {
      throw new Error(`Frame ${index + 1} has another size, or other colours, than the first.`);
    }
    const control = Buffer.concat([uint32(sequence++), header.subarray(0, 8), Buffer.alloc(14)]);
    control.writeUInt16BE(Math.round(seconds * 100), 20);
    control.writeUInt16BE(100, 22);
    const pixels = chunks.filter(({ type }) => type === 'IDAT');
    return [
      { type: 'fcTL', data: control },
      ...(index === 0
        ? pixels
        : pixels.map(({ data }) => ({ type: 'fdAT', data: Buffer.concat([uint32(sequence++), data]) }))),
    ];
  });
  const all: Chunk[] = [
    { type: 'IHDR', data: header },
    { type: 'acTL', data: Buffer.concat([uint32(frames.length), uint32(0)]) },
    ...animated,
    { type: 'IEND', data: Buffer.alloc(0) },
  ];
  return Buffer.concat([signature, ...all.map(written)]);
}

/** The chunks of a PNG, in order. @throws Error if it is none, or broken */
export function chunksOf(png: Buffer): Chunk[] {
  if (!png.subarray(0, signature.length).equals(signature)) throw new Error('Not a PNG.');
  const chunks: Chunk[] = [];
  for (let at = signature.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (data.length !== length || png.readUInt32BE(at + 8 + length) !== checksum(type, data)) {
      throw new Error(`A PNG with a broken chunk ${type}.`);
    }
    chunks.push({ type, data });
    at += 12 + length;
  }
  return chunks;
}

function written({ type, data }: Chunk): Buffer {
  return Buffer.concat([uint32(data.length), Buffer.from(type, 'latin1'), data, uint32(checksum(type, data))]);
}

function checksum(type: string, data: Buffer): number {
  return crc32(data, crc32(Buffer.from(type, 'latin1')));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
