import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import { whyManaged } from '../../domain/managedRules.ts';
import type { CacheRule } from '../../domain/types.ts';
import { command, quote } from '../export/quote.ts';
import { readRule } from '../engine/reads.ts';
import { otherRule, whyOther } from '../engine/sameRule.ts';
import type { Requirement } from '../types.ts';

/**
 * The downstream no longer has this rule. One that has its name by now, but is another one, is left alone; so is one that Azure
 * manages.
 */
export function withoutRule(rule: CacheRule, needs: readonly string[] = []): Requirement {
  const registry = armIdName(rule.registryId);
  const gone = l10n.t('The cache rule {0} is gone. Images cached in {1} stay there.', rule.name, rule.targetRepository);
  return {
    id: `withoutRule:${rule.name}`,
    kind: 'cacheRule',
    action: 'Microsoft.ContainerRegistry/registries/cacheRules/delete',
    needs,
    describe: () => ({
      title: l10n.t('No cache rule {0}', rule.name),
      todo: l10n.t(
        'Delete the cache rule {0} of {1}: {2} ⇒ {3}.',
        rule.name,
        registry,
        rule.sourceRepository,
        rule.targetRepository,
      ),
      done: gone,
      undo: l10n.t('Leave it deleted.'),
    }),

    async inspect(context) {
      const now = await readRule(context, rule.id);
      if (!now) return { verdict: 'satisfied', reason: gone, evidence: [] };
      const evidence = [{ text: `${now.name}: ${now.sourceRepository} ⇒ ${now.targetRepository}`, resourceId: now.id }];
      const managed = whyManaged(now.name);
      if (managed) return { verdict: 'conflicting', reason: managed, evidence };
      const why = whyOther(now, rule);
      if (why) return { verdict: 'satisfied', reason: otherRule(now, why), evidence };
      return { verdict: 'missing', reason: l10n.t('The cache rule {0} exists.', now.name), evidence };
    },

    async satisfy(context) {
      context.forget('rules:');
      // Right before it is deleted: there is no ETag that would keep another one of the name from being hit.
      const now = await readRule(context, rule.id);
      const why = now && (whyManaged(now.name) ?? whyOther(now, rule));
      if (now && why) throw new Error(whyManaged(now.name) ?? otherRule(now, why));
      await context.azure.cacheRules.delete(rule.id, { signal: context.signal });
      context.forget('rules:');
    },

    revoke: () =>
      Promise.resolve({ gone: false, reason: l10n.t('A deleted rule does not come back: set it up again.') }),

    export: (_, language) =>
      language === 'bash' || language === 'powershell'
        ? command(
            ['az', 'acr', 'cache', 'delete'],
            [
              ['-r', quote(registry, language)],
              ['-g', quote(armIdResourceGroup(rule.registryId), language)],
              ['--subscription', quote(armIdSubscription(rule.registryId), language)],
              ['-n', quote(rule.name, language)],
              ['--yes'],
            ],
            language,
          )
        : undefined,
  };
}
