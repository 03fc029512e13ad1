import * as l10n from '@vscode/l10n';
import {
  distinctGrants,
  grantContains,
  grantKey,
  meaningOf,
  meetOf,
  type ConditionGrant,
  type ConditionMeaning,
} from './conditionMeaning.ts';
import { noCondition, explainReading, readActions, readingOf } from './conditionReading.ts';
import { parseExpression, repositoryAttribute } from './conditionSyntax.ts';
import { normalizedTokens } from './conditionTokens.ts';
import { checkRepositoryName } from '../names.ts';
import { accepted, rejected, type Parsed } from '../parsed.ts';
import {
  bothOf,
  differenceOf,
  eitherOf,
  grantOf,
  isWithin,
  partsOf,
  setOfPatterns,
  type RepositoryGrant,
} from './repositorySet.ts';
import type { RepositoryPattern } from '../types.ts';

export type { RepositoryGrant } from './repositorySet.ts';

/** Characters. Azure limits a role assignment's condition to 8 KB. */
export const maxConditionLength = 8192;

/** A role assignment's condition against what is needed. Not understood: `covers` is false and everything needed is `missing`. */
export interface ConditionComparison {
  readonly covers: boolean;
  /** What is granted beyond the needed patterns. No condition at all is one `startsWith ''`. */
  readonly overGrants: RepositoryGrant[];
  readonly missing: RepositoryPattern[];
  readonly understood: boolean;
}

/**
 * The condition that lets Repository Reader read exactly these repositories, character for character as Microsoft documents it
 * (container-registry-rbac-abac-repository-permissions.md), several joined with `OR`. undefined if one pattern is `all`: such a
 * role assignment has no condition. It may exceed `maxConditionLength`: check before writing it.
 * @throws RangeError for no pattern at all (an absent condition would grant everything) or one that is no repository path.
 */
export function generateCondition(patterns: readonly RepositoryPattern[]): string | undefined {
  if (patterns.length === 0) throw new RangeError('A condition needs at least one repository.');
  if (patterns.some((pattern) => pattern.kind === 'all')) return undefined;
  return writeCondition(readActions, distinctGrants(patterns.map(requestGrantOf)));
}

/**
 * Reads a condition whatever its layout, to write it again with more or less in it; rejects what is not of the documented forms.
 * What it lets be read is understood of many more: see `readCondition`. Never throws.
 */
export function parseCondition(text: string): Parsed<ConditionMeaning> {
  const expression = parseExpression(text);
  return expression.ok ? meaningOf(expression.value) : expression;
}

/** One or two sentences for a person. `undefined` is a role assignment without a condition. */
export function explainCondition(text: string | undefined): string {
  if (text === undefined) return noCondition();
  const reading = readingOf(text);
  if (!reading.ok) return l10n.t('This extension cannot tell what this condition allows. {0}', reading.problem.message);
  const sentence = explainReading(reading.value);
  const meaning = parseCondition(text);
  return meaning.ok && meaning.value.grants.some(({ attribute }) => attribute === 'Resource')
    ? `${sentence} ${l10n.t('The condition uses @Resource, from the preview; @Request is documented.')}`
    : sentence;
}

/** What the condition lets be read compared with the patterns that must be readable. */
export function compareCondition(text: string | undefined, needed: readonly RepositoryPattern[]): ConditionComparison {
  const reading = readingOf(text);
  if (!reading.ok) return { covers: false, overGrants: [], missing: [...needed], understood: false };
  const { content, metadata } = reading.value;
  const readable = bothOf(content, metadata);
  const missing = needed.filter((pattern) => !isWithin(setOfPatterns([pattern]), readable));
  const beyond = differenceOf(eitherOf(content, metadata), setOfPatterns(needed));
  const overGrants = partsOf(beyond).flatMap(({ kind, value, excluded }) => (excluded ? [] : [{ kind, value }]));
  return { covers: missing.length === 0, overGrants, missing, understood: true };
}

/**
 * The condition that grants `add` besides what it grants now, other people's grants and further guarded actions included.
 * The text itself if nothing is to be added; undefined (no condition) if it was undefined or `add` has `all`.
 * Rejected if the condition is not one that can be written again or the result would be longer than Azure accepts.
 */
export function extendCondition(
  text: string | undefined,
  add: readonly RepositoryPattern[],
): Parsed<string | undefined> {
  if (text === undefined) return accepted(undefined);
  const parsed = parseCondition(text);
  if (!parsed.ok) return parsed;
  if (add.some((pattern) => pattern.kind === 'all')) return accepted(undefined);
  const present = new Set(parsed.value.grants.map(grantKey));
  const added = add.map(requestGrantOf).filter((grant) => !present.has(grantKey(grant)));
  if (added.length === 0) return accepted(text);
  return bounded(writeCondition(parsed.value.actions, distinctGrants([...parsed.value.grants, ...added])));
}

