import * as l10n from '@vscode/l10n';
import { AzureError, isAzureError } from '../../azure/errors.ts';
import { armIdName, cacheRuleArmId, sameArmId } from '../../domain/armId.ts';
import {
  formatRepositoryPattern,
  formatSourceRepository,
  parseSourceRepository,
  samePattern,
} from '../../domain/repositoryPattern.ts';
import { findTargetConflict } from '../../domain/ruleConflicts.ts';
import type { CacheRule } from '../../domain/types.ts';
import { mayWriteRules, writeRule } from '../access/writeRule.ts';
import { identityNotTold } from '../link/identityNotTold.ts';
import { conflicting, evidenceOfRule, missing, satisfied } from '../engine/inspection.ts';
import { identityKey, readIdentity, readRule, readRules, readRulesAndIdentity, rulesKey } from '../engine/reads.ts';
import type { CacheLink, Inspection, RepositoryMapping, Requirement, WalkContext } from '../types.ts';

/** The downstream has the mapping's cache rule, authenticated by the identity. */
export function cacheRule(link: CacheLink, mapping: RepositoryMapping): Requirement {
  const { ruleName } = mapping;
  const { identityId } = link.authentication;
  const id = cacheRuleArmId(link.downstream.id, ruleName);
  const downstream = armIdName(link.downstream.id);
  const source = formatSourceRepository({ loginServer: link.source.loginServer, pattern: mapping.source });
  const target = formatRepositoryPattern(mapping.target);
  /**
   * The rule that has the name by now, if it is one that this setup may write again: a PUT overwrites whatever has the name, without
   * a word (azure-cli#33911), so it is looked at right before.
   * @throws Error with what stands in the way
   */
  async function readOwn(context: WalkContext, principalId: string | undefined): Promise<CacheRule | undefined> {
    const present = await readRule(context, id);
    if (!present) return undefined;
    const { verdict, reason } = inspectRule(link, mapping, [present], principalId);
    if (verdict !== 'missing' && verdict !== 'satisfied') throw new Error(reason);
    return present;
  }

  /** Deletes the rule that was made just now and has no identity. @returns the error, which says what is left */
  async function takenBack(context: WalkContext, dropped: AzureError): Promise<AzureError> {
    const { message, code, cause } = dropped;
    try {
      const left = await readRule(context, id);
      // By now it is another one.
      if (left && (left.identity || left.credentialSetId || !samePaths(link, mapping, left))) return dropped;
      if (left) await context.azure.cacheRules.delete(id, { signal: context.signal });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const stays = l10n.t(
        'Cache rule {0} was created without an identity and could not be deleted: {1}',
        ruleName,
        error.message,
      );
      return new AzureError(`${message} ${stays}`, { kind: 'operationFailed', code, cause });
    }
    const gone = l10n.t('Cache rule {0} was deleted again.', ruleName);
    return new AzureError(`${message} ${gone}`, { kind: 'invalid', code, cause });
  }

  /** A write cut off earlier may still be running: waits for it (two minutes at most). The rule as it is then, if there is one. */
  async function waitWhileWritten(context: WalkContext): Promise<CacheRule | undefined> {
    let rule = findEquivalentRule(link, mapping, await readRules(context, link.downstream.id));
    for (let waited = 0; waited < 60 && rule && isInProgress(rule); waited++) {
      context.report(l10n.t('waiting for the registry to finish writing the rule'));
      await context.sleep(2000);
      rule = await context.azure.cacheRules.get(rule.id, { signal: context.signal });
    }
    return rule;
  }

  return {
    id: `cacheRule:${ruleName}`,
    kind: 'cacheRule',
    needs: link.allowFeatureRegistration ? ['identity', 'featureFlag'] : ['identity'],
    describe: () => ({
      title: l10n.t('Create cache rule {0}', ruleName),
      todo: `${downstream}/${target} ← ${armIdName(link.source.id)}/${formatRepositoryPattern(mapping.source)}`,
      done: l10n.t('Cache rule {0} maps {1} to {2} in {3}.', ruleName, source, target, downstream),
    }),

    async inspect(context) {
      const [rules, identity] = await readRulesAndIdentity(context, link);
      return inspectRule(link, mapping, rules, identity?.principalId);
    },

    async satisfy(context) {
      const found = await waitWhileWritten(context);
      const principalId = (await readIdentity(context, identityId))?.principalId;
      if (found?.provisioningState === 'Succeeded' && hasPrincipal(found, principalId)) return;
      const written = await writeRule(context, async () => {
        const present = await readOwn(context, principalId);
        try {
          const rule = { sourceRepository: source, targetRepository: target, identityId };
          return await context.azure.cacheRules.create(id, rule, { signal: context.signal });
        } catch (error) {
          const isDropped = isAzureError(error) && error.code === 'CacheRuleIdentityDropped';
          throw isDropped && !present ? await takenBack(context, error) : error;
        }
      });
      if (!usesIdentity(link, written) || !hasPrincipal(written, principalId))
        throw new AzureError(
          l10n.t(
            'Azure accepted cache rule {0}, but the rule does not use the current identity {1}.',
            ruleName,
            armIdName(identityId),
          ),
          { kind: 'invalid', code: 'CacheRuleIdentityNotTaken', writeAccepted: true },
        );
    },

    rights: mayWriteRules(link),
    reads: [rulesKey(link.downstream.id), identityKey(identityId)],
    writes: [rulesKey(link.downstream.id)],
    adviceFor,
  };
}

