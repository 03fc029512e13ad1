import type { RepositoryPattern } from '../../domain/types.ts';
import type { Position, StepAnswer } from '../pages/flow.ts';
import type { Row } from '../pages/quickInput.ts';
import type { Change, ReviewAnswer } from '../review/change.ts';
import { review } from '../review/review.ts';
import type { PageContext } from './context.ts';
import { chooseSources, type Draft } from './draft.ts';
import { type Found, findAround, nothingFound } from './found.ts';
import { askAccess } from './steps/access.ts';
import { askIdentity } from './steps/identity.ts';
import { askPermissionMode } from './steps/permissionMode.ts';
import { askRepositories, askSource } from './steps/repositories.ts';
import { askRuleName } from './steps/ruleName.ts';
import { askPrefix, askTarget } from './steps/target.ts';

/** What a row of a hub changes. */
export type HubChoice =
  | { readonly about: 'permissionMode' | 'repositories' | 'source' | 'prefix' | 'identity' | 'access' }
  | { readonly about: 'target' | 'ruleName' | 'remove'; readonly source: RepositoryPattern };

/** A review that is also where everything is said: one row for each thing that has a default, changed by choosing it. */
export interface Hub {
  readonly title: string;
  readonly canGoBack: boolean;
  /** Whether it is a setup, whose pages bear its name and which can be exported as code. */
  readonly isSetUp: boolean;
  /** The draft with what the user has not said. It is no choice: what is chosen later may make it another one. */
  withDefaults(draft: Draft, found: Found): Draft;
  rows(draft: Draft, found: Found): readonly Row<HubChoice>[];
  /** Undefined while something has to be said before, which the first row asks for. */
  change(draft: Draft, found: Found): Change | undefined;
}

/** How a hub ends: what is to be done, or the draft as it is when the user goes back or leaves. */
export type HubAnswer =
  Extract<ReviewAnswer, { kind: 'apply' }> | { readonly kind: 'back' | 'cancelled'; readonly state: Draft };

/** Shows what will be done, and lets the rows be changed; each change comes back here. Writes nothing. */
export async function askHub(context: PageContext, initial: Draft, hub: Hub): Promise<HubAnswer> {
  const { services, facts } = context;
  let draft = initial;
  let found = nothingFound;
  for (;;) {
    let shown = draft;
    const answer = await review<HubChoice>(services, facts.azure, {
      ...hub,
      forget: () => facts.forget(),
      rows: () => hub.rows(shown, found),
      async change() {
        found = await findAround(facts, draft);
        shown = hub.withDefaults(draft, found);
        return hub.change(shown, found);
      },
    });
    if (answer.kind === 'apply') return answer;
    if (answer.kind !== 'value') return { kind: answer.kind, state: draft };
    const position: Position = { canGoBack: true, ...(!hub.isSetUp && { flow: hub.title }) };
    const changed = await ask(context, draft, shown, found, answer.value, position);
    if (changed.kind === 'cancelled') return { kind: 'cancelled', state: draft };
    if (changed.kind === 'next') draft = changed.state;
  }
}

/** @param shown the draft with its defaults, of which a page that changes one is told */
function ask(
  context: PageContext,
  draft: Draft,
  shown: Draft,
  found: Found,
  choice: HubChoice,
  position: Position,
): Promise<StepAnswer<Draft>> {
  switch (choice.about) {
    case 'permissionMode':
      return askPermissionMode(context, draft, position);
    case 'repositories':
      return askRepositories(context, draft, position);
    case 'source':
      return askSource(context, draft, position);
    case 'prefix':
      return askPrefix(draft, found, position);
    case 'identity':
      return askIdentity(context, { ...draft, identity: shown.identity }, position);
    case 'access':
      return askAccess(context, draft, position);
    case 'target':
      return askTarget(draft, found, choice.source, position);
    case 'ruleName':
      return askRuleName({ ...draft, ruleNames: shown.ruleNames }, found.rules, choice.source, position);
    case 'remove': {
      const rest = draft.sources.filter((source) => source !== choice.source);
      return rest.length === 0
        ? askRepositories(context, draft, position)
        : Promise.resolve({ kind: 'next', state: chooseSources(draft, rest) });
    }
  }
}
