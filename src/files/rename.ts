import { isRegistryHost, parseRepository } from '../domain/imageReference.ts';
import type { FoundReference, TextChange } from './types.ts';

/** What a reference is to be called instead. */
export interface NewName {
  /** A login server, in any casing; written in lower case, as Docker wants it. */
  readonly host: string;
  readonly repository: string;
}

/**
 * The changes, in the order of the text, that give a reference another host and repository and leave its tag, its digest and all
 * around it. Undefined if its name cannot be replaced in this file, or `newName` is no name.
 */
export function nameChanges(
  reference: Pick<FoundReference, 'name'>,
  newName: NewName,
): readonly TextChange[] | undefined {
  if (!isRegistryHost(newName.host) || !parseRepository(newName.repository).ok) return undefined;
  const host = newName.host.toLowerCase();
  const name = `${host}/${newName.repository}`;
  const site = reference.name;
  switch (site.kind) {
    case 'whole':
      return [{ range: site.range, text: name }];
    case 'split':
      if (site.onlyRepository !== undefined && site.onlyRepository !== newName.repository) return undefined;
      return [
        { range: site.registry, text: host },
        { range: site.repository, text: newName.repository },
      ].sort((a, b) => a.range.start - b.range.start);
    case 'insert':
      return [{ range: { start: site.offset, end: site.offset }, text: `${site.prefix}${name}${site.suffix}` }];
    case 'fixed':
      return undefined;
  }
}
