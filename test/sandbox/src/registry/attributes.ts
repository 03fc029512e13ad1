import type { RepositoryState } from '../types.ts';

/** What may be done with a repository, tag or manifest: all true until someone locks it (`az acr repository update`). */
export interface Attributes {
  readonly deleteEnabled: boolean;
  readonly writeEnabled: boolean;
  readonly readEnabled: boolean;
  readonly listEnabled: boolean;
}

const unlocked: Attributes = { deleteEnabled: true, writeEnabled: true, readEnabled: true, listEnabled: true };
const locks = new WeakMap<RepositoryState, Map<string, Attributes>>();

/** `name`: the tag or digest; the repository's own when it is empty. */
export function attributesOf(
  repository: RepositoryState,
  kind: 'repository' | 'tag' | 'manifest',
  name = '',
): Attributes {
  return locks.get(repository)?.get(`${kind} ${name}`) ?? unlocked;
}

export function setAttributes(
  repository: RepositoryState,
  kind: 'repository' | 'tag' | 'manifest',
  name: string,
  change: Readonly<Record<string, unknown>>,
): void {
  const value = { ...attributesOf(repository, kind, name) } as { -readonly [K in keyof Attributes]: boolean };
  for (const key of Object.keys(unlocked) as (keyof Attributes)[]) {
    const wanted = change[key];
    if (typeof wanted === 'boolean') value[key] = wanted;
  }
  const entries = locks.get(repository) ?? new Map<string, Attributes>();
  entries.set(`${kind} ${name}`, value);
  locks.set(repository, entries);
}
