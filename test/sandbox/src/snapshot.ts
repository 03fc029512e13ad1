import { isObject } from './json.ts';
import type { SandboxState } from './types.ts';

/** Times move without anyone changing anything. */
const times = new Set(['createdAt', 'updatedAt', 'creationDate']);

/** Stable JSON of what a user could have changed: sorted keys, no times. */
export function snapshotOf(state: SandboxState): string {
  return JSON.stringify(
    stable({
      resourceGroups: Object.fromEntries(state.resourceGroups),
      resources: Object.fromEntries(state.resources),
      roleAssignments: Object.fromEntries(state.roleAssignments),
      features: Object.fromEntries(state.features),
      content: Object.fromEntries(
        [...state.content].map(([id, content]) => [
          id,
          Object.fromEntries(
            [...content.repositories].map(([name, repository]) => [
              name,
              {
                tags: Object.fromEntries([...repository.tags].map(([tag, { digest }]) => [tag, digest])),
                manifests: [...repository.manifests.keys()].sort(),
              },
            ]),
          ),
        ]),
      ),
    }),
    undefined,
    1,
  );
}

function stable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stable);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !times.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, stable(inner)]),
  );
}
