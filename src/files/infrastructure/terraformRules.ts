import type { TerraformFile, TerraformResource } from './terraform.ts';
import { keyOf, textOf, type Scope } from './expressions/evaluate.ts';
import { lookUpIn, type LookedUp } from './expressions/lookUp.ts';
import { blocksOf, propertyOf, type Value } from './expressions/values.ts';
import type { LiteralText, RuleDefinition, RuleFile } from '../types.ts';
import {
  articleScope,
  cacheRuleType,
  credentialPresence,
  identityIn,
  literal,
  onlyIdentity,
  registryParts,
  roleAssignmentType,
  sidesIn,
} from './ruleParts.ts';

/** The cache rules and the article's scopes of a Terraform file, by the providers azurerm and azapi. */
export function readTerraformRules({ resources }: TerraformFile): RuleFile {
  const rules: RuleDefinition[] = [];
  const articleScopes: LiteralText[] = [];
  for (const resource of resources) {
    if (resource.kind !== 'resource') continue;
    const { type, version } = azapiType(resource);
    if (resource.type === 'azurerm_container_registry_cache_rule') rules.push(azurermRule(resource));
    else if (type === cacheRuleType) rules.push(azapiRule(resource, version));
    const isAssignment = resource.type === 'azurerm_role_assignment';
    const key = isAssignment ? 'scope' : type === roleAssignmentType ? 'parent_id' : undefined;
    const found = key && articleScope(propertyOf(resource.body, key), resource.scope);
    if (found) articleScopes.push(found);
  }
  return { rules, articleScopes };
}

/** Where it is, and whether it may not be there or many times. */
function place({ entry, body }: TerraformResource) {
  const conditional = propertyOf(body, 'count') !== undefined || propertyOf(body, 'for_each') !== undefined;
  return { range: entry.keyRange, ...(conditional && { conditional }) };
}

function azurermRule(resource: TerraformResource): RuleDefinition {
  const { scope } = resource;
  const attribute = (name: string): Value | undefined => propertyOf(resource.body, name);
  const name = literal(attribute('name'), scope);
  const source = literal(attribute('source_repo'), scope);
  const target = literal(attribute('target_repo'), scope);
  const credentials = attribute('credential_set_id');
  return {
    ...place(resource),
    ...(name && { name }),
    ...(source && { source }),
    ...(target && { target }),
    ...registryOf(attribute('container_registry_id'), scope),
    identity: 'missing',
    withoutIdentity: true,
    credentialSet: credentials ? credentialPresence(credentials, scope) : 'missing',
  };
}

function azapiRule(resource: TerraformResource, apiVersion: LiteralText | undefined): RuleDefinition {
  const { scope } = resource;
  const value = propertyOf(resource.body, 'body');
  const body: LookedUp = value ? { value, scope } : 'unknown';
  const name = literal(propertyOf(resource.body, 'name'), scope);
  return {
    ...place(resource),
    ...(name && { name }),
    ...registryOf(propertyOf(resource.body, 'parent_id'), scope),
    ...sidesIn(lookUpIn(body, 'properties')),
    ...azapiIdentity(resource, lookUpIn(body, 'identity')),
    ...(apiVersion && { apiVersion }),
  };
}

function azapiIdentity(
  { body: resource, scope }: TerraformResource,
  inBody: LookedUp,
): Pick<RuleDefinition, 'identity' | 'identityId'> {
  const [block] = blocksOf(resource, 'identity');
  if (!block) {
    const isDynamic = resource.entries.some(({ key, labels }) => key === 'dynamic' && labels?.[0] === 'identity');
    return identityIn(inBody ?? (isDynamic ? 'unknown' : undefined));
  }
  const ids = propertyOf(block, 'identity_ids');
  const type = textOf(propertyOf(block, 'type'), scope)?.toLowerCase() ?? '';
  if (ids?.kind !== 'list') return { identity: 'present' };
  if (type.startsWith('userassigned') && ids.items.length === 0) return { identity: 'missing' };
  const written = ids.looped ? [] : ids.items.map((item) => (item.kind === 'text' ? item.text : undefined));
  return { identity: 'present', ...onlyIdentity(written) };
}

/** `Microsoft.X/y@version` of azapi's resource; the type in lower case. */
function azapiType({ type, body, scope }: TerraformResource): { type?: string; version?: LiteralText } {
  const written = type === 'azapi_resource' ? literal(propertyOf(body, 'type'), scope) : undefined;
  const at = written?.value.indexOf('@') ?? -1;
  if (!written || at < 0) return {};
  const { start, end } = written.range;
  // Otherwise it is written elsewhere, or with escapes.
  const range = end - start === written.value.length ? { start: start + at + 1, end } : written.range;
  const isWritten = range.end > range.start;
  return {
    type: written.value.slice(0, at).toLowerCase(),
    ...(isWritten && { version: { range, value: written.value.slice(at + 1) } }),
  };
}

/** The registry that an id names, or whose `id` an expression takes. */
function registryOf(id: Value | undefined, scope: Scope): Pick<RuleDefinition, 'registryKey' | 'registryName'> {
  if (!id) return { registryKey: '' };
  const text = textOf(id, scope);
  // Without its end, it is to be filled in.
  if (text && !text.endsWith('/registries/')) {
    const parts = text.replace(/\/$/, '').split('/');
    const isRegistry = parts.at(-2)?.toLowerCase() === 'registries';
    const name = isRegistry ? parts.at(-1) : undefined;
    return name === undefined
      ? { registryKey: `=${text.toLowerCase()}` }
      : { registryKey: `=${name.toLowerCase()}`, registryName: name };
  }
  const reference = referenceIn(id);
  if (reference?.kind !== 'name' || reference.path.at(-1) !== 'id') return { registryKey: keyOf(id, scope) };
  const path = reference.path.slice(0, -1);
  const found = scope.find([...path, 'name']);
  const named: Value = { ...reference, path: [...path, 'name'] };
  return found ? registryParts(named, scope) : { registryKey: path.join('.') };
}

/** `"${x.id}"` is `x.id`. */
function referenceIn(value: Value): Value | undefined {
  return value.kind === 'text' && value.parts.length === 1 ? value.parts[0]?.expression : value;
}
