import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import type { CacheRule } from '../../domain/types.ts';
import { linkOfRule } from '../../provisioning/link/linkOfRule.ts';
import type { ApplyResult, CacheLink, RepositoryMapping } from '../../provisioning/types.ts';
import { whileOpening } from '../pages/opening.ts';
import type { Services } from '../services/services.ts';
import { applyWithProgress } from '../review/apply.ts';
import type { Change, ChangeTexts } from '../review/change.ts';
import { chooseSources, type Draft, emptyDraft, nameTarget, sourceKey } from '../setUp/draft.ts';
import { askHub, type Hub } from '../setUp/hub.ts';
import { createFacts, type Facts } from '../setUp/reads.ts';

/** An existing rule as the pages of a setup see it. */
export interface RuleDraft {
  readonly azure: Azure;
  readonly draft: Draft;
  readonly link: CacheLink;
  readonly mapping: RepositoryMapping;
}

/**
 * Reads the setup behind a rule while the flow opens. `title`: of the flow.
 * @throws Error in words, or AzureError, when it cannot be derived: no identity, upstream not visible; CancellationError
 */
export async function readRuleDraft(services: Services, rule: CacheRule, title: string): Promise<RuleDraft> {
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

/**
 * Shows the change of a rule as a hub, and does it when the user says so.
 * @param besides what the pages see of Azure, without that which goes away
 * @returns the outcome, or undefined if the user left before anything was changed
 */
export async function changeOnHub(
  services: Services,
  { azure, draft }: Pick<RuleDraft, 'azure' | 'draft'>,
  besides: (facts: Facts) => Facts,
  hub: Omit<Hub, 'canGoBack' | 'isSetUp'>,
): Promise<ApplyResult | undefined> {
  const closed = new AbortController();
  const context = { services, facts: besides(createFacts(azure, closed.signal)), signal: closed.signal };
  // When the pages have closed nobody needs what they are still reading.
  const answer = await askHub(context, draft, { ...hub, canGoBack: false, isSetUp: false }).finally(() =>
    closed.abort(),
  );
  return answer.kind === 'apply' ? applyWithProgress(services, azure, answer.change, answer.plan) : undefined;
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
