import { parseArmId } from '../../domain/armId.ts';

/** By Azure's own grammar, since ids of links and of other extensions are shown before Azure has seen them. */
export function isRuleId(id: string): boolean {
  return isType(id, 'registries/cacherules');
}

export function isRegistryId(id: string): boolean {
  return isType(id, 'registries');
}

function isType(id: string, types: string): boolean {
  const parsed = parseArmId(id);
  return (
    parsed.ok &&
    parsed.value.provider.toLowerCase() === 'microsoft.containerregistry' &&
    parsed.value.types.join('/').toLowerCase() === types &&
    parsed.value.scope === undefined &&
    parsed.value.names.every((name) => /^[A-Za-z0-9-]{5,50}$/.test(name))
  );
}
