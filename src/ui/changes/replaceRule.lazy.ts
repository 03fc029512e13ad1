import * as vscode from 'vscode';
import { cacheRuleArmId, sameArmId } from '../../domain/armId.ts';
import { parseRepositoryPattern } from '../../domain/repositoryPattern.ts';
import type { CacheRule } from '../../domain/types.ts';
import { replaceRulePlan, type ReplacePurpose, resumeReplacePlan } from '../../provisioning/changes/changeRule.ts';
import type { ApplyResult, CacheLink, RepositoryMapping } from '../../provisioning/types.ts';
import { whileReading } from '../shared/opening.ts';
import type { Services } from '../services/services.ts';
import { reviewAndApply } from '../review/apply.ts';
import { askText } from '../pages/askText.ts';
import type { Change } from '../review/change.ts';
import { answerWith, frameOf } from '../setUp/context.ts';
import { createFacts, type Facts } from '../setUp/reads.ts';
import type { Position, StepAnswer } from '../pages/flow.ts';
import { previewMapping, ruleNamesOf } from '../setUp/mapping.ts';
import { chooseSources, type Draft, nameRule, nameTarget, sourceKey, targetTextOf } from '../setUp/draft.ts';
import { runChangeFlow } from '../review/changeFlow.ts';
import { surroundingsOf } from '../setUp/found.ts';
import { askRuleName } from '../setUp/steps/ruleName.ts';
import { askTarget } from '../setUp/steps/target.ts';
import { readRepository, registryHosts } from '../setUp/typed.ts';
import { readRuleDraft, ruleChange } from './ruleChange.lazy.ts';

type PageId = 'source' | 'target' | 'name';

/**
 * "Replace Cache Rule…": asks for the new source, target and name on the wizard's pages, each as it is now, then plans, reviews
 * and applies the new rule and the old one's deletion together.
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws AzureError, or Error in words, when the rule's setup cannot be derived; CancellationError
 */
export async function replaceRule(services: Services, rule: CacheRule): Promise<ApplyResult | undefined> {
  const flow = vscode.l10n.t('Replace {0}', rule.name);
  const { azure, draft, link } = await readRuleDraft(services, rule, flow);
  const closed = new AbortController();
  const isHost = registryHosts(services.inventory.state);
  const facts = withoutRule(createFacts(azure, closed.signal), rule);
  return runChangeFlow<Draft, PageId>(
    services,
    azure,
    closed,
    {
      steps: () => ['source', 'target', 'name', 'review'],
      ask: async (id, current, place) => {
        const position = { ...place, flow };
        const [source] = current.sources;
        if (id === 'source' || !source) return askSource(current, position, isHost);
        const around = await whileReading(flow, surroundingsOf(facts, current));
        return id === 'target'
          ? askTarget(current, around, source, position)
          : askRuleName(withName(current, draft, rule), around.rules, source, position);
      },
      change: async (current) => {
        const { rules } = await whileReading(flow, surroundingsOf(facts, current));
        const names = ruleNamesOf(current, rules);
        const mapping = mappingOf(current, names);
        return (
          mapping &&
          replacementOf(rule.name, { ...link, mappings: [mapping] }, (azureNow, options) =>
            replaceRulePlan(azureNow, rule, mapping, options),
          )
        );
      },
    },
    draft,
    'source',
  );
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

/** The repository of the same upstream that the rule reads. @param isHost as `readRepository` has it */
async function askSource(
  draft: Draft,
  position: Position,
  isHost: (host: string) => boolean,
): Promise<StepAnswer<Draft>> {
  const { downstream, upstream } = draft;
  const [source] = draft.sources;
  if (!downstream || !upstream || !source) return { kind: 'back' };
  const target = targetTextOf(draft, source);
  const read = (text: string) => readRepository(text, upstream, [sourceKey(source)], isHost);
  const answer = await askText(frameOf(position, vscode.l10n.t('Source in {0}', upstream.name)), {
    value: sourceKey(source),
    prompt: (text) => {
      const parsed = read(text);
      return previewMapping(downstream, upstream, parsed.ok ? parsed.value : source, target);
    },
    check: (text) => {
      const parsed = read(text);
      return parsed.ok ? undefined : parsed.problem;
    },
  });
  return answerWith(answer, (text) => {
    const parsed = read(text);
    if (!parsed.ok) return draft;
    const next = chooseSources(draft, [parsed.value]);
    return next.targetNames.has(sourceKey(parsed.value)) ? next : nameTarget(next, parsed.value, target);
  });
}

/**
 * Under its old name the old rule has to go before the new one comes, so that name is only suggested where the target stays and
 * that is so anyway.
 */
function withName(draft: Draft, before: Draft, rule: CacheRule): Draft {
  const [source] = draft.sources;
  const [old] = before.sources;
  if (!source || !old || draft.ruleNames.has(sourceKey(source))) return draft;
  return targetTextOf(draft, source) === targetTextOf(before, old) ? nameRule(draft, source, rule.name) : draft;
}

function mappingOf(draft: Draft, names: ReadonlyMap<string, string>): RepositoryMapping | undefined {
  const [source] = draft.sources;
  if (!source) return undefined;
  const target = parseRepositoryPattern(targetTextOf(draft, source));
  const ruleName = names.get(sourceKey(source));
  return target.ok && ruleName ? { ruleName, source, target: target.value } : undefined;
}

function textsOf(name: string): Change['texts'] {
  return {
    page: vscode.l10n.t('Replace {0}: Review', name),
    start: vscode.l10n.t('Replace'),
    blocked: vscode.l10n.t('Cannot Be Replaced Yet'),
    activity: vscode.l10n.t('Replacing cache rule {0}', name),
    complete: vscode.l10n.t('Cache rule {0} was replaced; what it had cached is kept.', name),
    cancelled: vscode.l10n.t('Replacing cache rule {0} was cancelled.', name),
    failed: (reason: string) => vscode.l10n.t('Replacing cache rule {0} failed: {1}', name, reason),
  };
}
