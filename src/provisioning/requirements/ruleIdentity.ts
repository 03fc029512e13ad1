import * as l10n from '@vscode/l10n';
import { armIdName, cacheRuleArmId, sameArmId } from '../../domain/armId.ts';
import { whyManaged } from '../../domain/managedRules.ts';
import type { CacheRule } from '../../domain/types.ts';
import { mayWriteRules, writeRule } from '../access/writeRule.ts';
import { identityNotTold } from '../link/identityNotTold.ts';
import { conflicting, missing, satisfied } from '../engine/inspection.ts';
import { identityKey, readRulesAndIdentity, rulesKey } from '../engine/reads.ts';
import { fingerprintOf, otherRule, whyOtherUnlessChanged } from '../engine/sameRule.ts';
import type { CacheLink, RepositoryMapping, Requirement } from '../types.ts';

/**
 * The mapping's rule, which exists, authenticates as the link's identity, as that is now: ARM copies the principal id into the rule
 * when it is written, so one of an identity that was deleted and made again is stale. PATCH; the paths stay.
 * @param seen the rule that is meant: one that has its name by now, but is another one, keeps its identity
 */
export function ruleIdentity(
  link: CacheLink,
  { ruleName: name }: Pick<RepositoryMapping, 'ruleName'>,
  seen: CacheRule | undefined,
): Requirement {
  const id = cacheRuleArmId(link.downstream.id, name);
  const { identityId, create } = link.authentication;
  const identityName = armIdName(identityId);
  return {
    id: `ruleIdentity:${name}`,
    kind: 'ruleIdentity',
    // The role comes first, so that pulls do not fail in between.
    needs: ['identity', 'roleAssignment'],
    describe: () => ({
      title: l10n.t('Set the identity of cache rule {0}', name),
      todo: identityName,
      done: l10n.t('Cache rule {0} now uses {1}.', name, identityName),
    }),
    async inspect(context) {
      const [rules, identity] = await readRulesAndIdentity(context, link);
      const rule = rules.find((candidate) => sameArmId(candidate.id, id));
      if (!rule) return conflicting(l10n.t('Cache rule {0} does not exist. Set up the cache again.', name));
      const evidence = [{ text: describeIdentity(rule), resourceId: rule.id }];
      const other = seen && whyOtherUnlessChanged(rule, seen, identityId);
      const why = whyManaged(rule.name) ?? (other && otherRule(rule, other));
      if (why) return conflicting(why, evidence);
      const found = { fingerprint: fingerprintOf(rule) };
      if (!identity) {
        const reason = l10n.t('Identity {0} does not exist yet.', identityName);
        return (create ? missing : conflicting)(reason, evidence, found);
      }
      if (rule.identityUnknown) return missing(identityNotTold(name).message, evidence, found);
      if (!sameArmId(rule.identity?.id, identityId)) {
        const reason = l10n.t('Cache rule {0} does not use identity {1}.', name, identityName);
        return missing(reason, evidence, found);
      }
      if (rule.identity?.principalId?.toLowerCase() === identity.principalId.toLowerCase()) {
        return satisfied(l10n.t('Cache rule {0} uses {1}.', name, identityName), evidence);
      }
      const reason = l10n.t(
        'Cache rule {0} was created with an earlier {1}, which had another principal ID.',
        name,
        identityName,
      );
      return missing(reason, evidence, found);
    },
    async satisfy(context) {
      await writeRule(context, () => context.azure.cacheRules.update(id, { identityId }, { signal: context.signal }));
    },
    rights: mayWriteRules(link),
    reads: [rulesKey(link.downstream.id), identityKey(identityId)],
    writes: [rulesKey(link.downstream.id)],
  };
}

function describeIdentity({ identity, identityUnknown }: CacheRule): string {
  if (identityUnknown && !identity) return l10n.t("The rule's identity could not be read.");
  return identity
    ? l10n.t('{0}, principal ID {1}', identity.id, identity.principalId ?? '–')
    : l10n.t('The rule has no managed identity.');
}
