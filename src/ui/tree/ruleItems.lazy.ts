import * as vscode from 'vscode';
import { cloudOfRegistry } from '../../azure/clouds.ts';
import { armIdKey, armIdName } from '../../domain/armId.ts';
import { type Health, judgeRule, type RuleKnowledge } from '../../domain/ruleVerdict.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import { ageOf } from './age.ts';
import { icon } from '../shared/icon.ts';
import { localDate } from '../shared/localDate.ts';
import { verdictOf, verdictWithBasis } from '../shared/ruleVerdict.ts';
import type { ProblemNode, ReaderNode, RepositoryNode, TagNode, UnfinishedRule } from './nodes.ts';
import { sourceHost } from './readers.ts';
import { item, lines } from './treeItem.ts';

const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;

/** For a verdict; the words are in the tooltip. */
const healthIcons: Readonly<Record<Health, Parameters<typeof icon>>> = {
  works: ['pass', 'passed'],
  problems: ['error', 'error'],
  unknown: ['question', 'warning'],
  unproven: ['cloud-download'],
};

/** The name of a known registry, by its login server. */
export type NameOf = (loginServer: string) => string | undefined;

export interface RuleLook {
  readonly unfinished?: UnfinishedRule;
  readonly expanded?: boolean;
  readonly sourceName?: NameOf;
}

/** @param known what diagnoses and verified pulls found out about the rule */
export function ruleItem(
  rule: CacheRule,
  known: RuleKnowledge = {},
  { unfinished, expanded = false, sourceName }: RuleLook = {},
): vscode.TreeItem {
  const identity = rule.identity && armIdName(rule.identity.id);
  const settled = !rule.provisioningState || rule.provisioningState === 'Succeeded';
  const trouble = unfinished ? unfinishedInWords(unfinished) : settled ? undefined : rule.provisioningState;
  return item({
    id: `rule:${rule.id.toLowerCase()}`,
    label: rule.targetRepository,
    description: [...(trouble ? [trouble] : []), sourceInWords(rule, sourceName)].join(' '),
    tooltip: lines([
      [vscode.l10n.t('Verdict'), verdictWithBasis(known)],
      [vscode.l10n.t('Unfinished'), unfinished && unfinishedInWords(unfinished)],
      [vscode.l10n.t('Source'), rule.sourceRepository],
      [vscode.l10n.t('Target'), rule.targetRepository],
      [vscode.l10n.t('Cache rule'), rule.name],
      [vscode.l10n.t('Identity'), identity],
      [vscode.l10n.t('Credential set'), rule.credentialSetId && armIdName(rule.credentialSetId)],
      [vscode.l10n.t('Created'), rule.creationDate && localDate(rule.creationDate)],
      [vscode.l10n.t('Provisioning state'), rule.provisioningState],
    ]),
    icon: trouble ? icon('warning', 'warning') : icon(...healthIcons[judgeRule(known).health]),
    contextValue: unfinished ? 'rule.incomplete' : 'rule',
    state: expanded ? Expanded : Collapsed,
    command: ['acrCache.openRule', { ruleId: rule.id }],
    spoken: [
      identity
        ? vscode.l10n.t(
            'Cache rule {0}: {1} is fetched from {2} with identity {3}',
            rule.name,
            rule.targetRepository,
            rule.sourceRepository,
            identity,
          )
        : vscode.l10n.t(
            'Cache rule {0}: {1} is fetched from {2}',
            rule.name,
            rule.targetRepository,
            rule.sourceRepository,
          ),
      ...(trouble ? [trouble] : []),
      vscode.l10n.t('verdict: {0}', verdictOf(known)),
    ].join(', '),
  });
}

/** A rule that is not there (yet, or any more), since what was to create or delete it has not ended. */
export function unfinishedItem(unfinished: UnfinishedRule, sourceName?: NameOf): vscode.TreeItem {
  const { ruleId, target, source } = unfinished;
  const trouble = unfinishedInWords(unfinished);
  const from =
    source === undefined ? [] : [sourceInWords({ sourceRepository: source, targetRepository: target }, sourceName)];
  return item({
    id: `rule:${armIdKey(ruleId)}`,
    label: target,
    description: [trouble, ...from].join(' '),
    tooltip: lines([
      [vscode.l10n.t('Unfinished'), trouble],
      [vscode.l10n.t('Source'), source],
      [vscode.l10n.t('Target'), target],
      [vscode.l10n.t('Cache rule'), armIdName(ruleId)],
    ]),
    icon: icon('warning', 'warning'),
    contextValue: 'incomplete',
    spoken: vscode.l10n.t('Cache rule {0} for {1}, {2}', armIdName(ruleId), target, trouble),
  });
}

