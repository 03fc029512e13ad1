import { parseArmId } from '../../domain/armId.ts';

/**
 * The ARM id of the container registry that a row of another extension's tree stands for:
 * - ours and plain objects: `registryId` or `id`,
 * - Azure Resources (views azureResourceGroups, azureFocusView): `resource.id`,
 * - Container Tools (view vscode-containers.views.registries): `wrappedItem.registryProperties.id`.
 * Their shapes are not ours to trust: undefined unless it is well-formed and a registry's. Never throws.
 */
export function registryIdOf(node: unknown): string | undefined {
  const candidates = [['registryId'], ['wrappedItem', 'registryProperties', 'id'], ['resource', 'id'], ['id']] as const;
  for (const path of candidates) {
    const id = path.reduce<unknown>(property, node);
    if (typeof id === 'string' && isRegistryId(id)) return id.replace(/\/$/, '');
  }
  return undefined;
}

/** A getter or proxy of another extension may throw. */
function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined;
  }
}

function isRegistryId(id: string): boolean {
  const parsed = parseArmId(id);
  return (
    parsed.ok &&
    parsed.value.provider.toLowerCase() === 'microsoft.containerregistry' &&
    parsed.value.types.join('/').toLowerCase() === 'registries' &&
    parsed.value.scope === undefined
  );
}
