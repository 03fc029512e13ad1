import { createHash } from 'node:crypto';
import { armIdKey } from './armId.ts';

/** Fixed namespace of this extension's deterministic names. */
const productNamespace = 'a6f6f3a0-7c5e-4c1f-9d3b-0d2f1b1f6c55';

/** Whether the text is a GUID as Azure writes one: with hyphens, without braces. */
export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

/**
 * A version 5 (name-based, SHA-1) UUID as RFC 9562 §5.5 defines it. Several parts are joined with U+0000, which no ARM id
 * contains, so that different parts never give the same name.
 * @throws RangeError if `namespace` is no GUID.
 */
export function guidV5(namespace: string, ...parts: readonly string[]): string {
  const hex = namespace.replaceAll('-', '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError('The namespace of a GUID must be a GUID.');
  const hash = createHash('sha1').update(Buffer.from(hex, 'hex')).update(parts.join('\0'), 'utf8').digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6); // version 5
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8); // the RFC's variant
  const text = hash.toString('hex', 0, 16);
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

/**
 * The deterministic name of the one assignment of a role to a principal at a scope. The condition is no part of it: it changes
 * in place when further repositories are cached. Casing of the arguments does not count.
 */
export function roleAssignmentName(scope: string, principalId: string, roleId: string): string {
  return guidV5(productNamespace, armIdKey(scope), principalId.toLowerCase(), roleId.toLowerCase());
}
