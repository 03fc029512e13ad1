export interface TarEntry {
  readonly path: string;
  /** Absent for a directory. */
  readonly content?: Uint8Array;
  /** Octal permission bits; default 0644, 0755 for directories. */
  readonly mode?: number;
}

const block = 512;

/** A POSIX ustar archive; everything owned by root, modified at the epoch, so that the same entries give the same bytes. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? []);
    parts.push(header(entry, content.length), content);
    const rest = content.length % block;
    if (rest > 0) parts.push(Buffer.alloc(block - rest));
  }
  parts.push(Buffer.alloc(2 * block));
  return Buffer.concat(parts);
}

function header(entry: TarEntry, size: number): Buffer {
  const directory = entry.content === undefined;
  const bytes = Buffer.alloc(block);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  bytes.write(directory ? `${entry.path}/` : entry.path, 0, 100, 'utf8');
  bytes.write(octal(entry.mode ?? (directory ? 0o755 : 0o644), 8), 100);
  bytes.write(octal(0, 8), 108);
  bytes.write(octal(0, 8), 116);
  bytes.write(octal(size, 12), 124);
  bytes.write(octal(0, 12), 136);
  bytes.write('        ', 148);
  bytes.write(directory ? '5' : '0', 156);
  bytes.write('ustar\x0000', 257, 'latin1');
  bytes.write('root', 265);
  bytes.write('root', 297);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}
