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
  /** The steps that the state needs, in order. Asked again after every answer: an answer may add or remove later steps. */
  steps(state: State): readonly Id[];
  /** Shows the step's page. Rejections end the flow. */
  ask(id: Id, state: State, position: Position): Promise<StepAnswer<State>>;
  /** A part of another flow: its first page has "Back" too, which ends it. */
  readonly isPart?: boolean;
  /** Told what is known after every page that was not cancelled. */
  onChange?(state: State): void;
}

/**
 * Walks the steps forth and back until the last one says `next`. Going back never undoes an answer: the page shows the
 * state as it is, so values are kept.
 * @returns the final state, or undefined when the user cancelled or went back to where the flow began.
 */
export async function runFlow<State, Id extends string>(
  flow: Flow<State, Id>,
  initial: State,
  first: Id,
): Promise<State | undefined> {
  let state = initial;
  let current = first;
  for (;;) {
    const before = flow.steps(state);
    const index = Math.max(0, before.indexOf(current));
    const answer = await flow.ask(current, state, { canGoBack: index > 0 || flow.isPart === true });
    if (answer.kind === 'cancelled') return undefined;
    state = answer.state ?? state;
    flow.onChange?.(state);
    if (answer.kind === 'back') {
      if (index === 0 && flow.isPart) return undefined;
      current = before[Math.max(0, index - 1)] ?? current;
      continue;
    }
    const next = stepAfter(before.slice(index), flow.steps(state));
    if (next === undefined) return state;
    current = next;
  }
}

/** The step behind `asked[0]`, or, if its own answer removed that one, the first of those that followed it and remain. */
function stepAfter<Id extends string>([current, ...following]: readonly Id[], steps: readonly Id[]): Id | undefined {
  const index = current === undefined ? -1 : steps.indexOf(current);
  if (index >= 0) return steps[index + 1];
  return following.find((step) => steps.includes(step));
}
