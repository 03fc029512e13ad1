import * as vscode from 'vscode';
import { armIdName } from '../../domain/armId.ts';
import { codeSpan, escapeMarkdown } from '../../common/markdown.ts';
import type { CacheRule } from '../../domain/types.ts';
import type { RegistryEntry, RuleHealth } from '../../inventory/types.ts';
import { diagnosisInWords, freshnessInWords, stateInWords } from './words.ts';

/** Pieces of a hover's Markdown. What comes from outside is escaped here; `lines`, `links` and `paragraphs` take Markdown. */

/** As whom a rule signs in at its source. */
export function signInOf(rule: CacheRule): string {
  if (rule.identity) return vscode.l10n.t('managed identity {0}', codeSpan(armIdName(rule.identity.id)));
  if (rule.identityUnknown && rule.credentialSetId === undefined) return vscode.l10n.t('not known');
  return rule.credentialSetId === undefined
    ? vscode.l10n.t('nobody (anonymous)')
    : vscode.l10n.t('credential set {0}', codeSpan(armIdName(rule.credentialSetId)));
}

/** What the last diagnosis said and when, and what ARM says of the rule if that is bad. */
export function diagnosisOf(rule: CacheRule, health: RuleHealth | undefined): string {
  const said = health ? escapeMarkdown(diagnosisInWords(health)) : vscode.l10n.t('none yet');
  const state = stateInWords(rule, undefined);
  return state === undefined ? said : `${said}, ${escapeMarkdown(state)}`;
}

export function freshness(entry: RegistryEntry): string {
  const words = freshnessInWords(entry);
  return words === undefined ? '' : `$(history) ${escapeMarkdown(words)}`;
}

export function strong(text: string): string {
  return `**${escapeMarkdown(text, 200)}**`;
}

export function lines(pairs: readonly (readonly [label: string, value: string])[]): string {
  return pairs.map(([label, value]) => `${escapeMarkdown(label)}: ${value}`).join('  \n');
}

export function links(all: readonly (string | undefined)[]): string {
  return all.filter((link) => link !== undefined).join(' · ');
}

export function paragraphs(all: readonly string[]): string {
  return all.filter((text) => text !== '').join('\n\n');
}
