import * as l10n from '@vscode/l10n';
import { armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import type { CacheLink, ExportLanguage } from '../types.ts';
import { quoteBash } from './quote.ts';

type Commented = Exclude<ExportLanguage, 'arm'>;

/** A file under the name by which the others, and the commands in its comments, call it. */
export interface ExportedFile {
  readonly name: string;
  readonly text: string;
}

/** The first is the one that is run or deployed; the others are its modules, in the same folder. */
export type ExportedFiles = readonly [ExportedFile, ...ExportedFile[]];

/** Text without lone surrogates, which no file can hold. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd');
}

/** A comment that stays a comment whatever the text holds. JSON has none. */
export function commentOf(text: string, language: Commented): string {
  const sign = language === 'bicep' ? '//' : '#';
  return text
    .replace(/[\0\u2028\u2029\u0085\v\f]/g, ' ')
    .split(/\r\n|\r|\n/)
    .map((line) => `${sign} ${line}`.trimEnd())
    .join('\n');
}

export function joinSections(sections: readonly string[]): string {
  return `${sections.join('\n\n')}\n`;
}

/** What the text does and what it needs, as a comment. */
export function about(links: readonly CacheLink[], language: Commented, more: readonly string[]): string {
  return commentOf([...summary(links), ...more].join('\n'), language);
}

export function summary(links: readonly CacheLink[]): string[] {
  const lines = links.map((link) =>
    l10n.t('Caches repositories of {0} in {1}.', link.source.loginServer, link.downstream.loginServer),
  );
  return [...new Set(lines)];
}

/** How to deploy a template to the resource group of the downstream registry. */
export function deployCommand(downstreamId: string, file: string): string {
  const [subscription, group] = [armIdSubscription(downstreamId), armIdResourceGroup(downstreamId)].map(quoteBash);
  return `az deployment group create --subscription ${subscription} --resource-group ${group} --template-file ${file}`;
}

export function existingNote(): string {
  return l10n.t(
    'A role assignment that exists under another name is refused as a duplicate (RoleAssignmentExists); import or delete it first.',
  );
}

/** A template cannot ask before it writes. */
export function overwritingNote(): string {
  return l10n.t(
    'A cache rule of the same name is overwritten without asking. First make sure that none of these names is taken, for example with az acr cache list.',
  );
}

/** What a printer writes as it is, unlike text, which it quotes. */
export class Expression {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Each line two spaces further in; empty ones stay empty. */
export function indent(text: string): string {
  return text.replace(/^(?=[^\n])/gm, '  ');
}

export function expression(text: string): Expression {
  return new Expression(text);
}
