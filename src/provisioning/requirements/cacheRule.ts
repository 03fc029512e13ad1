import * as l10n from '@vscode/l10n';
import { isAzureError } from '../../azure/errors.ts';
import { armIdName, cacheRuleArmId, sameArmId } from '../../domain/armId.ts';
import {
  formatRepositoryPattern,
  formatSourceRepository,
  parseSourceRepository,
  samePattern,
} from '../../domain/repositoryPattern.ts';
import { findTargetConflict } from '../../domain/ruleConflicts.ts';
import type { CacheRule } from '../../domain/types.ts';
import { exportRule } from '../export/steps/rule.ts';
import { readRules } from '../reads.ts';
import { retryBounded } from '../retryBounded.ts';
import type { CacheLink, Inspection, RepositoryMapping, Requirement, WalkContext } from '../types.ts';

/** The downstream has the mapping's cache rule, authenticated by the identity. */
export function cacheRule(link: CacheLink, mapping: RepositoryMapping): Requirement {
  const id = cacheRuleArmId(link.downstream.id, mapping.ruleName);
  const downstream = armIdName(link.downstream.id);
  const source = formatSourceRepository({ loginServer: link.upstream.loginServer, pattern: mapping.source });
  const target = formatRepositoryPattern(mapping.target);
  return {
    id: `cacheRule:${mapping.ruleName}`,
    kind: 'cacheRule',
    needs: link.allowFeatureRegistration ? ['identity', 'featureFlag'] : ['identity'],
    describe: () => ({
      title: l10n.t('Cache rule {0}', mapping.ruleName),
      todo: l10n.t('Create the cache rule {0} in {1}: {2} ⇒ {3}.', mapping.ruleName, downstream, source, target),
      done: l10n.t('{0} caches {1} as {2}.', downstream, source, target),
      undo: l10n.t('Delete the cache rule {0}; what is cached stays.', mapping.ruleName),
    }),

    async inspect(context) {
      return inspectRule(link, mapping, await readRules(context, link.downstream.id));
    },

    async satisfy(context) {
      if (await waitWhileWritten(context, link, mapping)) return;
      context.forget('rules:');
      await retryBounded(
        context,
        () =>
          context.azure.cacheRules.create(
            id,
            { sourceRepository: source, targetRepository: target, identityId: link.identity.id },
            { signal: context.signal },
          ),
        // ARM's own failure while a just created identity is not known everywhere yet.
        (error) => isAzureError(error) && error.code === 'FailedIdentityOperation',
        l10n.t('waiting for the new identity to be known to the registry'),
      );
    },

    revoke: (context) => revokeRule(context, link, mapping, id),
    export: (_, language, document) => exportRule(link, mapping, language, document),
  };
}

/** A write cut off earlier may still be running: waits for it (two minutes at most). True if it made the rule. */
async function waitWhileWritten(context: WalkContext, link: CacheLink, mapping: RepositoryMapping): Promise<boolean> {
  let rule = findEquivalentRule(link, mapping, await readRules(context, link.downstream.id));
  for (let waited = 0; waited < 60 && rule && isInProgress(rule); waited++) {
    context.report(l10n.t('waiting for the registry to finish writing the rule'));
    await context.sleep(2000);
    rule = await context.azure.cacheRules.get(rule.id, { signal: context.signal });
  }
  return rule?.provisioningState === 'Succeeded';
}

function isInProgress(rule: CacheRule): boolean {
  return rule.provisioningState === 'Creating' || rule.provisioningState === 'Updating';
}

/** The rule that already does what the mapping asks, whatever its name. */
export function findEquivalentRule(
  link: CacheLink,
  mapping: RepositoryMapping,
  rules: readonly CacheRule[],
): CacheRule | undefined {
  const equivalent = rules.filter((rule) => samePaths(link, mapping, rule) && usesIdentity(link, rule));
  return equivalent.find((rule) => sameName(rule.name, mapping.ruleName)) ?? equivalent[0];
}

