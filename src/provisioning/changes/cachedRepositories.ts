import * as l10n from '@vscode/l10n';
import { orError } from '../../azure/failures.ts';
import { shown } from '../../common/shown.ts';
import { formatRepositoryPattern, parseRepositoryPattern } from '../../domain/repositoryPattern.ts';
import type { CacheRule } from '../../domain/types.ts';
import { readRepositoriesWithin, repositoryKey } from '../engine/reads.ts';
import { keptThing } from '../requirements/absence/absence.ts';
import { nameOfRepository, withoutRepository } from '../requirements/absence/withoutRepository.ts';
import type { Requirement, WalkContext } from '../types.ts';

/** More are told as a number: nobody ticks more rows than this. */
const maxRepositories = 100;

/**
 * That what the rule has filled is gone: one for each repository, and one that is kept for all that could not be read or is too much.
 * @param target of the rule, which is undefined when it is gone
 * @throws AzureError `cancelled` only
 */
export async function cachedRepositories(
  context: WalkContext,
  registryId: string,
  target: string,
  rule: CacheRule | undefined,
): Promise<Requirement[]> {
  const pattern = parseRepositoryPattern(target.toLowerCase());
  if (!pattern.ok) return [];
  const kept = (name: string, reason: string): Requirement =>
    keptThing(
      { id: `withoutRepository:${name}`, kind: 'withoutRepository', subject: nameOfRepository(registryId, name) },
      reason,
    );
  const whole = formatRepositoryPattern(pattern.value);
  const read = await orError(readRepositoriesWithin(context, registryId, pattern.value));
  if (read instanceof Error) return [kept(whole, l10n.t('Could not read what is cached: {0}', read.message))];
  const { names, odd, isCut } = read;
  const listed = [...names].sort().slice(0, maxRepositories);
  for (const name of listed) context.remember(repositoryKey(registryId, name), true);
  const things = listed.map((name) => withoutRepository(registryId, name, rule));
  const more = names.length - listed.length;
  if (more > 0) {
    things.push(kept(whole, l10n.t('{0} more repositories are not listed. Delete them in the portal.', more)));
  } else if (isCut) {
    things.push(kept(whole, l10n.t('The registry has too many repositories to find all of them. Check the portal.')));
  }
  const [first] = odd;
  if (first !== undefined) {
    const text = l10n.t('{0} listed names are not valid repository names. Check them in the portal.', odd.length);
    things.push(kept(shown(first), text));
  }
  return things;
}
