import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Sandbox, SandboxState } from '../../sandbox/src/types.ts';

/** Remembers what users can change; the returned function puts it back. */
export function saveState(state: SandboxState): () => void {
  const saved = structuredClone({
    resources: [...state.resources],
    roleAssignments: [...state.roleAssignments],
    principals: [...state.principals],
    features: [...state.features],
    repositories: [...state.content].map(([id, content]) => [id, [...content.repositories]] as const),
  });
  return () => {
    const { resources, roleAssignments, principals, features, repositories } = structuredClone(saved);
    const registries = new Map([...state.resources].filter(([, { type }]) => /\/registries$/i.test(type)));
    refill(
      state.resources,
      resources.map(([id, resource]) => {
        // The registries' servers hold on to these objects.
        const registry = registries.get(id);
        return [id, registry ? Object.assign(registry, { properties: resource.properties }) : resource];
      }),
    );
    refill(state.roleAssignments, roleAssignments);
    refill(state.principals, principals);
    refill(state.features, features);
    for (const [id, entries] of repositories) {
      const content = state.content.get(id);
      if (content) refill(content.repositories, entries);
    }
  };
}

function refill<T>(map: Map<string, T>, entries: readonly (readonly [string, T])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}

/** Starts one sandbox for all tests of a file. Each test finds it as `start` has left it. */
export function inOneWorld(start: () => Promise<{ readonly sandbox: Sandbox; close(): Promise<void> }>): void {
  let world: Awaited<ReturnType<typeof start>>;
  let restore: () => void;
  beforeAll(async () => {
    world = await start();
    restore = saveState(world.sandbox.state);
  });
  afterEach(() => restore());
  afterAll(() => world.close());
}
