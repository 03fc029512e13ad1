import { armIdKey } from '../../domain/armId.ts';
import { isRecord, parseCacheLink } from '../link/parseLink.ts';
import type { Purpose } from '../types.ts';
import { parseFingerprint } from './fingerprint.ts';

/**
 * Tells the entries of the journal apart: the same set-up begun again replaces the old entry instead of adding one. Another identity or
 * form of access is another one, since the old entry knows what was begun with the first.
 */
export function purposeKey(purpose: Purpose): string {
  const { link } = purpose;
  const ids = [link.downstream.id, link.source.id, link.authentication.identityId].map(armIdKey);
  const rules = link.mappings.map((mapping) => mapping.ruleName.toLowerCase()).sort();
  return [...ids, link.access, ...rules, kindKey(purpose)].join('\n');
}

function kindKey(purpose: Purpose): string {
  switch (purpose.kind) {
    case 'setUp':
      return '';
    case 'replace':
      return `replaces ${purpose.replaces.ruleName.toLowerCase()}`;
    case 'changeIdentity':
      return 'changes the identity';
  }
}

/** Reads a purpose from a file, in which nothing is trusted; undefined if it is none. */
export function parsePurpose(value: unknown): Purpose | undefined {
  if (!isRecord(value)) return undefined;
  const parsed = parseCacheLink(value['link']);
  if (!parsed.ok) return undefined;
  const link = parsed.value;
  const fingerprint = parseFingerprint(value['rule']);
  const rule = fingerprint && { rule: fingerprint };
  switch (value['kind']) {
    case 'setUp':
      return { kind: 'setUp', link };
    case 'changeIdentity':
      return { kind: 'changeIdentity', link, ...rule };
    case 'replace': {
      const before = parseCacheLink({ ...link, mappings: [value['replaces']] });
      const replaces = before.ok ? before.value.mappings[0] : undefined;
      return replaces && { kind: 'replace', link, replaces, ...rule };
    }
    default:
      return undefined;
  }
}
