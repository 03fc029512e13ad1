import * as vscode from 'vscode';
import { formatImageReference } from '../../domain/imageReference.ts';
import { readingOf } from '../../domain/upstreams.ts';
import { codeSpan, escapeMarkdown } from '../../common/markdown.ts';
import type { CachedState, CachedUse, ServedImage, WrongRule } from '../../inventory/resolutionTypes.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import { localDate } from '../shared/localDate.ts';
import { stateInWords } from '../shared/ruleVerdict.ts';
import { commandLink, freshness, lines, links, paragraphs, signInOf, strong, verdictText } from './hoverParts.ts';
import type { InspectedReference } from './types.ts';
import { sourceImage } from './words.ts';

/** Rules that could serve an image, told at most; the rest is counted. */
const maxUses = 3;

/**
 * What is known of a reference, as Markdown in which nothing from outside is more than text. Undefined: nothing.
 * @param uri of the document, for commands that change the reference
 * @param isReported what `problemsOf` says of it is shown beside this
 */
export function referenceMarkdown(reference: InspectedReference, uri: string, isReported = false): string | undefined {
  const { resolution } = reference;
  switch (resolution.verdict) {
    case 'served':
      return (
        resolution.served &&
        resolution.entry &&
        servedMarkdown(reference, resolution.served, resolution.entry, isReported)
      );
    case 'bypassed':
      return bypassedMarkdown(reference, uri, isReported);
    case 'unserved':
      return resolution.entry && unservedMarkdown(reference, resolution.entry, isReported);
    case 'rulesUnknown':
      return resolution.entry && rulesUnknownMarkdown(resolution.entry);
    case 'possible':
      return possibleMarkdown(reference);
    case 'unknown':
      return undefined;
  }
}

function servedMarkdown(
  { found, resolution }: InspectedReference,
  served: ServedImage,
  entry: RegistryEntry,
  isReported: boolean,
): string {
  const { match, known, cached } = served;
  const { image } = resolution;
  const { rule } = match;
  const ruleId = rule.id;
  const heading = vscode.l10n.t('Served by cache rule {0} in {1}', strong(rule.name), strong(entry.registry.name));
  return paragraphs([
    `$(cloud-download) ${heading}`,
    ...(served.wrong && !isReported ? [`$(warning) ${escapeMarkdown(wrongInWords(served.wrong))}`] : []),
    lines([
      [
        vscode.l10n.t('Comes from'),
        codeSpan(sourceImage(match, found.openTag ? { repository: image.repository } : image)),
      ],
      [vscode.l10n.t('Rule'), `${codeSpan(rule.targetRepository)} ← ${codeSpan(rule.sourceRepository)}`],
      [vscode.l10n.t('Signs in as'), signInOf(match.rule)],
      [vscode.l10n.t('Verdict'), verdictText(match.rule, known)],
      ...(cached && !found.openTag ? [[vscode.l10n.t('Cache'), cachedInWords(cached)] as const] : []),
    ]),
    freshness(entry),
    links([
      commandLink(vscode.l10n.t('Open Rule'), 'acrCache.openRule', { ruleId }),
      known.checkup ? commandLink(vscode.l10n.t('Show Diagnosis'), 'acrCache.showDiagnosis', { ruleId }) : undefined,
      commandLink(vscode.l10n.t('Diagnose'), 'acrCache.diagnoseRule', { ruleId }),
      found.openTag
        ? undefined
        : commandLink(vscode.l10n.t('Pull'), 'acrCache.pullImage', { ruleId, image: formatImageReference(image) }),
      commandLink(vscode.l10n.t('Find References'), 'acrCache.findRuleReferences', { ruleId }),
    ]),
  ]);
}

function bypassedMarkdown({ found, resolution }: InspectedReference, uri: string, isReported: boolean): string {
  const { cachedBy } = resolution;
  const told = cachedBy.slice(0, maxUses);
  const linksOf = ({ match }: CachedUse): string => {
    const ruleId = match.rule.id;
    const { start, end } = found.range;
    return links([
      ...(found.name.kind === 'fixed'
        ? []
        : [commandLink(vscode.l10n.t('Use It'), 'acrCache.useCachedReference', { uri, start, end, ruleId })]),
      commandLink(vscode.l10n.t('Open Rule'), 'acrCache.openRule', { ruleId }),
    ]);
  };
  const stateOf = (use: CachedUse): string => escapeMarkdown(stateInWords(use.match.rule, use.known));
  const useOf = (use: CachedUse): string =>
    [
      `- ${codeSpan(formatImageReference(use.image))}  `,
      `  ${escapeMarkdown(
        vscode.l10n.t('by cache rule {0} in {1}', use.match.rule.name, use.entry.registry.name),
      )}, ${stateOf(use)}  `,
      `  ${linksOf(use)}`,
    ].join('\n');
  const more = cachedBy.length - told.length;
  const entries = [...new Set(told.map(({ entry }) => entry))];
  // The problem beside this names the first of them.
  const [first, ...others] = told;
  const named = isReported && first ? [first] : [];
  const listed = isReported ? others : told;
  return paragraphs([
    ...named.map((use) =>
      links([vscode.l10n.t('Cache rule {0}: {1}', strong(use.match.rule.name), stateOf(use)), linksOf(use)]),
    ),
    ...(listed.length === 0
      ? []
      : [
          isReported
            ? vscode.l10n.t('Also available through the cache:')
            : vscode.l10n.t('Available through the cache:'),
          listed.map(useOf).join('\n'),
        ]),
    ...(more > 0 ? [vscode.l10n.t('and by {0} more cache rules', more)] : []),
    ...(isReported ? [] : entries.map(freshness)),
  ]);
}

