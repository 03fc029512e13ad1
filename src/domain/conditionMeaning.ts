import * as l10n from '@vscode/l10n';
import type { ConditionAttribute, Expression, RepositoryGrant } from './conditionSyntax.ts';
import { accepted, rejected, type Parsed } from './parsed.ts';

/** The two data actions of Repository Reader; what pulling through a cache needs. */
export const readActions = [
  'Microsoft.ContainerRegistry/registries/repositories/content/read',
  'Microsoft.ContainerRegistry/registries/repositories/metadata/read',
] as const;

/** What a condition means: the guarded `actions` are allowed on repositories that one of `grants` names, all others freely. */
export interface ConditionMeaning {
  /** As written, without repetitions; may end with `/*`. Always covers both read actions. */
  readonly actions: string[];
  readonly grants: RepositoryGrant[];
  /** Where the repository's name is taken from. `Resource` is the form of the private preview. */
  readonly attribute: ConditionAttribute;
}

/** For one action: allowed always, never, or for these repositories. */
type Outcome = boolean | readonly RepositoryGrant[];

const maxActions = 50;

/**
 * The meaning of a condition, found by evaluating it for every action it mentions and for one it does not, whatever its form.
 * Rejected unless: actions not mentioned are free, both read actions are restricted, all mentioned actions in the same way.
 */
export function meaningOf(expression: Expression): Parsed<ConditionMeaning> {
  const atoms = collect(expression);
  const [attribute = 'Request', ...otherAttributes] = atoms.attributes;
  if (atoms.negatedComparison) return notUnderstood(l10n.t('it excludes repositories instead of naming them'));
  if (otherAttributes.length > 0) return notUnderstood(l10n.t('it mixes @Request and @Resource'));
  if (atoms.actions.length > maxActions) return notUnderstood(l10n.t('it names more than {0} actions', maxActions));
  // A pattern's own text stands for the actions that only it matches: `*` is in no action's name.
  if (evaluate(expression, '') !== true)
    return notUnderstood(l10n.t('it also restricts actions that it does not name'));
  const outcomeOf = (action: string) => evaluate(expression, action.toLowerCase());
  if (readActions.some((action) => outcomeOf(action) === true)) {
    return notUnderstood(l10n.t('it does not restrict reading of both content and metadata'));
  }
  const first = outcomeOf(readActions[0]);
  const key = outcomeKey(first);
  if ([...readActions, ...atoms.actions].some((action) => outcomeKey(outcomeOf(action)) !== key)) {
    return notUnderstood(l10n.t('it treats the actions it names differently'));
  }
  return accepted({
    actions: atoms.actions,
    grants: typeof first === 'boolean' ? [] : distinctGrants(first),
    attribute,
  });
}

/** Whether every repository that `inner` names is named by `outer`. */
export function grantContains(outer: RepositoryGrant, inner: RepositoryGrant): boolean {
  if (outer.kind === 'startsWith') return inner.value.startsWith(outer.value);
  return inner.kind === 'equals' && inner.value === outer.value;
}

export function grantKey(grant: RepositoryGrant): string {
  return `${grant.kind === 'equals' ? '=' : '^'}${grant.value}`;
}

/** Order kept, repetitions dropped; grants inside wider ones stay, since they may be there for another rule. */
export function distinctGrants(grants: readonly RepositoryGrant[]): RepositoryGrant[] {
  return [...new Map(grants.map((grant) => [grantKey(grant), grant])).values()];
}

interface Atoms {
  actions: string[];
  attributes: ConditionAttribute[];
  negatedComparison: boolean;
}

function collect(expression: Expression): Atoms {
  const actions = new Map<string, string>();
  const attributes = new Set<ConditionAttribute>();
  let negatedComparison = false;
  const visit = (node: Expression, isNegated: boolean): void => {
    if (node.kind === 'not') visit(node.operand, true);
    else if (node.kind === 'action') {
      const key = node.pattern.toLowerCase();
      const known = readActions.find((action) => action.toLowerCase() === key);
      if (!actions.has(key)) actions.set(key, known ?? node.pattern);
    } else if (node.kind === 'comparison') {
      attributes.add(node.attribute);
      negatedComparison ||= isNegated;
    } else for (const operand of node.operands) visit(operand, isNegated);
  };
  visit(expression, false);
  return { actions: [...actions.values()], attributes: [...attributes], negatedComparison };
}

/** `action` in lower case. No comparison is below a `not` here, so what `not` turns around is yes or no. */
function evaluate(node: Expression, action: string): Outcome {
  switch (node.kind) {
    case 'action':
      return actionMatches(node.pattern.toLowerCase(), action);
    case 'comparison':
      return [node.grant];
    case 'not':
      return evaluate(node.operand, action) === false;
    case 'or':
      return node.operands.map((operand) => evaluate(operand, action)).reduce(either);
    case 'and':
      return node.operands.map((operand) => evaluate(operand, action)).reduce(both);
  }
}

function actionMatches(pattern: string, action: string): boolean {
  return pattern.endsWith('/*') ? action.startsWith(pattern.slice(0, -1)) : action === pattern;
}

function either(a: Outcome, b: Outcome): Outcome {
  if (a === true || b === true) return true;
  if (a === false) return b;
  return b === false ? a : [...a, ...b];
}

function both(a: Outcome, b: Outcome): Outcome {
  if (a === false || b === false) return false;
  if (a === true) return b;
  if (b === true || outcomeKey(a) === outcomeKey(b)) return a;
  const common = a.flatMap((left) =>
    b.flatMap((right) => (grantContains(left, right) ? [right] : grantContains(right, left) ? [left] : [])),
  );
  return distinctGrants(common);
}

function outcomeKey(outcome: Outcome): string {
  if (typeof outcome === 'boolean') return outcome ? 'true' : '';
  return [...new Set(outcome.map(grantKey))].sort().join(' ');
}

function notUnderstood(reason: string): ReturnType<typeof rejected> {
  return rejected(
    'condition.notUnderstood',
    l10n.t('The condition has a form this extension does not interpret: {0}.', reason),
  );
}
