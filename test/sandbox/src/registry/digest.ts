import { createHash } from 'node:crypto';

/** `sha256:<hex>` of some bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** A digest by one of the specification's registered algorithms. */
export function isDigest(text: string): boolean {
  return /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(text);
}

/** Whether a digest is that of some bytes, by its own algorithm. */
export function isDigestOf(digest: string, bytes: Uint8Array): boolean {
  const [algorithm = '', hex] = digest.split(':');
  return isDigest(digest) && createHash(algorithm).update(bytes).digest('hex') === hex;
}
