import * as vscode from 'vscode';
import { AzureError, isCancelled } from '../../azure/errors.ts';
import { parseRepositoryPattern, parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { cacheRule } from '../../provisioning/requirements/cacheRule.ts';
import type { CacheLink, Requirement, Revocation } from '../../provisioning/types.ts';
import { createWalkContext } from '../../provisioning/walkContext.ts';
import type { Services } from '../shared/services.ts';
import type { PickedRule } from './pick.ts';

/**
 * Revokes the rule's requirement, which leaves alone a rule that was replaced meanwhile, and takes it out of the tree.
 * @throws AzureError
 */
export async function deleteCacheRule(
  services: Services,
  { registry, rule }: PickedRule,
  signal?: AbortSignal,
): Promise<Revocation> {
  const azure = await services.azure();
  const source = parseSourceRepository(rule.sourceRepository);
  const target = parseRepositoryPattern(rule.targetRepository);
  const problem = source.ok ? (target.ok ? undefined : target.problem) : source.problem;
  if (!source.ok || !target.ok) {
    throw new AzureError(
      vscode.l10n.t(
        'The rule {0} has a form that is not known here ({1}). Delete it in the portal.',
        rule.name,
        problem?.message ?? '',
      ),
      { kind: 'invalid', code: problem?.code ?? 'UnknownRuleForm' },
    );
  }
  const mapping = { ruleName: rule.name, source: source.value.pattern, target: target.value };
  const link: CacheLink = {
    downstream: { id: registry.id, loginServer: registry.loginServer },
    // The upstream may be no Azure registry at all; revoking a rule asks only for its host.
    upstream: { id: '', loginServer: source.value.loginServer },
    mappings: [mapping],
    identity: { id: rule.identity?.id ?? '' },
    access: 'condition',
  };
  const outcome = await revoke(link, cacheRule(link, mapping));
  if (outcome.gone) services.inventory.removeRule(rule.id);
  else await services.inventory.loadRules(registry.id, { force: true });
  return outcome;

  async function revoke(link: CacheLink, requirement: Requirement): Promise<Revocation> {
    try {
      return await requirement.revoke(createWalkContext(azure, link, { signal }));
    } catch (error) {
      if (!isCancelled(error)) {
        // An answer that was lost does not mean that nothing was deleted.
        await services.inventory.loadRules(registry.id, { force: true });
        throw error;
      }
      const reason = vscode.l10n.t(
        'Cancelled. If Azure had already accepted the deletion of {0}, it goes on: refresh {1} in a minute to see.',
        rule.name,
        registry.name,
      );
      return { gone: false, reason };
    }
  }
}
