import * as vscode from 'vscode';
import { sameArmId } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import { changeIdentityPlan, readChangedRule } from '../../provisioning/changes/changeRule.ts';
import type { ApplyResult, CacheLink, Purpose } from '../../provisioning/types.ts';
import { whileOpening } from '../shared/opening.ts';
import type { Services } from '../services/services.ts';
import { reviewAndApply } from '../review/apply.ts';
import type { Change } from '../review/change.ts';
import type { PageContext } from '../setUp/context.ts';
import { createFacts, type Facts } from '../setUp/reads.ts';
import { type Draft, linkOf, sourceKey } from '../setUp/draft.ts';
import { runChangeFlow } from '../review/changeFlow.ts';
import { askIdentity } from '../setUp/steps/identity.ts';
import { readRuleDraft, ruleChange } from './ruleChange.lazy.ts';

/**
 * "Change Identity…": the wizard's pages for an identity, then a plan that gives it the permission and sets it on the rule.
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws AzureError, or Error in words, when the rule's setup cannot be derived; CancellationError
 */
export async function changeIdentity(services: Services, rule: CacheRule): Promise<ApplyResult | undefined> {
  const flow = vscode.l10n.t('Change Identity of {0}', rule.name);
  const { azure, draft, link, mapping } = await readRuleDraft(services, rule, flow);
  const closed = new AbortController();
  const facts = withoutIdentity(createFacts(azure, closed.signal), link.authentication.identityId);
  const context: PageContext = { services, facts, signal: closed.signal };
  return runChangeFlow<Draft, 'identity'>(
    services,
    azure,
    closed,
    {
      steps: () => ['identity', 'review'],
      ask: (_, current, place) => askIdentity(context, current, { ...place, flow }),
      change: (current) => {
        const names = new Map([[sourceKey(mapping.source), rule.name]]);
        const authentication = linkOf(current, names)?.authentication;
        return authentication && identityChange(rule, { ...link, authentication });
      },
    },
    draft,
    'identity',
  );
}

/**
 * Continues a change of identity that was cut off: shows what is left, and does it when the user says so.
 * @returns the outcome, or undefined if the user left
 * @throws AzureError `notFound` if the rule is gone; Error if another one has its name
 */
export async function resumeIdentityChange(
  services: Services,
  { link, rule: seen }: Extract<Purpose, { kind: 'changeIdentity' }>,
): Promise<ApplyResult | undefined> {
  const ruleName = link.mappings[0]?.ruleName ?? '';
  const rule = await whileOpening(services, vscode.l10n.t('Change Identity of {0}', ruleName), (azure, signal) =>
    readChangedRule(azure, link, seen, { signal }),
  );
  return reviewAndApply(services, identityChange(rule, link));
}

function identityChange(rule: CacheRule, link: CacheLink): Change {
  return ruleChange(textsOf(rule.name), rule.id, (azure, options) =>
    changeIdentityPlan(azure, rule, link.authentication, options),
  );
}

/** The present identity is no choice. */
function withoutIdentity(facts: Facts, identityId: string): Facts {
  const isOther = ({ id }: { readonly id: string }) => !sameArmId(id, identityId);
  return {
    ...facts,
    identities: async (tenantId, onPage) =>
      (await facts.identities(tenantId, onPage && ((found) => onPage(found.filter(isOther))))).filter(isOther),
  };
}

function textsOf(name: string): Change['texts'] {
  return {
    page: vscode.l10n.t('Change Identity of {0}: Review', name),
    start: vscode.l10n.t('Change Identity'),
    blocked: vscode.l10n.t('Cannot Be Changed Yet'),
    activity: vscode.l10n.t('Changing the identity of {0}', name),
    complete: vscode.l10n.t('Cache rule {0} has a new identity; the old one and its roles are kept.', name),
    cancelled: vscode.l10n.t('Changing the identity of {0} was cancelled.', name),
    failed: (reason: string) => vscode.l10n.t('Changing the identity of {0} failed: {1}', name, reason),
  };
}
