import * as vscode from 'vscode';
import { formatImageReference, parseImageReference } from '../../domain/imageReference.ts';
import type { RuleMatch } from '../../domain/ruleMatching.ts';
import { shown } from '../../common/shown.ts';
import type { ImageReference } from '../../domain/types.ts';
import type { CachedUse, Resolution, ServedImage } from '../../inventory/resolutionTypes.ts';
import type { RegistryEntry } from '../../inventory/types.ts';
import { textOf } from '../shared/textOf.ts';
import { explainError } from '../shared/errors.ts';
import { wrongInWords } from '../editor/referenceHover.ts';
import { indexedResolver } from '../services/indexedResolver.ts';
import type { Services } from '../services/services.ts';
import { type Answer, firstOf } from './answer.ts';
import { entriesOf, freshnessOf, makeKnown, readUnread } from './known.ts';
import { ruleAnswer } from './listCacheRules.lazy.ts';

/** Other names of the image in one answer. */
const maxUses = 10;

/** `{ image }`: which rule serves it, where it comes from, by which reference it could be pulled through a cache instead. */
export async function resolveImage(
  services: Pick<Services, 'inventory' | 'connection' | 'observations'>,
  input: unknown,
  signal: AbortSignal,
): Promise<Answer> {
  const written = (textOf(input, 'image') ?? '').trim().replace(/^docker:\/\//, '');
  const parsed = parseImageReference(written);
  if (!parsed.ok) return { problem: parsed.problem.message };
  const unknown = await makeKnown(services, signal);
  if (unknown) return unknown;
  const resolve = async () => (await indexedResolver(services)).resolver.resolve(parsed.value);
  const early = await resolve();
  if (early.verdict !== 'served') {
    // Its own registry decides; for an upstream every registry may have the rule.
    await readUnread(services, early.entry && !early.entry.rules ? [early.entry] : [], signal);
    if ((await resolve()).verdict !== 'served') await readUnread(services, entriesOf(services), signal);
  }
  return resolutionAnswer(await resolve(), entriesOf(services));
}

function resolutionAnswer(resolution: Resolution, all: readonly RegistryEntry[]): Answer {
  const { verdict, image, entry, served, meant, cachedBy } = resolution;
  const uses = firstOf(cachedBy, maxUses);
  return {
    image: formatImageReference(image),
    verdict,
    meaning: meaningOf(resolution),
    ...(served && entry && { servedBy: servedAnswer(served, entry, image) }),
    ...(uses.first.length > 0 && {
      [verdict === 'bypassed' ? 'useInstead' : 'alsoCachedAs']: uses.first.map(useAnswer),
      ...(uses.more > 0 && { moreNames: uses.more }),
    }),
    ...(meant && {
      probablyMeant: formatImageReference({ ...image, repository: meant.repository }),
      meantRule: meant.match.rule.name,
    }),
    freshness: freshnessOf(served && entry ? [entry] : all),
  };
}

function servedAnswer(served: ServedImage, entry: RegistryEntry, image: ImageReference): Answer {
  const { match, broken, wrong, cached } = served;
  return {
    ...ruleAnswer(entry, match.rule),
    comesFrom: comesFrom(match, image),
    isBroken: broken,
    ...(wrong && { warning: wrongInWords(wrong) }),
    ...(cached && { cacheState: cached.state, cacheStateSeenAt: cached.seenAt }),
  };
}

function useAnswer({ entry, match, broken, image }: CachedUse): Answer {
  return {
    image: formatImageReference(image),
    registry: entry.registry.loginServer,
    rule: match.rule.name,
    isBroken: broken,
  };
}

function comesFrom({ source, sourceRepository }: RuleMatch, image: ImageReference): string {
  return formatImageReference({ ...image, host: source.loginServer, repository: sourceRepository });
}

function meaningOf({ verdict, image, entry, served, upstream, meant }: Resolution): string {
  const host = shown(image.host);
  switch (verdict) {
    case 'served':
      return vscode.l10n.t(
        '{0} serves it through cache rule {1}, from {2}.',
        host,
        shown(served?.match.rule.name ?? ''),
        served ? comesFrom(served.match, image) : '',
      );
    case 'bypassed':
      return vscode.l10n.t('It is pulled from {0} itself, although a cache rule could serve it.', host);
    case 'unserved':
      return meant
        ? vscode.l10n.t('No cache rule in {0} serves it; another name in the same registry was probably meant.', host)
        : vscode.l10n.t('No cache rule in {0} serves it: it is an ordinary repository there, or does not exist.', host);
    case 'rulesUnknown':
      return entry?.rulesError
        ? vscode.l10n.t('The cache rules of {0} could not be read: {1}', host, explainError(entry.rulesError))
        : vscode.l10n.t('The cache rules of {0} are not loaded yet.', host);
    case 'possible':
      return upstream?.kind === 'catalogue'
        ? vscode.l10n.t(
            'No known cache rule fetches it. Artifact cache supports its upstream, {0}.',
            upstream.upstream.name,
          )
        : vscode.l10n.t(
            'No known cache rule fetches it. "ACR Cache: Set Up Cache from Another Registry…" can make one for {0}.',
            host,
          );
    case 'unknown':
      if (upstream) {
        return vscode.l10n.t('No known cache rule fetches it, and no other registry is known that could cache it.');
      }
      return vscode.l10n.t(
        "{0} is not a registry the user can see, a cache rule's source, or a supported upstream.",
        host,
      );
  }
}
