import { parseRepository } from '../../domain/imageReference.ts';
import { isRegistryId } from '../../domain/resourceIds.ts';

/** Where rows of Container Tools (view vscode-containers.views.registries) keep the registry's id. */
const inContainerTools = ['registryProperties', 'id'] as const;

/**
 * The ARM id of the container registry that a row of another extension's tree stands for, or is in:
 * - ours and plain objects: `registryId` or `id`,
 * - Azure Resources (views azureResourceGroups, azureFocusView): `resource.id`,
 * - Container Tools: `wrappedItem.registryProperties.id`, of a repository and a tag in their `parent`.
 * Their shapes are not ours to trust: undefined unless it is well-formed and a registry's. Never throws.
 */
export function registryIdOf(node: unknown): string | undefined {
  const candidates = [
    ['registryId'],
    ['wrappedItem', ...inContainerTools],
    ['wrappedItem', 'parent', ...inContainerTools],
    ['wrappedItem', 'parent', 'parent', ...inContainerTools],
    ['resource', 'id'],
    ['id'],
  ];
  for (const path of candidates) {
    const id = path.reduce<unknown>(property, node);
    if (typeof id === 'string' && isRegistryId(id)) return id.replace(/\/$/, '');
  }
  return undefined;
}

/** A repository in a registry, as a row of another extension names it. */
export interface RepositoryRow {
  readonly registryId: string;
  readonly repository: string;
}

/** The repository that a row of Container Tools stands for, or whose tag it is; undefined for every other row. Never throws. */
export function repositoryRowOf(node: unknown): RepositoryRow | undefined {
  const item = property(node, 'wrappedItem');
  for (const row of [item, property(item, 'parent')]) {
    const id = ['parent', ...inContainerTools].reduce<unknown>(property, row);
    const name = property(row, 'label');
    if (typeof id !== 'string' || !isRegistryId(id) || typeof name !== 'string') continue;
    const repository = parseRepository(name);
    return repository.ok ? { registryId: id.replace(/\/$/, ''), repository: repository.value } : undefined;
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