/** Judges the mapping against the rules of the downstream. */
export function inspectRule(link: CacheLink, mapping: RepositoryMapping, rules: readonly CacheRule[]): Inspection {
  const equivalent = findEquivalentRule(link, mapping, rules);
  if (equivalent) return inspectEquivalent(equivalent, mapping);

  const downstream = armIdName(link.downstream.id);
  const named = rules.find((rule) => sameName(rule.name, mapping.ruleName));
  if (named && samePaths(link, mapping, named)) {
    const as = named.identity ? armIdName(named.identity.id) : l10n.t('no managed identity');
    return conflicting(
      named,
      l10n.t(
        'The cache rule {0} already maps this repository, but uses {1}. Set up with that identity, or delete the rule first.',
        named.name,
        as,
      ),
    );
  }
  if (named) {
    return conflicting(
      named,
      l10n.t(
        'The name {0} is taken in {1} by a rule for {2} ⇒ {3}. Choose another rule name.',
        named.name,
        downstream,
        named.sourceRepository,
        named.targetRepository,
      ),
    );
  }
  const conflict = findTargetConflict(mapping.target, rules);
  if (conflict) return conflicting(conflict.rule, conflict.problem.message);
  return {
    verdict: 'missing',
    reason: l10n.t('{0} has no cache rule {1}.', downstream, mapping.ruleName),
    evidence: [],
  };
}

function inspectEquivalent(rule: CacheRule, mapping: RepositoryMapping): Inspection {
  const evidence = [
    {
      text: `${rule.name}: ${rule.sourceRepository} ⇒ ${rule.targetRepository} (${rule.provisioningState ?? '–'})`,
      resourceId: rule.id,
    },
  ];
  const state = rule.provisioningState ?? 'Succeeded';
  if (state === 'Failed' || state === 'Canceled') {
    // A rule that failed under another name stands in the way of a new one; under its own name it is written again.
    if (!sameName(rule.name, mapping.ruleName)) {
      return conflicting(
        rule,
        l10n.t('The rule {0} for the same target ended as {1}. Delete it first.', rule.name, state),
      );
    }
    return {
      verdict: 'missing',
      reason: l10n.t('The cache rule {0} is in state {1}; it will be written again.', rule.name, state),
      evidence,
    };
  }
  if (state === 'Deleting') {
    return {
      verdict: 'conflicting',
      reason: l10n.t('The cache rule {0} is being deleted. Try again in a minute.', rule.name),
      evidence,
    };
  }
  if (state !== 'Succeeded') {
    return {
      verdict: 'missing',
      reason: l10n.t('The cache rule {0} is not ready yet ({1}).', rule.name, state),
      evidence,
    };
  }
  return { verdict: 'satisfied', reason: l10n.t('The cache rule {0} exists.', rule.name), evidence };
}

async function revokeRule(
  context: WalkContext,
  link: CacheLink,
  mapping: RepositoryMapping,
  id: string,
): Promise<{ gone: boolean; reason: string }> {
  const rule = (await readRules(context, link.downstream.id)).find((candidate) =>
    sameName(candidate.name, mapping.ruleName),
  );
  if (!rule) return { gone: true, reason: l10n.t('The cache rule {0} is gone.', mapping.ruleName) };
  if (!samePaths(link, mapping, rule)) {
    return {
      gone: false,
      reason: l10n.t(
        'The rule named {0} now maps {1} ⇒ {2}; it is left alone.',
        rule.name,
        rule.sourceRepository,
        rule.targetRepository,
      ),
    };
  }
  await context.azure.cacheRules.delete(id, { signal: context.signal });
  context.forget('rules:');
  return {
    gone: true,
    reason: l10n.t(
      'The cache rule {0} was deleted. Images cached in {1} stay there.',
      rule.name,
      rule.targetRepository,
    ),
  };
}

function conflicting(rule: CacheRule, reason: string): Inspection {
  const text = `${rule.name}: ${rule.sourceRepository} ⇒ ${rule.targetRepository}`;
  return { verdict: 'conflicting', reason, evidence: [{ text, resourceId: rule.id }] };
}

function samePaths(link: CacheLink, mapping: RepositoryMapping, rule: CacheRule): boolean {
  if (rule.targetRepository.toLowerCase() !== formatRepositoryPattern(mapping.target)) return false;
  const source = parseSourceRepository(rule.sourceRepository);
  return (
    source.ok &&
    source.value.loginServer.toLowerCase() === link.upstream.loginServer.toLowerCase() &&
    samePattern(source.value.pattern, mapping.source)
  );
}

function usesIdentity(link: CacheLink, rule: CacheRule): boolean {
  return rule.identity !== undefined && sameArmId(rule.identity.id, link.identity.id);
}

/** ARM resource names are case-insensitive. */
function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
