import * as vscode from 'vscode';
import { parseRepositoryPattern } from '../../domain/repositoryPattern.ts';
import type { ApplyResult } from '../../provisioning/types.ts';
import { whileOpening, whileReading } from '../shared/opening.ts';
import type { Services } from '../services/services.ts';
import { runChangeFlow } from '../review/changeFlow.ts';
import type { Step, PageContext } from './context.ts';
import { createFacts, type Facts } from './reads.ts';
import { ruleNamesOf } from './mapping.ts';
import {
  canCacheFrom,
  chooseDownstream,
  chooseSources,
  chooseUpstream,
  type Draft,
  emptyDraft,
  firstOpenStep,
  linkOf,
  sourceKey,
  type StepId,
  stepsOf,
} from './draft.ts';
import { setUpChange } from './setUpChange.ts';
import { askAccess } from './steps/access.ts';
import { askDownstream } from './steps/downstream.ts';
import { askIdentity } from './steps/identity.ts';
import { askIdentityGroup } from './steps/identityGroup.ts';
import { askIdentityName } from './steps/identityName.ts';
import { askIdentityRegion } from './steps/identityRegion.ts';
import { askPermissionMode } from './steps/permissionMode.ts';
import { askRepositories } from './steps/repositories.ts';
import { askRuleNames, knownRules } from './steps/ruleNames.ts';
import { askTargets, prefetch } from './steps/targets.ts';
import { askUpstream } from './steps/upstream.ts';

/** What is known when the set-up is opened from somewhere: ARM ids, and repository patterns of the upstream. */
export interface SetUpSeed {
  readonly downstreamId?: string;
  readonly upstreamId?: string;
  /** What cannot be read as a pattern is left out. */
  readonly sourceRepositories?: readonly string[];
}

/** A set-up as a part of another flow, for one pair of registries. It holds what was said when it was left, for when it is entered again. */
export interface SetUpPart {
  draft?: Draft;
}

type Question = Exclude<StepId, 'review'>;

const questions: Readonly<Record<Question, Step>> = {
  downstream: askDownstream,
  upstream: askUpstream,
  repositories: askRepositories,
  targets: askTargets,
  identity: askIdentity,
  identityName: askIdentityName,
  identityGroup: askIdentityGroup,
  identityRegion: askIdentityRegion,
  permissionMode: askPermissionMode,
  access: askAccess,
  ruleNames: askRuleNames,
};

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
  const closed = new AbortController();
  let prefetched = '';
  const title = vscode.l10n.t('Set Up Cache');
  // Enough for the page that asks for the upstream, which reads the downstream anew.
  const known = seed.upstreamId === undefined ? services.inventory.entry(seed.downstreamId ?? '')?.registry : undefined;
  try {
    const { azure, facts, seeded } = await whileOpening(services, title, async (azure) => {
      const facts = createFacts(azure, closed.signal);
      return { azure, facts, seeded: known ? chooseDownstream(emptyDraft, known) : await seededDraft(facts, seed) };
    });
    const context: PageContext = { services, facts, signal: closed.signal };
    const { downstream, upstream, sources } = seeded;
    const draft: Draft = { ...seeded, ...part?.draft, downstream, upstream, sources };
    const first = firstOpenStep(draft);
    return await runChangeFlow<Draft, Question>(
      services,
      azure,
      closed,
      {
        steps: (current) => (part ? stepsOf(current).slice(stepsOf(current).indexOf(first)) : stepsOf(current)),
        isPart: part !== undefined,
        onChange(current) {
          if (part) part.draft = current;
        },
        ask: (id, current, position) => {
          // Once per choice, so that what cannot be read is not asked for at every page.
          const chosen = [
            current.downstream?.id,
            current.upstream?.id,
            ...current.sources.slice(0, 1).map(sourceKey),
          ].join();
          // No token goes to a registry before Azure has said where it is.
          const isCurrent = current.downstream !== known;
          if (isCurrent && chosen !== prefetched) prefetch(context, current);
          if (isCurrent) prefetched = chosen;
          return questions[id](context, current, position);
        },
        // An answer before the review is missing: it can only be reached by going forth with a seed.
        change: async (current) => {
          const link = linkOf(current, ruleNamesOf(current, await whileReading(title, knownRules(context, current))));
          return link && setUpChange(link);
        },
      },
      draft,
      first,
    );
  } finally {
    closed.abort();
  }
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
