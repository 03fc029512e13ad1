import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import type { CacheRule } from '../../domain/types.ts';
import { linkOfRule } from '../../provisioning/link/linkOfRule.ts';
import type { CacheLink, RepositoryMapping } from '../../provisioning/types.ts';
import { whileOpening } from '../shared/opening.ts';
import type { Services } from '../services/services.ts';
import type { Change, ChangeTexts } from '../review/change.ts';
import { chooseSources, type Draft, emptyDraft, nameTarget, sourceKey } from '../setUp/draft.ts';

/** An existing rule as the pages of a setup see it. */
export interface RuleDraft {
  readonly draft: Draft;
  readonly link: CacheLink;
  readonly mapping: RepositoryMapping;
}

/**
 * Reads the setup behind a rule while the flow opens. `title`: of the flow.
 * @throws Error in words, or AzureError, when it cannot be derived: no identity, upstream not visible; CancellationError
 */
export async function readRuleDraft(
  services: Services,
  rule: CacheRule,
  title: string,
): Promise<RuleDraft & { readonly azure: Azure }> {
  const { azure, derived } = await whileOpening(services, title, async (azure, signal) => ({
    azure,
    derived: await linkOfRule(azure, rule, { signal }),
  }));
  if (!derived.ok) throw derived.error ?? new Error(derived.reason);
  const { link, upstream, downstream } = derived;
  const [mapping] = link.mappings;
  if (!mapping) throw new Error(vscode.l10n.t('Cache rule {0} maps nothing.', rule.name));
  return { azure, draft: withMapping({ ...emptyDraft, upstream, downstream }, mapping), link, mapping };
}

function withMapping(draft: Draft, { source, target }: RepositoryMapping): Draft {
  return nameTarget(chooseSources(draft, [source]), source, sourceKey(target));
}

/** A change of one rule that is planned by `plan`, with Verify in its result. */
export function ruleChange(texts: ChangeTexts, ruleId: string, plan: Change['plan']): Change {
  const verify = {
    title: vscode.l10n.t('Verify'),
    run: async (services: Services) => {
      const { runVerify } = await import('../verify/verify.ts');
      await runVerify(services, { ruleId });
    },
  };
  return {
    texts,
    offers: [verify],
    plan,
  };
}
