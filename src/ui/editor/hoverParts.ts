import * as vscode from 'vscode';
import { armIdName } from '../../domain/armId.ts';
import { codeSpan, escapeMarkdown } from '../../common/markdown.ts';
import type { CacheRule } from '../../domain/types.ts';
import type { RuleKnowledge } from '../../domain/ruleVerdict.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import { failedState, verdictWithBasis } from '../shared/ruleVerdict.ts';
import { freshnessInWords } from './words.ts';

/** Pieces of a hover's Markdown. What comes from outside is escaped here; `lines`, `links` and `paragraphs` take Markdown. */

/** As whom a rule signs in at its source. */
export function signInOf(rule: CacheRule): string {
  if (rule.identity) return vscode.l10n.t('managed identity {0}', codeSpan(armIdName(rule.identity.id)));
  if (rule.identityUnknown && rule.credentialSetId === undefined) return vscode.l10n.t('unknown');
  return rule.credentialSetId === undefined
    ? vscode.l10n.t('anonymous')
    : vscode.l10n.t('credential set {0}', codeSpan(armIdName(rule.credentialSetId)));
}

/** The verdict on a rule, and what ARM says of the rule if that is bad. */
export function verdictText(rule: CacheRule, known: RuleKnowledge): string {
  const said = escapeMarkdown(verdictWithBasis(known));
  const state = failedState(rule);
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

/** The commands that our hovers may run; VS Code refuses every other. */
export const hoverCommands = [
  'acrCache.openRule',
  'acrCache.diagnoseRule',
  'acrCache.showDiagnosis',
  'acrCache.pullImage',
  'acrCache.findRuleReferences',
  'acrCache.useCachedReference',
  'acrCache.createRuleFor',
  'acrCache.signIn',
  'acrCache.refresh',
] as const;

export type HoverCommand = (typeof hoverCommands)[number];

/**
 * A link of Markdown that runs one of our commands.
 * @param title our own words
 * @param argument ids and values we parsed; every character that could end the link is encoded
 */
export function commandLink(
  title: string,
  command: HoverCommand,
  argument?: Readonly<Record<string, unknown>>,
): string {
  const query = argument === undefined ? '' : `?${encode(JSON.stringify([argument]))}`;
  return `[${escapeMarkdown(title)}](command:${command}${query})`;
}

/** Resource groups may have parentheses in their names, which `encodeURIComponent` leaves. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
