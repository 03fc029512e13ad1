import * as l10n from '@vscode/l10n';
import { accepted, rejected, type Parsed } from './parsed.ts';
import { shown } from '../common/shown.ts';

/** An ARM resource id, split. Casing is kept as written. */
export interface ArmId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Resource provider namespace: `Microsoft.ContainerRegistry`. */
  readonly provider: string;
  /** `['registries', 'cacheRules']`, same length as `names`. */
  readonly types: readonly string[];
  readonly names: readonly string[];
  /** For an extension resource such as a role assignment: the id of the resource it is attached to. */
  readonly scope?: string;
}

const maxLength = 2048;
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const namespace = /^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)+$/;
const typeName = /^[A-Za-z][A-Za-z0-9]*$/;
/** What no ARM resource name may hold: characters that would change the meaning of a URL, and those that nobody sees. */
const forbiddenInName = /[\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{DI}<>%&\\?#:*"|]/u;
/** "Naming rules and restrictions for Azure resources": 1–90 letters, digits, `_`, `.`, `-` and parentheses, not ending with `.`. */
const groupName = /^[\p{L}\p{Mn}\p{N}_().-]{0,89}[\p{L}\p{Mn}\p{N}_()-]$/u;

/**
 * Reads `/subscriptions/{guid}/resourceGroups/{name}/providers/{namespace}/{type}/{name}[/{type}/{name}…]`, optionally followed
 * by `/providers/…` of an extension resource. Ids without a resource group or resource are rejected, as are names that could
 * change a URL's meaning (`..`, `%`, `?`), so an accepted id may be put in a request path.
 */
export function parseArmId(text: string): Parsed<ArmId> {
  if (text.length > maxLength)
    return rejected('armId.tooLong', l10n.t('The resource ID is longer than {0} characters.', maxLength));
  const parts = text.replace(/\/$/, '').split('/');
  const [start, subscriptionsWord, subscriptionId = '', groupsWord, resourceGroup = ''] = parts;
  if (start !== '' || !same(subscriptionsWord, 'subscriptions') || !same(groupsWord, 'resourceGroups'))
    return wrongShape(text);
  if (!guid.test(subscriptionId)) {
    return rejected(
      'armId.subscription',
      l10n.t('"{0}" is not a subscription ID, which is a GUID.', shown(subscriptionId)),
    );
  }
  if (!isName(resourceGroup) || !groupName.test(resourceGroup)) return wrongName(resourceGroup);
  const sections = providerSections(parts.slice(5));
  const last = sections.at(-1);
  if (!last) return wrongShape(text);
  for (const section of sections) {
    if (!namespace.test(section.provider) || section.rest.length === 0 || section.rest.length % 2 !== 0)
      return wrongShape(text);
    for (const [index, part] of section.rest.entries()) {
      if (index % 2 === 0 && !typeName.test(part)) return wrongShape(text);
      if (index % 2 === 1 && !isName(part)) return wrongName(part);
    }
  }
  const scope = sections.length > 1 ? parts.slice(0, parts.length - last.rest.length - 2).join('/') : undefined;
  return accepted({
    subscriptionId,
    resourceGroup,
    provider: last.provider,
    types: last.rest.filter((_, index) => index % 2 === 0),
    names: last.rest.filter((_, index) => index % 2 === 1),
    ...(scope !== undefined && { scope }),
  });
}

/** Whether it is the id of a subscription or a resource group, fit for a request path. */
export function isScopeAbove(id: string): boolean {
  const [start, subscriptionsWord, subscriptionId = '', ...rest] = id.split('/');
  if (start !== '' || !same(subscriptionsWord, 'subscriptions') || !guid.test(subscriptionId)) return false;
  const [groupsWord, name = '', ...more] = rest;
  return rest.length === 0 || (same(groupsWord, 'resourceGroups') && more.length === 0 && groupName.test(name));
}

/** The id's key for maps: ARM ids are case-insensitive; a trailing slash does not count. */
export function armIdKey(id: string): string {
  return id.replace(/\/$/, '').toLowerCase();
}

export function sameArmId(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && armIdKey(a) === armIdKey(b);
}

export function registryArmId(subscriptionId: string, resourceGroup: string, name: string): string {
  return resourceId(subscriptionId, resourceGroup, `Microsoft.ContainerRegistry/registries/${name}`);
}

export function identityArmId(subscriptionId: string, resourceGroup: string, name: string): string {
  return resourceId(subscriptionId, resourceGroup, `Microsoft.ManagedIdentity/userAssignedIdentities/${name}`);
}

export function cacheRuleArmId(registryId: string, ruleName: string): string {
  return `${registryId.replace(/\/$/, '')}/cacheRules/${ruleName}`;
}

/** The last segment: the resource's own name. Works for every ARM id, also role assignments. */
export function armIdName(id: string): string {
  const path = id.replace(/\/$/, '');
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The segment after `subscriptions`, or '' when there is none. */
export function armIdSubscription(id: string): string {
  return segmentAfter(id, 'subscriptions');
}

/** The segment after `resourceGroups`, or '' when there is none. */
export function armIdResourceGroup(id: string): string {
  return segmentAfter(id, 'resourceGroups');
}

/** The id of the resource group that the resource is in. */
export function resourceGroupArmId(id: string): string {
  return `/subscriptions/${armIdSubscription(id)}/resourceGroups/${armIdResourceGroup(id)}`;
}

/**
 * The id of the resource this one is part of: the registry of a cache rule, the scope of an extension resource.
 * undefined for a resource directly in its resource group, and for text that is no ARM id.
 */
export function parentArmId(id: string): string | undefined {
  const parsed = parseArmId(id);
  if (!parsed.ok) return undefined;
  if (parsed.value.types.length > 1) return id.replace(/\/$/, '').split('/').slice(0, -2).join('/');
  return parsed.value.scope;
}

function resourceId(subscriptionId: string, resourceGroup: string, rest: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${rest}`;
}

function segmentAfter(id: string, word: string): string {
  const parts = id.split('/');
  const index = parts.findIndex((part) => same(part, word));
  return index < 0 ? '' : (parts[index + 1] ?? '');
}

function providerSections(parts: readonly string[]): { provider: string; rest: string[] }[] {
  const sections: { provider: string; rest: string[] }[] = [];
  // `providers` is a keyword only where a type is expected, so that a resource may be named "providers".
  for (let index = 0; index < parts.length; index += 2) {
    const [word = '', value = ''] = [parts[index], parts[index + 1]];
    const current = sections.at(-1);
    if (same(word, 'providers')) sections.push({ provider: value, rest: [] });
    else if (!current) return [];
    else {
      current.rest.push(word);
      if (index + 1 < parts.length) current.rest.push(value);
    }
  }
  return sections;
}

function isName(text: string): boolean {
  return text !== '' && text.length <= 260 && text !== '.' && text !== '..' && !forbiddenInName.test(text);
}

function same(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

function wrongShape(text: string): Parsed<ArmId> {
  return rejected(
    'armId.shape',
    l10n.t(
      '"{0}" is not a resource ID. It looks like /subscriptions/…/resourceGroups/…/providers/Microsoft.ContainerRegistry/registries/….',
      shown(text),
    ),
  );
}

function wrongName(name: string): Parsed<ArmId> {
  return rejected('armId.name', l10n.t('"{0}" cannot be a name in a resource ID.', shown(name)));
}
