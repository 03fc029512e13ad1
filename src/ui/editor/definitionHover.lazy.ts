import * as vscode from 'vscode';
import { codeSpan } from '../../common/markdown.ts';
import { describeDefinition, type Compared, type DefinitionPart } from '../../files/rules/compareDeployed.ts';
import type { RuleDefinition, RuleFile, TextRange } from '../../files/types.ts';
import type { CacheRule } from '../../domain/types.ts';
import { knowledgeOf } from '../../inventory/knowledge.ts';
import type { InventoryState, RegistryEntry } from '../../inventory/types.ts';
import { deployedRules } from './deployedRules.ts';
import { commandLink, freshness, lines, links, paragraphs, signInOf, strong, verdictText } from './hoverParts.ts';
import { contains } from './referenceAt.ts';

export interface DefinitionAt {
  readonly definition: RuleDefinition;
  readonly hit: TextRange;
}

/** The definition of a cache rule whose beginning, name, source or target is at an offset. */
export function definitionAt({ rules }: RuleFile, offset: number): DefinitionAt | undefined {
  for (const definition of rules) {
    const { name, source, target } = definition;
    // The literals first: what introduces a definition may be a line that holds its name.
    const hit = [name?.range, source?.range, target?.range, definition.range].find(
      (range) => range && contains(range, offset),
    );
    if (hit) return { definition, hit };
  }
  return undefined;
}

/** What of a definition is deployed, as Markdown; undefined if the file does not tell which rule of which registry it is. */
export function definitionMarkdown(definition: RuleDefinition, state: InventoryState): string | undefined {
  const { name, registryName } = definition;
  const wanted = registryName?.toLowerCase();
  const entry = [...state.registries.values()].find(({ registry }) => registry.name.toLowerCase() === wanted);
  if (!name || !entry) return undefined;
  const found = describeDefinition(definition, deployedRules(state));
  const [rule, registry] = [strong(name.value), strong(entry.registry.name)];
  switch (found.kind) {
    case 'unknown':
      return paragraphs([
        `$(question) ${vscode.l10n.t('The cache rules of {0} are not loaded, so it is unknown whether {1} is deployed.', registry, rule)}`,
        links([commandLink(vscode.l10n.t('Refresh'), 'acrCache.refresh')]),
      ]);
    case 'notDeployed':
      return paragraphs([
        `$(circle-outline) ${vscode.l10n.t('Not deployed: {0} has no cache rule {1}.', registry, rule)}`,
        ...(found.servedBy
          ? [
              vscode.l10n.t('Cache rule {0} already has this target:', strong(found.servedBy.name)),
              about(found.servedBy, entry),
            ]
          : []),
        freshness(entry),
      ]);
    case 'same':
      return paragraphs([
        `$(check) ${sameInWords(found.compared, rule, registry)}`,
        about(found.rule, entry),
        freshness(entry),
      ]);
    case 'different':
      return paragraphs([
        `$(diff) ${vscode.l10n.t('Cache rule {0} is deployed in {1}, but differs: {2}.', rule, registry, found.differences.map(partInWords).join(', '))}`,
        about(found.rule, entry),
        freshness(entry),
      ]);
  }
}

/** A rule as it is deployed. */
function about(rule: CacheRule, entry: RegistryEntry): string {
  const { id: ruleId } = rule;
  return paragraphs([
    lines([
      [vscode.l10n.t('Rule'), `${codeSpan(rule.targetRepository)} ← ${codeSpan(rule.sourceRepository)}`],
      [vscode.l10n.t('Signs in as'), signInOf(rule)],
      [vscode.l10n.t('Verdict'), verdictText(rule, knowledgeOf(entry, ruleId))],
    ]),
    links([
      commandLink(vscode.l10n.t('Open Rule'), 'acrCache.openRule', { ruleId }),
      commandLink(vscode.l10n.t('Diagnose'), 'acrCache.diagnoseRule', { ruleId }),
    ]),
  ]);
}

/** Says no more than was compared. */
function sameInWords(compared: Compared, rule: string, registry: string): string {
  switch (compared) {
    case 'everything':
      return vscode.l10n.t('Cache rule {0} is deployed in {1} as written here.', rule, registry);
    case 'sides':
      return vscode.l10n.t('Cache rule {0} is deployed in {1} with the same source and target.', rule, registry);
    case 'source':
      return vscode.l10n.t(
        'Cache rule {0} is deployed in {1} with the same source; its target is not in this file.',
        rule,
        registry,
      );
    case 'target':
      return vscode.l10n.t(
        'Cache rule {0} is deployed in {1} with the same target; its source is not in this file.',
        rule,
        registry,
      );
    case 'nothing':
      return vscode.l10n.t(
        'Cache rule {0} is deployed in {1}; its source and target are not in this file.',
        rule,
        registry,
      );
  }
}

function partInWords(part: DefinitionPart): string {
  switch (part) {
    case 'source':
      return vscode.l10n.t('different source');
    case 'target':
      return vscode.l10n.t('different target');
    case 'identity':
      return vscode.l10n.t('identity');
    case 'anotherIdentity':
      return vscode.l10n.t('deployed with a different identity');
    case 'credentialSet':
      return vscode.l10n.t('credential set');
  }
}
