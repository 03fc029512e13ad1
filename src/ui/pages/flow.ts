/** What a step says when its page closes. `state` of `back` keeps what was typed so far. */
export type StepAnswer<State> =
  /** `isWhole`: the state answers pages that follow, too. */
  | { readonly kind: 'next'; readonly state: State; readonly isWhole?: true }
  | { readonly kind: 'back'; readonly state?: State }
  | { readonly kind: 'cancelled' };

/** Where a page stands. */
export interface Position {
  readonly canGoBack: boolean;
  /** Title of what the pages are part of. */
  readonly flow?: string;
}

export interface Flow<State, Id extends string> {
  readonly steps: readonly Id[];
  /** Shows the step's page. Rejections end the flow. */
  ask(id: Id, state: State, position: Position): Promise<StepAnswer<State>>;
}

/**
 * Walks the steps forth and back until the last one says `next`. Going back never undoes an answer: the page shows the
 * state as it is, so values are kept.
 * @returns the final state, or undefined when the user cancelled
 */
export async function runFlow<State, Id extends string>(
  flow: Flow<State, Id>,
  initial: State,
  first: Id,
): Promise<State | undefined> {
  let state = initial;
  let index = flow.steps.indexOf(first);
  for (let id = flow.steps[index]; id !== undefined; id = flow.steps[index]) {
    const answer = await flow.ask(id, state, { canGoBack: index > 0 });
    if (answer.kind === 'cancelled') return undefined;
    state = answer.state ?? state;
    index += answer.kind === 'next' ? 1 : -1;
  }
  return state;
}
