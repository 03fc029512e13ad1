import * as l10n from '@vscode/l10n';
import { matchesGlob } from '../../common/glob.ts';
import { readActions } from './conditionReading.ts';
import type { ConditionAttribute, Expression } from './conditionSyntax.ts';
import { accepted, rejected, type Parsed } from '../parsed.ts';
import type { RepositoryGrant } from './repositorySet.ts';

/** A grant with where the condition takes the repository's name from. `Resource` is the form of the private preview. */
export interface ConditionGrant extends RepositoryGrant {
  readonly attribute: ConditionAttribute;
}

/**
 * What a condition means that can be written again, with more or less in it: the guarded `actions` are allowed on repositories
 * that one of `grants` names, all others freely.
 */
export interface ConditionMeaning {
  /** As written, without repetitions; may end with `/*`. Always covers both read actions. */
  readonly actions: string[];
  readonly grants: ConditionGrant[];
}

/** For one action: allowed always, never, or for these repositories. */
type Outcome = boolean | readonly ConditionGrant[];

const maxActions = 50;

/**
 * The meaning of a condition, found by evaluating it for every action it mentions and for one it does not, whatever its form.
 * Rejected unless: it uses nothing but the documented operators, actions not mentioned are free, both read actions are restricted,
 * all mentioned actions in the same way. What reading it gives is understood far beyond that: see `readingOf`.
 */
export function meaningOf(expression: Expression): Parsed<ConditionMeaning> {
  const atoms = collect(expression);
  if (atoms.other !== undefined) return notWritable(atoms.other);
  if (atoms.negatedComparison) return notWritable(l10n.t('It excludes repositories instead of naming them.'));
  if (atoms.actions.length > maxActions) return notWritable(l10n.t('It names more than {0} actions.', maxActions));
  // A pattern's own text stands for the actions that only it matches: `*` is in no action's name.
  if (evaluate(expression, '') !== true) return notWritable(l10n.t('It also restricts actions that it does not name.'));
  const outcomeOf = (action: string) => evaluate(expression, action);
  if (readActions.some((action) => outcomeOf(action) === true)) {
    return notWritable(l10n.t('It does not restrict reading both content and metadata.'));
  }
  const first = outcomeOf(readActions[0]);
  const key = outcomeKey(first);
  if ([...readActions, ...atoms.actions].some((action) => outcomeKey(outcomeOf(action)) !== key)) {
    return notWritable(l10n.t('It treats the actions it names differently.'));
  }
  if (atoms.mixesInAnd) return notWritable(l10n.t('It mixes @Request and @Resource.'));
  return accepted({ actions: atoms.actions, grants: typeof first === 'boolean' ? [] : distinctGrants(first) });
}

/** Whether every repository that `inner` names is named by `outer`. */
export function grantContains(outer: RepositoryGrant, inner: RepositoryGrant): boolean {
  if (outer.kind === 'startsWith') return inner.value.startsWith(outer.value);
  return inner.kind === 'equals' && inner.value === outer.value;
}

/** What both name, with the attribute of the first; undefined: nothing. */
export function meetOf(grant: ConditionGrant, other: RepositoryGrant): ConditionGrant | undefined {
  if (grantContains(other, grant)) return grant;
  return grantContains(grant, other) ? { ...other, attribute: grant.attribute } : undefined;
}

export function grantKey(grant: RepositoryGrant): string {
  return `${grant.kind === 'equals' ? '=' : '^'}${grant.value}`;
}

/** Order kept, repetitions dropped; grants inside wider ones stay, since they may be there for another rule. */
export function distinctGrants(grants: readonly ConditionGrant[]): ConditionGrant[] {
  return [...new Map(grants.map((grant) => [`${grant.attribute}${grantKey(grant)}`, grant])).values()];
}

interface Atoms {
  actions: string[];
  negatedComparison: boolean;
  /** Names come from both attributes, and not only side by side: which one counts is not certain. */
  mixesInAnd: boolean;
  /** The first thing that is not one of the documented forms, a sentence. */
  other: string | undefined;
}

function collect(expression: Expression): Atoms {
  const actions = new Map<string, string>();
  const attributes = new Set<ConditionAttribute>();
  const found = { negatedComparison: false, hasAnd: false };
  let other: string | undefined;
  const visit = (node: Expression, isNegated: boolean): boolean => {
    if (node.kind === 'not') return visit(node.operand, true);
    if (node.kind === 'action') {
      const key = node.pattern.toLowerCase();
      if (node.pattern.slice(0, -2).includes('*') || (key.includes('*') && !key.endsWith('/*'))) {
        other ??= l10n.t('It names the actions "{0}".', node.pattern);
      }
      const known = readActions.find((action) => action.toLowerCase() === key);
      if (!actions.has(key)) actions.set(key, known ?? node.pattern);
      return false;
    }
    if (node.kind === 'unknown') {
      other ??= l10n.t('It uses "{0}".', node.text);
      return false;
    }
    if (node.kind === 'comparison') {
      attributes.add(node.attribute);
      if (!node.isDocumented) other ??= l10n.t('It compares names with an operator that Microsoft does not document.');
      found.negatedComparison ||= isNegated;
      return true;
    }
    const withNames = node.operands.filter((operand) => visit(operand, isNegated)).length;
    if (node.kind === 'and' && withNames > 1) found.hasAnd = true;
    return withNames > 0;
  };
  visit(expression, false);
  return {
    actions: [...actions.values()],
    negatedComparison: found.negatedComparison,
    mixesInAnd: found.hasAnd && attributes.size > 1,
    other,
  };
}

/** No comparison is below a `not` here, so what `not` turns around is yes or no. */
function evaluate(node: Expression, action: string): Outcome {
  switch (node.kind) {
    case 'action':
      return matchesGlob(node.pattern, action);
    case 'comparison':
      return [{ ...node.grant, attribute: node.attribute }];
    case 'unknown':
      throw new RangeError('What is unknown has no outcome.');
    case 'not':
      return evaluate(node.operand, action) === false;
    case 'or':
      return node.operands.map((operand) => evaluate(operand, action)).reduce(either);
    case 'and':
      return node.operands.map((operand) => evaluate(operand, action)).reduce(both);
  }
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
  const common = a.flatMap((left) => b.flatMap((right) => meetOf(left, right) ?? []));
  return distinctGrants(common);
}

function outcomeKey(outcome: Outcome): string {
  if (typeof outcome === 'boolean') return outcome ? 'true' : '';
  const keys = outcome.map((grant) => `${grant.attribute}${grantKey(grant)}`);
  return [...new Set(keys)].sort().join(' ');
}

function notWritable(reason: string): ReturnType<typeof rejected> {
  return rejected(
    'condition.notWritable',
    `${l10n.t('This extension does not rewrite a condition of this form.')} ${reason}`,
  );
}