/** `← upstreamregistry`, with the path only where it is another one than the target's. */
function sourceInWords(
  rule: Pick<CacheRule, 'sourceRepository' | 'targetRepository'>,
  sourceName: NameOf | undefined,
): string {
  const host = sourceHost(rule);
  const name = sourceName?.(host) ?? shortName(host);
  const path = rule.sourceRepository.slice(host.length + 1);
  return path.toLowerCase() === rule.targetRepository.toLowerCase() ? `← ${name}` : `← ${name}/${path}`;
}

/** Of a registry of Azure its name, of another one its host. */
function shortName(host: string): string {
  const suffix = cloudOfRegistry(host)?.registrySuffix;
  return suffix === undefined ? host : host.slice(0, -suffix.length);
}

function unfinishedInWords({ purpose }: UnfinishedRule): string {
  switch (purpose) {
    case 'setUp':
      return vscode.l10n.t('setup incomplete');
    case 'replace':
      return vscode.l10n.t('replacement incomplete');
    case 'changeIdentity':
      return vscode.l10n.t('identity change incomplete');
    case 'cleanUp':
      return vscode.l10n.t('deletion incomplete');
  }
}

/** @param registry the one that the rule belongs to */
export function readerItem({ parent, ruleId }: ReaderNode, rule: CacheRule, registry: Registry): vscode.TreeItem {
  const path = rule.sourceRepository.slice(sourceHost(rule).length + 1);
  const target = path === rule.targetRepository ? registry.name : `${registry.name}/${rule.targetRepository}`;
  return item({
    id: `reader:${armIdKey(parent.registryId)}:${armIdKey(ruleId)}`,
    label: path,
    description: `→ ${target}`,
    tooltip: lines([
      [vscode.l10n.t('Cache rule'), rule.name],
      [vscode.l10n.t('Registry'), registry.name],
      [vscode.l10n.t('Target'), rule.targetRepository],
    ]),
    icon: icon('references'),
    contextValue: 'reader',
    command: ['acrCache.showCacheRules', { registryId: registry.id, ruleId }],
    spoken: vscode.l10n.t('{0} is cached in {1} by cache rule {2}', path, target, rule.name),
  });
}

export function repositoryItem({ ruleId, repository, source }: RepositoryNode, expanded: boolean): vscode.TreeItem {
  return item({
    id: `repository:${armIdKey(ruleId)}:${repository}`,
    label: repository,
    ...(source !== repository && { description: `← ${source}` }),
    icon: icon('folder'),
    contextValue: 'repository',
    state: expanded ? Expanded : Collapsed,
    spoken: vscode.l10n.t('Cached repository {0}', repository),
  });
}

export function tagItem(node: TagNode): vscode.TreeItem {
  const { ruleId, repository, tag, digest, lastUpdated, platforms, upstreamState, upstreamReason } = node;
  const age = lastUpdated === undefined ? [] : [ageOf(lastUpdated)];
  const state = upstreamStateInWords(upstreamState);
  return item({
    id: `tag:${armIdKey(ruleId)}:${repository}:${tag}`,
    label: tag,
    description: [...age, state].join(' · '),
    tooltip: lines([
      [vscode.l10n.t('Cached tag'), `${repository}:${tag}`],
      [vscode.l10n.t('Cached'), lastUpdated && localDate(lastUpdated)],
      [vscode.l10n.t('Compared with upstream'), upstreamReason ? `${state} (${upstreamReason})` : state],
      [vscode.l10n.t('Platforms'), platforms.join(', ')],
      [vscode.l10n.t('Digest'), digest],
    ]),
    icon: upstreamState === 'stale' || upstreamState === 'gone' ? icon('tag', 'warning') : icon('tag'),
    contextValue: 'tag',
    spoken: [
      vscode.l10n.t('Cached tag {0} of {1}', tag, repository),
      ...age,
      vscode.l10n.t('compared with upstream: {0}', state),
      ...platforms,
    ].join(', '),
  });
}

function upstreamStateInWords(state: TagNode['upstreamState']): string {
  switch (state) {
    case 'same':
      return vscode.l10n.t('same as upstream');
    case 'stale':
      return vscode.l10n.t('behind');
    case 'gone':
      return vscode.l10n.t('not in upstream');
    case 'unknown':
      return vscode.l10n.t('unknown');
  }
}

export function problemItem({ ruleId, check, severity, title, reason, hasRepair }: ProblemNode): vscode.TreeItem {
  return item({
    id: `problem:${armIdKey(ruleId)}:${check}`,
    label: title,
    description: reason,
    tooltip: `${title}: ${reason}`,
    icon: severity === 'problem' ? icon('error', 'error') : icon('warning', 'warning'),
    contextValue: hasRepair ? 'problem.repairable' : 'problem',
    command: ['acrCache.openRule', { ruleId }],
    spoken: [
      severity === 'problem' ? vscode.l10n.t('Problem: {0}', title) : vscode.l10n.t('Warning: {0}', title),
      reason,
    ].join(', '),
  });
}
