import { parseArmId } from '../../domain/armId.ts';
import { keyOf, piecesOf, resolve, textOf, type Scope } from './expressions/evaluate.ts';
import { lookUpIn, type LookedUp } from './expressions/lookUp.ts';
import { propertyOf, spotOf, type Value } from './expressions/values.ts';
import type { LiteralText, Presence, RuleDefinition } from '../types.ts';

/** Resource types in lower case. */
export const cacheRuleType = 'microsoft.containerregistry/registries/cacherules';
export const roleAssignmentType = 'microsoft.authorization/roleassignments';
export const repositoryType = 'microsoft.containerregistry/registries/repositories';

/** What a value says, and where to point to for it. */
export function literal(value: Value | undefined, scope: Scope): LiteralText | undefined {
  const text = textOf(value, scope);
  return value && text !== undefined ? { range: spotOf(value), value: text } : undefined;
}

function literalIn(looked: LookedUp): LiteralText | undefined {
  return typeof looked === 'object' ? literal(looked.value, looked.scope) : undefined;
}

/** What the `properties` of a rule say. */
export function sidesIn(properties: LookedUp): Pick<RuleDefinition, 'source' | 'target' | 'credentialSet'> {
  const source = literalIn(lookUpIn(properties, 'sourceRepository'));
  const target = literalIn(lookUpIn(properties, 'targetRepository'));
  const credentials = lookUpIn(properties, 'credentialSetResourceId');
  return {
    ...(source && { source }),
    ...(target && { target }),
    credentialSet:
      typeof credentials === 'object'
        ? credentialPresence(credentials.value, credentials.scope)
        : presenceOf(credentials),
  };
}

function presenceOf(looked: Exclude<LookedUp, object>): Presence {
  return looked === undefined ? 'missing' : 'unknown';
}

type IdentityParts = Pick<RuleDefinition, 'identity' | 'identityId'>;

export function identityIn(looked: LookedUp): IdentityParts {
  if (typeof looked !== 'object') return { identity: presenceOf(looked) };
  const { value: identity, scope } = looked;
  const found = resolve(identity, scope);
  if (found?.value.kind === 'null') return { identity: 'missing' };
  if (found?.value.kind !== 'object') return { identity: 'unknown' };
  const type = textOf(propertyOf(found.value, 'type'), found.scope)?.toLowerCase();
  const identities = propertyOf(found.value, 'userAssignedIdentities');
  if (type === 'none') return { identity: 'missing' };
  if (identities?.kind === 'object' && identities.entries.length === 0) return { identity: 'missing' };
  if (type === undefined && !identities) return { identity: 'unknown' };
  const isAll = identity.kind === 'object' && identities?.kind === 'object' && !identities.open;
  return { identity: 'present', ...onlyIdentity(isAll ? identities.entries.map(({ key }) => key) : []) };
}

/** What is a default or an expression may be another id when it is deployed: that is none. */
export function onlyIdentity(ids: readonly (string | undefined)[]): Pick<IdentityParts, 'identityId'> {
  const [id] = ids;
  return ids.length === 1 && id !== undefined && parseArmId(id).ok ? { identityId: id } : {};
}

/** Whether a credential set is named. What depends on a parameter may be empty when it is deployed. */
export function credentialPresence(credentials: Value, scope: Scope): Presence {
  switch (credentials.kind) {
    case 'null':
      return 'missing';
    case 'text':
      return textOf(credentials, scope) === '' ? 'missing' : 'present';
    case 'call':
      return 'present';
    case 'name':
      return credentials.path.length > 1 && credentials.path.at(-1) === 'id' ? 'present' : 'unknown';
    default:
      return 'unknown';
  }
}

type NameParts = Pick<RuleDefinition, 'name' | 'registryKey' | 'registryName'>;

/** Of a resource that is a child of the registry with this name: `name` is the rule's own. */
export function childNames(name: Value | undefined, registry: Value | undefined, scope: Scope): NameParts {
  const own = literal(name, scope);
  return { ...(own && { name: own }), ...registryParts(registry, scope) };
}

/** `registry/rule`; each side may be known without the other. */
export function slashedNames(name: Value | undefined, scope: Scope): NameParts {
  const found = name && resolve(name, scope);
  const value = found?.value;
  const pieces = found && (value?.kind === 'text' || value?.kind === 'call') ? piecesOf(value, found.scope) : undefined;
  const slashAt = pieces?.findLastIndex((piece) => piece.text?.includes('/')) ?? -1;
  const [before, after] = cut(pieces?.[slashAt]?.text ?? '');
  if (!found || !pieces || slashAt < 0) return { registryKey: name ? keyOf(name, scope) : '' };
  const ending = [after, ...pieces.slice(slashAt + 1).map((piece) => piece.text)];
  const beginning = [...pieces.slice(0, slashAt).map((piece) => piece.text), before];
  const rule = textIfKnown(ending);
  const registryName = textIfKnown(beginning);
  const keys = pieces
    .slice(0, slashAt)
    .map((piece) => piece.text || (piece.value ? keyOf(piece.value, found.scope) : ''))
    .join('');
  return {
    ...(rule !== undefined && { name: { range: spotOf(name), value: rule } }),
    // An empty one is a parameter's default.
    ...(!registryName
      ? { registryKey: keys + before }
      : { registryKey: `=${registryName.toLowerCase()}`, registryName }),
  };
}

export function registryParts(registry: Value | undefined, scope: Scope): Omit<NameParts, 'name'> {
  if (!registry) return { registryKey: '' };
  const name = textOf(registry, scope);
  // An empty one is a parameter's default.
  return { registryKey: keyOf(registry, scope), ...(name && { registryName: name }) };
}

function cut(text: string): [before: string, after: string] {
  const slash = text.lastIndexOf('/');
  return [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)];
}

function textIfKnown(parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join('');
}

/**
 * The scope of a role assignment in the article's form: `…/registries/x/repositories/y`, or its last part behind something that the
 * file does not tell, which then is written as `…`. Undefined: it is of another form, or not known.
 */
export function articleScope(value: Value | undefined, scope: Scope): LiteralText | undefined {
  const found = value && resolve(value, scope);
  if (!value || (found?.value.kind !== 'text' && found?.value.kind !== 'call')) return undefined;
  const range = spotOf(value);
  if (found.value.kind === 'call' && found.value.name.toLowerCase().endsWith('resourceid')) {
    const given = found.value.arguments.map((argument) => textOf(argument, found.scope));
    const typeAt = given.findIndex((text) => text?.toLowerCase() === repositoryType);
    if (typeAt < 0) return undefined;
    const [registry = '…', repository = '…'] = given.slice(typeAt + 1);
    return { range, value: `registries/${registry}/repositories/${repository}` };
  }
  const pieces = piecesOf(found.value, found.scope);
  const text = pieces?.map((piece) => piece.text ?? '…').join('');
  return text !== undefined && isArticleScope(text) ? { range, value: text } : undefined;
}

function isArticleScope(text: string): boolean {
  const parts = text.toLowerCase().split('/');
  const at = parts.indexOf('repositories');
  return at > 0 && at + 1 < parts.length && (parts[at - 2] === 'registries' || parts[at - 1] === '…');
}
