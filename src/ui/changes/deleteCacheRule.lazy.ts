import * as vscode from 'vscode';
import { isCancelled } from '../../azure/errors.ts';
import { withoutRule } from '../../provisioning/requirements/withoutRule.ts';
import type { Revocation } from '../../provisioning/changes/cleanUp/types.ts';
import { createWalkContext } from '../../provisioning/engine/walkContext.ts';
import type { Services } from '../services/services.ts';
import type { PickedRule } from '../shared/pickResource.ts';

/**
 * Deletes the rule, if it is still the one that was shown, and takes it out of the tree.
 * @throws AzureError
 */
export async function deleteCacheRule(
  services: Services,
  { registry, rule }: PickedRule,
  signal?: AbortSignal,
): Promise<Revocation> {
  const azure = await services.azure();
  const requirement = withoutRule(rule);
  const outcome = await remove();
  if (outcome.gone) services.inventory.removeRule(rule.id);
  else await services.inventory.loadRules(registry.id, { force: true });
  return outcome;

  async function remove(): Promise<Revocation> {
    const context = createWalkContext(azure, { signal });
    try {
      const found = await requirement.inspect(context);
      if (found.verdict !== 'missing') {
        return { gone: found.verdict === 'satisfied' && found.evidence.length === 0, reason: found.reason };
      }
      await requirement.satisfy(context);
      const reason = vscode.l10n.t(
        'The cache rule {0} was deleted. Images cached in {1} stay there.',
        rule.name,
        rule.targetRepository,
      );
      return { gone: true, reason };
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
