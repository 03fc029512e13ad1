import * as vscode from 'vscode';
import { armIdName, identityArmId, sameArmId } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import { changeIdentityPlan, readChangedRule } from '../../provisioning/changes/changeRule.ts';
import type { ApplyResult, CacheLink, Purpose } from '../../provisioning/types.ts';
import { separator } from '../pages/quickInput.ts';
import { reviewAndApply } from '../review/apply.ts';
import type { Change } from '../review/change.ts';
import type { Services } from '../services/services.ts';
import { type Draft, isUndecided, linkOf, newIdentityOf, sourceKey } from '../setUp/draft.ts';
import { defaultIdentity } from '../setUp/found.ts';
import { signInRows, undecidedRows } from '../setUp/hubRows.ts';
import type { Facts } from '../setUp/reads.ts';
import { withConsent } from '../setUp/resume.ts';
import { whileOpening } from '../pages/opening.ts';
import { changeOnHub, readRuleDraft, ruleChange } from './ruleChange.lazy.ts';

/**
 * "Change Identity…": the hub of a setup for the identity alone, which gives it the permission and sets it on the rule.
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws AzureError, or Error in words, when the rule's setup cannot be derived; CancellationError
 */
export async function changeIdentity(services: Services, rule: CacheRule): Promise<ApplyResult | undefined> {
  const title = titleOf(rule.name);
  const read = await readRuleDraft(services, rule, title);
  const { identityId } = read.link.authentication;
  const names = new Map([[sourceKey(read.mapping.source), rule.name]]);
  const draft = withAccess(withOtherName(read.draft, identityId), read.link);
  return changeOnHub(services, { ...read, draft }, (facts) => withoutIdentity(facts, identityId), {
    title,
    withDefaults: (shown, found) => ({ ...shown, identity: shown.identity ?? defaultIdentity(shown, found) }),
    rows: (shown) => [
      ...undecidedRows(shown),
      separator(vscode.l10n.t('Now: {0}', armIdName(identityId))),
      ...signInRows(shown),
    ],
    change(shown) {
      const link = isUndecided(shown) ? undefined : linkOf(shown, names);
      return link && identityChange(rule, link);
    },
  });
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
  const { azure, rule } = await whileOpening(
    services,
    titleOf(link.mappings[0]?.ruleName ?? ''),
    async (azure, signal) => ({ azure, rule: await readChangedRule(azure, link, seen, { signal }) }),
  );
  const consented = await withConsent(services, azure, link);
  return consented && reviewAndApply(services, identityChange(rule, consented));
}

function identityChange(rule: CacheRule, link: CacheLink): Change {
  return ruleChange(textsOf(rule.name), rule.id, (azure, options) => changeIdentityPlan(azure, rule, link, options));
}

/** What the rule's identity may read, the other one may. The article's form, which nothing shows to work, is replaced by a condition. */
function withAccess(draft: Draft, { access }: CacheLink): Draft {
  if (access === 'acrPull') return { ...draft, permissionMode: 'keep' };
  return access === 'repositoryScope' ? draft : { ...draft, access };
}

/** A new identity is not called as the present one. */
function withOtherName(draft: Draft, identityId: string): Draft {
  const fresh = newIdentityOf(draft);
  if (!fresh || !sameArmId(identityArmId(fresh.subscriptionId, fresh.resourceGroup, fresh.name), identityId)) {
    return draft;
  }
  return { ...draft, newIdentity: { name: `${fresh.name}-2` } };
}

/** The present identity is no choice. */
function withoutIdentity(facts: Facts, identityId: string): Facts {
  return {
    ...facts,
    identities: async (tenantId) => (await facts.identities(tenantId)).filter(({ id }) => !sameArmId(id, identityId)),
  };
}

function titleOf(name: string): string {
  return vscode.l10n.t('Change Identity of {0}', name);
}

function textsOf(name: string): Change['texts'] {
  return {
    page: titleOf(name),
    start: vscode.l10n.t('Change Identity'),
    blocked: vscode.l10n.t('Cannot Be Changed Yet'),
    activity: vscode.l10n.t('Changing the identity of {0}', name),
    complete: vscode.l10n.t('Cache rule {0} has a new identity; the old one and its roles are kept.', name),
    cancelled: vscode.l10n.t('Changing the identity of {0} was cancelled.', name),
    failed: (reason: string) => vscode.l10n.t('Changing the identity of {0} failed: {1}', name, reason),
  };
}
