import { createHash } from 'node:crypto';

const guidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isGuid(text: string): boolean {
  return guidForm.test(text);
}

/** A GUID that is always the same for the same words: seeds look alike in every run. */
export function guidOf(...words: readonly string[]): string {
  const hex = createHash('sha1').update(words.join('\0')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function groupId(subscriptionId: string, group: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
}

export function resourceId(subscriptionId: string, group: string, type: string, ...names: readonly string[]): string {
  const [namespace = '', ...types] = type.split('/');
  const path = types.map((part, index) => `${part}/${names[index] ?? ''}`).join('/');
  return `${groupId(subscriptionId, group)}/providers/${namespace}/${path}`;
}

export interface ParsedId {
  readonly subscriptionId: string;
  readonly group: string | undefined;
  /** `Microsoft.ContainerRegistry/registries/cacheRules`, casing as given; undefined for a subscription or group. */
  readonly type: string | undefined;
  readonly names: readonly string[];
}

/** Reads `/subscriptions/{s}[/resourceGroups/{g}[/providers/{ns}/{type}/{name}…]]`; undefined when it is none. */
export function parseResourceId(id: string): ParsedId | undefined {
  const match = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+)(?:\/providers\/([^/]+)\/(.+))?)?\/?$/i.exec(id);
  if (!match?.[1]) return undefined;
  const rest = match[4]?.split('/') ?? [];
  if (rest.length % 2 || rest.includes('')) return undefined;
  const types = rest.filter((_, index) => index % 2 === 0);
  return {
    subscriptionId: match[1],
    group: match[2],
    type: match[3] === undefined ? undefined : [match[3], ...types].join('/'),
    names: rest.filter((_, index) => index % 2 === 1),
  };
}