function adviceFor({ code }: AzureError): string | undefined {
  switch (code) {
    case 'CannotCreateCacheRuleWithManagedIdentity':
      return l10n.t(
        'Run the setup again and choose to register the preview feature, or register it yourself: az feature register --namespace Microsoft.ContainerRegistry --name ArtifactCacheManagedIdentityAuthentication, then az provider register --namespace Microsoft.ContainerRegistry.',
      );
    case 'TargetRepositoryAlreadyPresentInRegistry':
      return l10n.t(
        'Choose another target, for example with the prefix "cache/", or delete the existing repository first.',
      );
    case 'TargetRepositoryPrefixMatchesExistingRegistries':
      return l10n.t('Choose a target prefix that no existing repository has.');
    default:
      return undefined;
  }
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

/** Judges the mapping against the rules of the downstream. `principalId`: of the identity as it is now; undefined when there is none. */
export function inspectRule(
  link: CacheLink,
  mapping: RepositoryMapping,
  rules: readonly CacheRule[],
  principalId: string | undefined,
): Inspection {
  const equivalent = findEquivalentRule(link, mapping, rules);
  if (equivalent) return inspectEquivalent(equivalent, mapping, principalId);

  const downstream = armIdName(link.downstream.id);
  const named = rules.find((rule) => sameName(rule.name, mapping.ruleName));
  if (named?.identityUnknown && samePaths(link, mapping, named)) {
    const error = identityNotTold(named.name);
    const next = l10n.t('It already maps this repository. Choose another rule name, or delete the rule first.');
    return { ...standsInTheWay(named, `${error.message} ${next}`), verdict: 'unknown', error };
  }
  if (named && samePaths(link, mapping, named)) {
    const as = named.identity ? armIdName(named.identity.id) : l10n.t('no managed identity');
    return standsInTheWay(
      named,
      l10n.t('Cache rule {0} maps it already, with {1}. Use that identity, or delete the rule first.', named.name, as),
    );
  }
  if (named) {
    return standsInTheWay(
      named,
      l10n.t(
        '{1} already has a cache rule {0}. It is for {2} ⇒ {3}. Choose another rule name.',
        named.name,
        downstream,
        named.sourceRepository,
        named.targetRepository,
      ),
    );
  }
  const conflict = findTargetConflict(mapping.target, rules);
  if (conflict) return standsInTheWay(conflict.rule, conflict.problem.message);
  return missing(l10n.t('{0} has no cache rule {1}.', downstream, mapping.ruleName));
}

function inspectEquivalent(rule: CacheRule, mapping: RepositoryMapping, principalId: string | undefined): Inspection {
  const text = `${rule.name}: ${rule.sourceRepository} ⇒ ${rule.targetRepository} (${rule.provisioningState ?? '–'})`;
  const evidence = [{ text, resourceId: rule.id }];
  const found = { resourceId: rule.id };
  // A rule that is no good under another name stands in the way of a new one; under its own name it is written again.
  const hasName = sameName(rule.name, mapping.ruleName);
  const state = rule.provisioningState ?? 'Succeeded';
  if (state === 'Failed' || state === 'Canceled') {
    const ended = l10n.t('Cache rule {0} has the same target. Its state is {1}. Delete it first.', rule.name, state);
    if (!hasName) return standsInTheWay(rule, ended);
    const reason = l10n.t('Cache rule {0} is in state {1}; it will be written again.', rule.name, state);
    return missing(reason, evidence, found);
  }
  if (state === 'Deleting') {
    const reason = l10n.t('Cache rule {0} is being deleted. Try again in a minute.', rule.name);
    return conflicting(reason, evidence, found);
  }
  if (state !== 'Succeeded') {
    const reason = l10n.t('Cache rule {0} is not ready yet ({1}).', rule.name, state);
    return missing(reason, evidence, { ...found, inProgress: true });
  }
  if (!hasPrincipal(rule, principalId)) {
    const old = l10n.t(
      'Cache rule {0} was made for an earlier identity. It had the same name and was deleted.',
      rule.name,
    );
    const next = hasName
      ? l10n.t('It will be written again.')
      : l10n.t('Set up with the rule name {0}, so that it is written again.', rule.name);
    return (hasName ? missing : conflicting)(`${old} ${next}`, evidence, found);
  }
  const reason = hasName
    ? l10n.t('Cache rule {0} exists.', rule.name)
    : l10n.t('Cache rule {0} already does this, so rule {1} is not needed.', rule.name, mapping.ruleName);
  return satisfied(reason, evidence, found);
}

function standsInTheWay(rule: CacheRule, reason: string): Inspection {
  return conflicting(reason, [evidenceOfRule(rule)]);
}

function samePaths(link: CacheLink, mapping: RepositoryMapping, rule: CacheRule): boolean {
  if (rule.targetRepository.toLowerCase() !== formatRepositoryPattern(mapping.target)) return false;
  const source = parseSourceRepository(rule.sourceRepository);
  return (
    source.ok &&
    source.value.loginServer.toLowerCase() === link.source.loginServer.toLowerCase() &&
    samePattern(source.value.pattern, mapping.source)
  );
}

/** Whether that is the rule's identity, and the only one: what else it has would be taken away by writing it again. */
function usesIdentity(link: CacheLink, rule: CacheRule): boolean {
  return (
    rule.identity !== undefined && !rule.identityUnknown && sameArmId(rule.identity.id, link.authentication.identityId)
  );
}

/**
 * Whether the rule signs in as the identity as it is now. A rule keeps the principal that the identity had when the rule was written;
 * an identity deleted and created again has another one.
 */
function hasPrincipal(rule: CacheRule, principalId: string | undefined): boolean {
  const written = rule.identity?.principalId;
  return written === undefined || written.toLowerCase() === principalId?.toLowerCase();
}

/** ARM resource names are case-insensitive. */
function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
