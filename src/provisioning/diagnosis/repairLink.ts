import type { Registry } from '../../domain/types.ts';
import type { CacheLink, RepositoryMapping } from '../types.ts';
import type { Facts } from './facts.ts';

/** What repairs of a rule's identity start from: its link, with the form of access that the upstream's permission mode honours. */
export async function repairLink(
  facts: Facts,
): Promise<{ link: CacheLink; mapping: RepositoryMapping; downstream: Registry } | undefined> {
  const found = await facts.link();
  const mapping = found.ok ? found.link.mappings[0] : undefined;
  if (!found.ok || !mapping) return undefined;
  const isAbac = found.upstream.roleAssignmentMode === 'AbacRepositoryPermissions';
  return {
    link: { ...found.link, access: isAbac ? 'condition' : 'acrPull' },
    mapping,
    downstream: found.downstream,
  };
}
