import * as l10n from '@vscode/l10n';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import { differingPart } from '../../domain/sameRule.ts';
import type { CacheRule } from '../../domain/types.ts';
import type { Fingerprint } from '../types.ts';

/** What tells a rule from another one of its name and paths: a change of its identity leaves the date of its creation. */
export function fingerprintOf({ creationDate, identity, credentialSetId }: CacheRule): Fingerprint {
  return {
    ...(creationDate === undefined ? {} : { creationDate }),
    ...(identity === undefined ? {} : { identityId: identity.id }),
    ...(identity?.principalId === undefined ? {} : { principalId: identity.principalId }),
    ...(credentialSetId === undefined ? {} : { credentialSetId }),
  };
}

/** The rule with what its fingerprint tells. */
export function withFingerprint(
  rule: CacheRule,
  { creationDate, identityId, principalId, credentialSetId }: Fingerprint,
): CacheRule {
  return {
    ...rule,
    creationDate: creationDate ?? rule.creationDate,
    identity: identityId === undefined ? rule.identity : { id: identityId, principalId },
    credentialSetId: credentialSetId ?? rule.credentialSetId,
  };
}

/** What makes the rule that has this name now another one than the one that was looked at, a sentence; undefined: it is the same. */
export function whyOther(now: CacheRule, seen: CacheRule): string | undefined {
  switch (differingPart(now, seen)) {
    case undefined:
      return undefined;
    case 'paths':
      return l10n.t('It now maps {0} ⇒ {1}.', now.sourceRepository, now.targetRepository);
    case 'creationDate':
      return l10n.t('It was created at {0}.', now.creationDate ?? '–');
    case 'identity':
      return now.identity
        ? l10n.t(
            'It now uses identity {0} with principal ID {1}.',
            armIdName(now.identity.id),
            now.identity.principalId ?? '–',
          )
        : l10n.t('It now has no managed identity.');
    case 'credentialSet':
      return now.credentialSetId
        ? l10n.t('It now uses credential set {0}.', armIdName(now.credentialSetId))
        : l10n.t('It now has no credential set.');
  }
}

/** As `whyOther`; its identity may be `identityId` by now: a change to that was done before. */
export function whyOtherUnlessChanged(now: CacheRule, seen: CacheRule, identityId: string): string | undefined {
  const isChanged = now.identity !== undefined && sameArmId(now.identity.id, identityId);
  return whyOther(isChanged ? { ...now, identity: seen.identity } : now, seen);
}

/** Says that the rule is not changed, and `why`, a sentence. */
export function otherRule(now: CacheRule, why: string): string {
  const kept = l10n.t('Cache rule {0} is not the one that was reviewed, so it is not changed.', now.name);
  return `${kept} ${why}`;
}
