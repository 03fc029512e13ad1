import { parseArmId } from './armId.ts';
import { checkIdentityName } from './names.ts';

/** By Azure's own grammar, since ids of links, of files and of other extensions are used before Azure has seen them. */
export function isRuleId(id: string): boolean {
  return namesIn(id, 'microsoft.containerregistry/registries/cacherules')?.every(isNameInRegistry) === true;
}

export function isRegistryId(id: string): boolean {
  return namesIn(id, 'microsoft.containerregistry/registries')?.every(isNameInRegistry) === true;
}

export function isIdentityId(id: string): boolean {
  const [name] = namesIn(id, 'microsoft.managedidentity/userassignedidentities') ?? [];
  return name !== undefined && checkIdentityName(name) === undefined;
}

/** The names in an id of this type, from the outermost resource; undefined for any other text. */
function namesIn(id: string, type: string): readonly string[] | undefined {
  const parsed = parseArmId(id);
  if (!parsed.ok || parsed.value.scope !== undefined) return undefined;
  const { provider, types, names } = parsed.value;
  return [provider, ...types].join('/').toLowerCase() === type ? names : undefined;
}

function isNameInRegistry(name: string): boolean {
  return /^[A-Za-z0-9-]{5,50}$/.test(name);
}