function unservedMarkdown(
  { resolution: { image, isListed, meant } }: InspectedReference,
  entry: RegistryEntry,
  isReported: boolean,
): string | undefined {
  if (isReported && !meant) return undefined;
  const { name } = entry.registry;
  return paragraphs([
    ...(isReported
      ? []
      : [
          `$(question) ${vscode.l10n.t('No cache rule in {0} serves {1}.', strong(name), codeSpan(image.repository))}`,
          isListed
            ? vscode.l10n.t('The registry has a repository of this name; it does not come through a cache.')
            : vscode.l10n.t('It can be pulled only if it was pushed there.'),
        ]),
    ...(meant
      ? [
          vscode.l10n.t(
            'Cache rule {0} fetches {1} from {2}.',
            strong(meant.match.rule.name),
            codeSpan(meant.repository),
            codeSpan(sourceImage(meant.match, image)),
          ),
        ]
      : []),
    ...(isReported ? [] : [freshness(entry)]),
    links([
      meant && commandLink(vscode.l10n.t('Open Rule'), 'acrCache.openRule', { ruleId: meant.match.rule.id }),
      commandLink(vscode.l10n.t('Refresh'), 'acrCache.refresh'),
    ]),
  ]);
}

function rulesUnknownMarkdown(entry: RegistryEntry): string {
  const { name } = entry.registry;
  const error = entry.rulesError;
  return paragraphs([
    `$(question) ${vscode.l10n.t('The cache rules of {0} are not loaded, so it is unknown where this image comes from.', strong(name))}`,
    error
      ? escapeMarkdown(vscode.l10n.t('Loading them failed: {0}', error.message), 400)
      : entry.rulesFreshness === 'loading'
        ? vscode.l10n.t('They are being loaded.')
        : vscode.l10n.t('They are not loaded yet.'),
    links([
      commandLink(vscode.l10n.t('Refresh'), 'acrCache.refresh'),
      commandLink(vscode.l10n.t('Sign In'), 'acrCache.signIn'),
    ]),
  ]);
}

function possibleMarkdown({ resolution }: InspectedReference): string | undefined {
  const { upstream, image } = resolution;
  if (!upstream) return undefined;
  const source = formatImageReference({ host: image.host, repository: image.repository });
  const needed = vscode.l10n.t(
    'No known cache rule covers it. A rule from {0} to, for example, {1} would.',
    codeSpan(source),
    codeSpan(image.repository),
  );
  const named = { image: formatImageReference(image) };
  if (upstream.kind === 'catalogue') {
    return paragraphs([
      `$(info) ${needed}`,
      escapeMarkdown(readingOf(upstream.upstream)),
      commandLink(vscode.l10n.t('Show az Commands'), 'acrCache.createRuleFor', named),
    ]);
  }
  return paragraphs([
    `$(info) ${needed}`,
    freshness(upstream.entry),
    commandLink(vscode.l10n.t('Create Cache Rule…'), 'acrCache.createRuleFor', named),
  ]);
}

/** What is unexpected about where an image comes from. */
export function wrongInWords(wrong: WrongRule): string {
  switch (wrong.kind) {
    case 'shadowed':
      return vscode.l10n.t(
        'Cache rule {0} takes precedence over {1}, which would fetch it from {2}/{3}.',
        wrong.by.name,
        wrong.other.rule.name,
        wrong.other.source.loginServer,
        wrong.other.sourceRepository,
      );
    case 'libraryMissing':
      return vscode.l10n.t(
        'It would be fetched from {0} on Docker Hub, where official images are below library/.',
        wrong.sourceRepository,
      );
    case 'libraryTooMuch':
      return vscode.l10n.t(
        'It would be fetched from {0} on Docker Hub, where only official images are below library/.',
        wrong.sourceRepository,
      );
  }
}

function cachedInWords({ state, seenAt }: CachedState): string {
  const when = localDate(seenAt);
  switch (state) {
    case 'cached':
      return vscode.l10n.t('cached (seen {0})', when);
    case 'proxied':
      return vscode.l10n.t('not cached yet, served from the upstream (seen {0})', when);
    case 'absent':
      return vscode.l10n.t('not cached yet, fetched on the first pull (seen {0})', when);
  }
}
