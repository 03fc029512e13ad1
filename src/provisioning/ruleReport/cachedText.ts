import * as l10n from '@vscode/l10n';
import type { Platform } from '../../azure/azure.ts';
import { codeSpan, escapeMarkdown as text, table } from '../../common/markdown.ts';
import { shortDigest, withShortIds } from '../../domain/shortIds.ts';
import { formatPlatform } from '../verification/cacheProbe.ts';
import type { CachedFacts, CachedRepository, CachedTag } from './cachedContent.ts';

/** What is cached, as Markdown. A rule without a wildcard has one repository, which the document names already. */
export function cachedText(
  { repositories, moreRepositories, isCut }: CachedFacts,
  time: (iso: string) => string,
): string {
  const isOne = repositories.length === 1 && moreRepositories === 0 && !isCut;
  const reasons = new Set(repositories.flatMap(({ upstreamReason }) => upstreamReason || []));
  return [
    ...(repositories.length === 0 && !isCut ? [text(l10n.t('Nothing is cached yet: the first pull starts it.'))] : []),
    ...repositories.flatMap((one) => [...(isOne ? [] : [`### ${text(one.repository)}`]), repositoryText(one, time)]),
    ...(moreRepositories > 0 ? [text(l10n.t('And {0} more repositories.', moreRepositories))] : []),
    ...(isCut ? [text(l10n.t('The registry has too many repositories to list all that this rule has cached.'))] : []),
    ...[...reasons].map((reason) => text(l10n.t('Not compared with the upstream: {0}', withShortIds(reason)), 600)),
  ].join('\n\n');
}

export function cachedTagCount({ repositories }: CachedFacts): number {
  return repositories.reduce((sum, { tags, moreTags }) => sum + tags.length + moreTags, 0);
}

/** Whole digests of the images that are shown by short ones. */
export function digestsOf(facts: CachedFacts | undefined): [label: string, digest: string][] {
  return (facts?.repositories ?? []).flatMap(({ repository, tags, untagged }) => [
    ...tags.map(({ tag, digest }): [string, string] => [`${repository}:${tag}`, digest]),
    ...tags.flatMap(({ tag, upstreamDigest }): [string, string][] =>
      upstreamDigest === undefined ? [] : [[l10n.t('{0} in the upstream', `${repository}:${tag}`), upstreamDigest]],
    ),
    ...untagged.map(({ digest }): [string, string] => [repository, digest]),
  ]);
}

function repositoryText(cached: CachedRepository, time: (iso: string) => string): string {
  const { tags, moreTags, untagged, moreUntagged, reason } = cached;
  if (reason !== undefined) return text(l10n.t('Could not be read: {0}', withShortIds(reason)), 600);
  const head = [l10n.t('Tag'), l10n.t('Digest'), l10n.t('Cached'), l10n.t('Upstream'), l10n.t('Platforms')];
  const when = (iso: string | undefined): string => text(iso === undefined ? '–' : time(iso));
  const rows = [
    ...tags.map((tag) => [
      codeSpan(tag.tag),
      codeSpan(shortDigest(tag.digest)),
      when(tag.lastUpdated),
      text(stateName(tag)),
      platformNames(tag.platforms),
    ]),
    ...untagged.map(({ digest, createdTime, platforms }) => [
      text(l10n.t('(by digest)')),
      codeSpan(shortDigest(digest)),
      when(createdTime),
      '–',
      platformNames(platforms),
    ]),
  ];
  return [
    ...(rows.length === 0 ? [text(l10n.t('The repository exists but is empty.'))] : []),
    ...(rows.length > 0
      ? [
          table(
            head.map((title) => text(title)),
            rows,
          ),
        ]
      : []),
    ...(moreTags > 0 ? [text(l10n.t('And {0} more tags.', moreTags))] : []),
    ...(moreUntagged > 0 ? [text(l10n.t('And {0} more without a tag.', moreUntagged))] : []),
  ].join('\n\n');
}

function platformNames(platforms: readonly Platform[]): string {
  return text(platforms.map(formatPlatform).join(', ') || '–');
}

function stateName({ upstreamState }: CachedTag): string {
  switch (upstreamState) {
    case 'same':
      return l10n.t('same');
    case 'stale':
      return l10n.t('has a newer image');
    case 'gone':
      return l10n.t('tag deleted there');
    case 'unknown':
      return l10n.t('unknown');
  }
}
