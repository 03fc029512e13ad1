import * as vscode from 'vscode';
import { parseRepositoryPattern } from '../../domain/repositoryPattern.ts';
import type { Azure } from '../../azure/azure.ts';
import type { ApplyResult } from '../../provisioning/types.ts';
import { ownerOf, sameOwner, type SnapshotOwner } from '../../inventory/snapshot.ts';
import { forgetLeftPage } from '../pages/leftPage.ts';
import { whileOpening } from '../pages/opening.ts';
import type { Services } from '../services/services.ts';
import { applyWithProgress } from '../review/apply.ts';
import type { PageContext, Step } from './context.ts';
import { createFacts, type Facts } from './reads.ts';
import { prefetch } from './found.ts';
import type { HubAnswer } from './hub.ts';
import {
  canCacheFrom,
  chooseDownstream,
  chooseSources,
  chooseUpstream,
  type Draft,
  emptyDraft,
  firstOpenPage,
  type PageId,
  pageIds,
  sourceKey,
} from './draft.ts';
import { askDownstream } from './steps/downstream.ts';
import { askRepositories } from './steps/repositories.ts';
import { askReview } from './steps/review.ts';

import { askUpstream } from './steps/upstream.ts';

/** What is known when the setup is opened from somewhere: ARM ids, and repository patterns of the upstream. */
export interface SetUpSeed {
  readonly downstreamId?: string;
  readonly upstreamId?: string;
  /** What cannot be read as a pattern is left out. */
  readonly sourceRepositories?: readonly string[];
}

/** A setup as a part of another flow, for one pair of registries. It holds what was said when it was left, for when it is entered again. */
export interface SetUpPart {
  draft?: Draft;
}

const questions: Readonly<Record<Exclude<PageId, 'review'>, Step>> = {
  downstream: askDownstream,
  upstream: askUpstream,
  repositories: askRepositories,
};

/** What was said in the last setup that the user left, for the next one in this window by the same accounts in the same cloud. */
let left: { readonly owner: SnapshotOwner; readonly draft: Draft } | undefined;

/**
 * "Set Up Cache from Another Registry…": asks, shows the plan, applies it. Resolves to the outcome, or undefined if the user
 * left before anything was changed.
 * @param part of another flow, to which "Back" leads from the first page that the seed leaves open; those before it are not shown
 * @throws CancellationError if signing in is declined; AzureError if a registry of the seed cannot be read
 */
export async function runSetUp(
  services: Services,
  seed: SetUpSeed = {},
  part?: SetUpPart,
): Promise<ApplyResult | undefined> {
  if (!part) forgetLeftPage();
  const closed = new AbortController();
  // When the pages have closed nobody needs what they are still reading.
  const { azure, review } = await ask(services, seed, part, closed.signal).finally(() => closed.abort());
  return review?.kind === 'apply' ? applyWithProgress(services, azure, review.change, review.plan) : undefined;
}

async function ask(
  services: Services,
  seed: SetUpSeed,
  part: SetUpPart | undefined,
  signal: AbortSignal,
): Promise<{ readonly azure: Azure; readonly review: HubAnswer | undefined }> {
  // Enough for the page that asks for the upstream, which reads the downstream anew.
  const known = seed.upstreamId === undefined ? services.inventory.entry(seed.downstreamId ?? '')?.registry : undefined;
  const { facts, seeded } = await whileOpening(services, vscode.l10n.t('Set Up Cache'), async (azure) => {
    const facts = createFacts(azure, signal);
    return { facts, seeded: known ? chooseDownstream(emptyDraft, known) : await seededDraft(facts, seed) };
  });
  const offered = () => (!part && sameOwner(left?.owner, ownerIn(facts)) ? left?.draft : undefined);
  const context: PageContext = { services, facts, signal, left: offered };
  const { downstream, upstream, sources } = seeded;
  const draft: Draft = { ...seeded, ...part?.draft, downstream, upstream, sources };
  return { azure: facts.azure, review: await askPages(context, draft, part, known?.id) };
}

function ownerIn({ azure }: Facts): SnapshotOwner {
  return ownerOf(azure.cloud, azure.subscriptions);
}

/** Walks the pages back and forth. Undefined: the user went back to where the setup began. */
async function askPages(
  context: PageContext,
  initial: Draft,
  part: SetUpPart | undefined,
  knownId: string | undefined,
): Promise<HubAnswer | undefined> {
  const first = firstOpenPage(initial);
  const pages = part ? pageIds.slice(pageIds.indexOf(first)) : pageIds;
  let [draft, page, prefetched] = [initial, first, ''];
  const keep = (state: Draft): void => {
    draft = state;
    if (part) part.draft = draft;
    else if (draft.upstream) left = { owner: ownerIn(context.facts), draft };
  };
  for (;;) {
    prefetched = prefetchOnce(context.facts, draft, prefetched, knownId);
    const index = pages.indexOf(page);
    const position = { canGoBack: index > 0 || part !== undefined };
    const answer =
      page === 'review' ? await askReview(context, draft, position) : await questions[page](context, draft, position);
    if (answer.kind === 'apply') {
      if (!part) left = undefined;
      return answer;
    }
    if ('state' in answer && answer.state) keep(answer.state);
    if (answer.kind === 'cancelled') return { kind: 'cancelled', state: draft };
    if (answer.kind === 'back') {
      const before = pages[index - 1];
      if (before === undefined) return undefined;
      page = before;
    } else {
      page = 'isWhole' in answer ? firstOpenPage(draft) : (pages[index + 1] ?? 'review');
    }
  }
}

/** Once per choice, so that what cannot be read is not asked for at every page. No token goes to a registry before Azure has said where it is. */
function prefetchOnce(facts: Facts, draft: Draft, prefetched: string, knownId: string | undefined): string {
  const { downstream, upstream, sources } = draft;
  if (!upstream && downstream?.id === knownId) return prefetched;
  const chosen = [downstream?.id, upstream?.id, ...sources.slice(0, 1).map(sourceKey)].join();
  if (chosen !== prefetched) prefetch(facts, draft);
  return chosen;
}

async function seededDraft(facts: Facts, seed: SetUpSeed): Promise<Draft> {
  const [downstream, upstream] = await Promise.all([
    seed.downstreamId === undefined ? undefined : facts.registry(seed.downstreamId),
    seed.upstreamId === undefined ? undefined : facts.registry(seed.upstreamId),
  ]);
  let draft: Draft = emptyDraft;
  if (downstream) draft = chooseDownstream(draft, downstream);
  if (upstream && (!downstream || canCacheFrom(downstream, upstream))) draft = chooseUpstream(draft, upstream);
  const sources = (seed.sourceRepositories ?? []).flatMap((text) => {
    const pattern = parseRepositoryPattern(text);
    return pattern.ok ? [pattern.value] : [];
  });
  return draft.upstream ? chooseSources(draft, sources) : draft;
}
