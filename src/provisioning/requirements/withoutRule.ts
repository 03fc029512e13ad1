import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import { command, quote } from '../export/quote.ts';

import { readRule } from '../reads.ts';
import type { Requirement } from '../types.ts';

/** The downstream no longer has this rule. A rule of the same name that by now maps something else is left alone. */
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
      if (!samePaths(now, rule)) {
        const reason = l10n.t(
          'The rule named {0} now maps {1} ⇒ {2}; it is left alone.',
          now.name,
          now.sourceRepository,
          now.targetRepository,
        );
        return { verdict: 'satisfied', reason, evidence };
      }
      return { verdict: 'missing', reason: l10n.t('The cache rule {0} exists.', now.name), evidence };
    },

    async satisfy(context) {
      context.forget('rules:');
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

/** Whether both map the same source to the same target, whatever their casing. */
export function samePaths(a: CacheRule, b: CacheRule): boolean {
  return (
    a.sourceRepository.toLowerCase() === b.sourceRepository.toLowerCase() &&
    a.targetRepository.toLowerCase() === b.targetRepository.toLowerCase()
  );
}
