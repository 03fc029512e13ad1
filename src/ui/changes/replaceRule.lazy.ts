import * as vscode from 'vscode';
import { cacheRuleArmId, sameArmId } from '../../domain/armId.ts';
import { samePattern } from '../../domain/repositoryPattern.ts';
import type { CacheRule } from '../../domain/types.ts';
import { replaceRulePlan, type ReplacePurpose, resumeReplacePlan } from '../../provisioning/changes/changeRule.ts';
import type { ApplyResult, CacheLink, RepositoryMapping } from '../../provisioning/types.ts';
import type { Services } from '../services/services.ts';
import { type Row, separator } from '../pages/quickInput.ts';
import { reviewAndApply } from '../review/apply.ts';
import type { Change } from '../review/change.ts';
import { type Draft, mappingsOf, nameRule, sourceKey, targetTextOf } from '../setUp/draft.ts';
import type { Found } from '../setUp/found.ts';
import type { HubChoice } from '../setUp/hub.ts';
import { mappingRow, nameProblem, problemRows } from '../setUp/hubRows.ts';
import { ruleNamesOf } from '../setUp/mapping.ts';
import type { Facts } from '../setUp/reads.ts';
import { icon } from '../shared/icon.ts';
import { changeOnHub, readRuleDraft, ruleChange } from './ruleChange.lazy.ts';

/**
 * "Replace Cache Rule…": the hub of a setup for source, target and name, each as it is now; then the new rule and the old one's
 * deletion together. Nothing is planned before one of them is another one.
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws AzureError, or Error in words, when the rule's setup cannot be derived; CancellationError
 */
export async function replaceRule(services: Services, rule: CacheRule): Promise<ApplyResult | undefined> {
  const title = titleOf(rule.name);
  const read = await readRuleDraft(services, rule, title);
  const { link, mapping: old } = read;
  /** The mapping, unless it is still the old rule's. */
  const changed = (draft: Draft, found: Found): RepositoryMapping | undefined => {
    const [mapping] = mappingsOf(draft, ruleNamesOf(draft, found.rules)) ?? [];
    return mapping && isSame(mapping, old) ? undefined : mapping;
  };
  return changeOnHub(services, read, (facts) => withoutRule(facts, rule), {
    title,
    withDefaults: (draft, found) => withName(draft, found, rule, old),
    rows: (draft, found) => [
      ...(changed(draft, found) ? problemRows(draft, found) : []),
      separator(vscode.l10n.t('What is cached')),
      ...draft.sources.flatMap((source) => [sourceRow(draft), mappingRow(draft, found, source)]),
    ],
    change(draft, found) {
      const mapping = nameProblem(draft, found) ? undefined : changed(draft, found);
      return (
        mapping &&
        replacementOf(rule.name, { ...link, mappings: [mapping] }, (azure, options) =>
          replaceRulePlan(azure, rule, mapping, options),
        )
      );
    },
  });
}

/**
 * Continues a replacement that was cut off, of which the journal knows both mappings: shows what is left, and does it when the
 * user says so.
 * @returns the outcome, or undefined if the user left
 */
export function resumeReplacement(services: Services, begun: ReplacePurpose): Promise<ApplyResult | undefined> {
  const change = replacementOf(begun.replaces.ruleName, begun.link, (azure, options) =>
    resumeReplacePlan(azure, begun, options),
  );
  return reviewAndApply(services, change);
}

function replacementOf(oldName: string, link: CacheLink, plan: Parameters<typeof ruleChange>[2]): Change {
  const newName = link.mappings[0]?.ruleName ?? '';
  return ruleChange(textsOf(oldName), cacheRuleArmId(link.downstream.id, newName), plan);
}

/** The pages check against what there is besides the rule, which goes away. */
function withoutRule(facts: Facts, rule: CacheRule): Facts {
  return {
    ...facts,
    rules: async (registryId) => (await facts.rules(registryId)).filter(({ id }) => !sameArmId(id, rule.id)),
  };
}

/**
 * Under its old name the old rule has to go before the new one comes, so that name is only suggested where the target stays and
 * that is so anyway.
 */
function withName(draft: Draft, { rules }: Found, rule: CacheRule, old: RepositoryMapping): Draft {
  const [source] = draft.sources;
  if (!source || draft.ruleNames.has(sourceKey(source))) return draft;
  const staysInTheWay = targetTextOf(draft, source) === sourceKey(old.target);
  const free = ruleNamesOf(draft, [...rules, rule]).get(sourceKey(source)) ?? '';
  return nameRule(draft, source, staysInTheWay ? rule.name : free);
}

function isSame(mapping: RepositoryMapping, old: RepositoryMapping): boolean {
  return (
    samePattern(mapping.source, old.source) &&
    samePattern(mapping.target, old.target) &&
    mapping.ruleName.toLowerCase() === old.ruleName.toLowerCase()
  );
}

function sourceRow({ upstream, sources }: Draft): Row<HubChoice> {
  return {
    iconPath: icon('cloud-download'),
    label: vscode.l10n.t('Fetch Another Repository…'),
    description: `${upstream?.name ?? ''}/${sources.map(sourceKey).join()}`,
    value: { about: 'source' },
  };
}

function titleOf(name: string): string {
  return vscode.l10n.t('Replace {0}', name);
}

function textsOf(name: string): Change['texts'] {
  return {
    page: titleOf(name),
    start: vscode.l10n.t('Replace'),
    blocked: vscode.l10n.t('Cannot Be Replaced Yet'),
    activity: vscode.l10n.t('Replacing cache rule {0}', name),
    complete: vscode.l10n.t('Cache rule {0} was replaced; what it had cached is kept.', name),
    cancelled: vscode.l10n.t('Replacing cache rule {0} was cancelled.', name),
    failed: (reason: string) => vscode.l10n.t('Replacing cache rule {0} failed: {1}', name, reason),
  };
}
