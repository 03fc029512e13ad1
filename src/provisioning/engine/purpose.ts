import { armIdKey, parseArmId } from '../../domain/armId.ts';
import { isRecord } from '../../common/json.ts';
import { parseCacheLink } from '../link/parseLink.ts';
import type { CleanUpPurpose, Purpose } from '../types.ts';
import { parseFingerprint } from './fingerprint.ts';

/**
 * Tells the entries of the journal apart: the same setup begun again replaces the old entry instead of adding one. Another identity or
 * form of access is another one, since the old entry knows what was begun with the first.
 */
export function purposeKey(purpose: Purpose): string {
  if (purpose.kind === 'cleanUp') return `cleans up ${armIdKey(purpose.ruleId)}`;
  const { link } = purpose;
  const ids = [link.downstream.id, link.source.id, link.authentication.identityId].map(armIdKey);
  const rules = link.mappings.map((mapping) => mapping.ruleName.toLowerCase()).sort();
  return [...ids, link.access, ...rules, kindKey(purpose)].join('\n');
}

function kindKey(purpose: Exclude<Purpose, CleanUpPurpose>): string {
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
  if (value['kind'] === 'cleanUp') return parseCleanUp(value);
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

/** Steps of a clean-up; a hundred repositories are listed at most. */
const maxIds = 1000;
const maxText = 2048;

function parseCleanUp(value: Readonly<Record<string, unknown>>): CleanUpPurpose | undefined {
  const { ruleId, target, principalId } = value;
  const [chosen, kept] = [parseIds(value['chosen']), parseIds(value['kept'])];
  const rule = parseFingerprint(value['rule']);
  const link = value['link'] === undefined ? undefined : parseCacheLink(value['link']);
  if (!isText(ruleId) || !parseArmId(ruleId).ok || !isText(target) || !chosen || !kept || link?.ok === false) {
    return undefined;
  }
  return {
    ...{ kind: 'cleanUp', ruleId, target, chosen, kept },
    ...(rule && { rule }),
    ...(link && { link: link.value }),
    ...(isText(principalId) && { principalId }),
  };
}

function parseIds(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.length <= maxIds && value.every(isText) ? value : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxText;
}
