import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file's bytes, or why it is not read. */
export type BoundedBytes = { readonly bytes: Uint8Array } | { readonly unread: 'notFile' | 'tooLong' };

/** Bytes that are read at once of a file that is longer than it said. */
const chunkLength = 65_536;

/** Opening a pipe must not wait for whoever writes it. Windows has no such flag, nor such files: there it counts as 0. */
const usualFlags = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Reads a regular file: never more than `maxBytes`, whatever length it says it has (those of `/proc` say 0).
 * @param flags further ones of `open`, such as `O_NOFOLLOW`
 * @throws Error if there is no such file, or it cannot be read
 */
export async function readBounded(path: string, maxBytes: number, flags = 0): Promise<BoundedBytes> {
  const file = await open(path, usualFlags | flags);
  try {
    const info = await file.stat();
    if (!info.isFile()) return { unread: 'notFile' };
    if (info.size > maxBytes) return { unread: 'tooLong' };
    const chunks: Uint8Array[] = [];
    for (let total = 0, length = info.size + 1; total <= maxBytes; length = chunkLength) {
      const chunk = Buffer.allocUnsafe(Math.min(length, maxBytes + 1 - total));
      const { bytesRead } = await file.read(chunk);
      if (bytesRead === 0) return { bytes: joined(chunks) };
      chunks.push(chunk.subarray(0, bytesRead));
      total += bytesRead;
      if (total === info.size) return { bytes: joined(chunks) };
    }
    return { unread: 'tooLong' };
  } finally {
    await file.close();
  }
}

/** As `readBounded`, as text; undefined: it is no file, or longer. */
export async function readBoundedText(path: string, maxBytes: number): Promise<string | undefined> {
  const read = await readBounded(path, maxBytes);
  return 'bytes' in read ? Buffer.from(read.bytes).toString('utf8') : undefined;
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [only] = chunks;
  return chunks.length === 1 && only ? only : Buffer.concat(chunks);
}
