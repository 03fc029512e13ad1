import * as l10n from '@vscode/l10n';
import { armIdName } from '../domain/armId.ts';
import { parseSourceRepository } from '../domain/repositoryPattern.ts';
import type { CacheRule, RepositoryPattern } from '../domain/types.ts';
import { findRulesOfIdentity } from './identityUses.ts';
import type { CacheLink, WalkContext } from './types.ts';

/** What a cache rule that exists needs to read in the upstream as the identity. */
export interface Need {
  readonly rule: CacheRule;
  readonly pattern: RepositoryPattern;
}

/** What these rules of one identity read from the link's upstream. */
export function needsOf(link: CacheLink, rules: readonly CacheRule[]): Need[] {
  return rules.flatMap((rule) => {
    const source = parseSourceRepository(rule.sourceRepository);
    const here = source.ok && source.value.loginServer.toLowerCase() === link.upstream.loginServer.toLowerCase();
    return here ? [{ rule, pattern: source.value.pattern }] : [];
  });
}

/** The sources that existing rules, anywhere visible, still read from the link's upstream as the link's identity. */
export async function neededByOthers(
  context: WalkContext,
): Promise<{ ok: true; needs: Need[] } | { ok: false; reason: string }> {
  const { link } = context;
  const uses = await findRulesOfIdentity(context, link.identity.id);
  if (uses.unreadable > 0) {
    const reason = l10n.t(
      'The permission on {0} stays: the rules of {1} registries could not be read, so whether they need it is unknown.',
      armIdName(link.upstream.id),
      uses.unreadable,
    );
    return { ok: false, reason };
  }
  return { ok: true, needs: needsOf(link, uses.rules) };
}