/**
 * The condition without the grants made for `remove`; grants of other repositories stay. `keep`: patterns that other rules still
 * need; what they have in common with a grant that goes stays granted. The text itself if it has none of them.
 * `undefined` as the value means that nothing is granted any more: delete the role assignment; never write it without condition.
 * Rejected if the condition is not one that can be written again, or if the text is undefined: a registry-wide assignment cannot be
 * narrowed.
 */
export function narrowCondition(
  text: string | undefined,
  remove: readonly RepositoryPattern[],
  keep: readonly RepositoryPattern[] = [],
): Parsed<string | undefined> {
  if (text === undefined) {
    return rejected(
      'condition.absent',
      l10n.t('The role assignment has no condition: it covers the whole registry and cannot be narrowed.'),
    );
  }
  const parsed = parseCondition(text);
  if (!parsed.ok) return parsed;
  const { actions, grants } = parsed.value;
  const mine = new Set(remove.map((pattern) => grantKey(grantOf(pattern))));
  const left = grants.filter((grant) => !mine.has(grantKey(grant)));
  const kept = meets(
    grants.filter((grant) => mine.has(grantKey(grant))),
    keep,
  ).filter((grant) => !left.some((has) => grantContains(has, grant)));
  return written(text, actions, grants, [...left, ...kept]);
}

/**
 * The condition that grants of `needed` only what it grants now: never more. The text itself if it is so already; undefined as the
 * value: it grants nothing of it, or all of it is needed and there was no condition. Rejected as `narrowCondition`.
 */
export function restrictCondition(
  text: string | undefined,
  needed: readonly RepositoryPattern[],
): Parsed<string | undefined> {
  if (text === undefined) {
    const condition = generateCondition(needed);
    return condition === undefined ? accepted(undefined) : bounded(condition);
  }
  const parsed = parseCondition(text);
  if (!parsed.ok) return parsed;
  const { actions, grants } = parsed.value;
  return written(text, actions, grants, meets(grants, needed));
}

/** What grants and patterns have in common. */
function meets(grants: readonly ConditionGrant[], patterns: readonly RepositoryPattern[]): ConditionGrant[] {
  return grants.flatMap((grant) => patterns.flatMap((pattern) => meetOf(grant, writableGrantOf(pattern)) ?? []));
}

function written(
  text: string,
  actions: readonly string[],
  before: readonly ConditionGrant[],
  after: readonly ConditionGrant[],
): Parsed<string | undefined> {
  const result = distinctGrants(after);
  if (result.length === 0) return accepted(undefined);
  const had = new Set(before.map(grantKey));
  const isSame = result.length === distinctGrants(before).length && result.every((grant) => had.has(grantKey(grant)));
  return isSame ? accepted(text) : bounded(writeCondition(actions, result));
}

/** Whether two conditions mean the same, whatever their layout and order; if one is not understood, whether their tokens agree. */
export function sameCondition(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a === b) return true;
  const [left, right] = [parseCondition(a), parseCondition(b)];
  if (left.ok && right.ok) return meaningKey(left.value) === meaningKey(right.value);
  const tokens = normalizedTokens(a);
  return !left.ok && !right.ok && tokens !== undefined && tokens === normalizedTokens(b);
}

function requestGrantOf(pattern: RepositoryPattern): ConditionGrant {
  return { ...writableGrantOf(pattern), attribute: 'Request' };
}

/** Only repository paths come into a condition: they hold no quote. */
function writableGrantOf(pattern: RepositoryPattern): RepositoryGrant {
  const problem = pattern.kind === 'all' ? undefined : checkRepositoryName(pathOf(pattern));
  if (problem) throw new RangeError(problem.message);
  return grantOf(pattern);
}

function pathOf(pattern: Exclude<RepositoryPattern, { readonly kind: 'all' }>): string {
  return pattern.kind === 'prefix' ? pattern.prefix : pattern.repository;
}

function writeCondition(actions: readonly string[], grants: readonly ConditionGrant[]): string {
  const guards = actions.map((action) => `  !(ActionMatches{'${action}'})`);
  const comparisons = grants.map(({ kind, value, attribute }) => {
    const operator = kind === 'equals' ? 'StringEqualsIgnoreCase' : 'StringStartsWithIgnoreCase';
    return `  @${attribute}[${repositoryAttribute}] ${operator} '${value}'`;
  });
  // The blank after this OR is in Microsoft's text too.
  return ['(', ' (', guards.join('\n  AND\n'), ' )', ' OR ', ' (', comparisons.join('\n  OR\n'), ' )', ')'].join('\n');
}

function bounded(condition: string): Parsed<string> {
  if (condition.length <= maxConditionLength) return accepted(condition);
  return rejected(
    'condition.tooLong',
    l10n.t(
      'With these repositories, the condition would exceed the {0} characters Azure accepts. Use a wildcard such as "team/*", or another identity.',
      maxConditionLength,
    ),
  );
}

function meaningKey({ actions, grants }: ConditionMeaning): string {
  const names = grants.map((grant) => `${grant.attribute}${grantKey(grant)}`);
  return [...actions.map((action) => action.toLowerCase()).sort(), ...names.sort()].join('\n');
}
