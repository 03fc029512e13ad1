import * as l10n from '@vscode/l10n';
import {
  distinctGrants,
  grantContains,
  grantKey,
  meaningOf,
  readActions,
  type ConditionMeaning,
} from './conditionMeaning.ts';
import { normalizedTokens, parseExpression, repositoryAttribute, type RepositoryGrant } from './conditionSyntax.ts';
import { checkRepositoryName } from './names.ts';
import { accepted, rejected, type Parsed } from './parsed.ts';
import type { RepositoryPattern } from './types.ts';

export type { RepositoryGrant } from './conditionSyntax.ts';

/** An understood condition. `actions` are restricted to the repositories of `grants`; other actions are not restricted. */
export type ParsedCondition = ConditionMeaning;

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
  return writeCondition(readActions, distinctGrants(patterns.map(grantOf)));
}

/** Reads a condition whatever its layout; rejects what is not understood with certainty. Never throws. */
export function parseCondition(text: string): Parsed<ParsedCondition> {
  const expression = parseExpression(text);
  return expression.ok ? meaningOf(expression.value) : expression;
}

/** One or two sentences for a person. `undefined` is a role assignment without a condition. */
export function explainCondition(text: string | undefined): string {
  if (text === undefined) return l10n.t('May read every repository of the registry: there is no condition.');
  const parsed = parseCondition(text);
  if (!parsed.ok) return l10n.t('What this condition allows is not certain. {0}', parsed.problem.message);
  const { grants, attribute } = parsed.value;
  if (grants.length === 0) return l10n.t('May read no repository.');
  const sentence = l10n.t('May read {0}.', grants.map(explainGrant).join(', '));
  return attribute === 'Request'
    ? sentence
    : `${sentence} ${l10n.t('The condition uses @Resource, the form of the preview; @Request is the documented one.')}`;
}

/** What the condition gives compared with the patterns that must be readable. */
export function compareCondition(text: string | undefined, needed: readonly RepositoryPattern[]): ConditionComparison {
  const parsed = text === undefined ? accepted({ grants: [everything] }) : parseCondition(text);
  if (!parsed.ok) return { covers: false, overGrants: [], missing: [...needed], understood: false };
  const { grants } = parsed.value;
  const wanted = needed.map((pattern) => ({ pattern, grant: grantOf(pattern) }));
  const missing = wanted
    .filter((want) => !grants.some((grant) => grantContains(grant, want.grant)))
    .map(({ pattern }) => pattern);
  const overGrants = grants.filter((grant) => !wanted.some((want) => grantContains(want.grant, grant)));
  return { covers: missing.length === 0, overGrants, missing, understood: true };
}

/**
 * The condition that grants `add` besides what it grants now, other people's grants and further guarded actions included.
 * The text itself if nothing is to be added; undefined (no condition) if it was undefined or `add` has `all`.
 * Rejected if the condition is not understood or the result would be longer than Azure accepts.
 */
export function extendCondition(
  text: string | undefined,
  add: readonly RepositoryPattern[],
): Parsed<string | undefined> {
  if (text === undefined || add.some((pattern) => pattern.kind === 'all')) return accepted(undefined);
  const parsed = parseCondition(text);
  if (!parsed.ok) return parsed;
  const present = new Set(parsed.value.grants.map(grantKey));
  const added = add.map(grantOf).filter((grant) => !present.has(grantKey(grant)));
  if (added.length === 0) return accepted(text);
  return bounded(writeCondition(parsed.value.actions, distinctGrants([...parsed.value.grants, ...added])));
}

/**
 * The condition without the grants made for `remove`; grants of other repositories stay. `keep`: patterns that other rules still
 * need; what covers them stays granted. The text itself if it has none of them.
 * `undefined` as the value means that nothing is granted any more: delete the role assignment; never write it without condition.
 * Rejected if the condition is not understood, or if the text is undefined: a registry-wide assignment cannot be narrowed.
 */
export function narrowCondition(
  text: string | undefined,
  remove: readonly RepositoryPattern[],
  keep: readonly RepositoryPattern[] = [],
): Parsed<string | undefined> {
  if (text === undefined) {
    return rejected(
      'condition.absent',
      l10n.t('The role assignment has no condition: it gives the whole registry and cannot be narrowed.'),
    );
  }
  const parsed = parseCondition(text);
  if (!parsed.ok) return parsed;
  const { actions, grants } = parsed.value;
  const gone = new Set(remove.map((pattern) => grantKey(grantOf(pattern))));
  const left = grants.filter((grant) => !gone.has(grantKey(grant)));
  const kept = keep
    .map(grantOf)
    .filter(
      (grant) => grants.some((had) => grantContains(had, grant)) && !left.some((has) => grantContains(has, grant)),
    );
  const result = distinctGrants([...left, ...kept]);
  if (result.length === 0) return accepted(undefined);
  return result.length === grants.length && kept.length === 0
    ? accepted(text)
    : bounded(writeCondition(actions, result));
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

const everything: RepositoryGrant = { kind: 'startsWith', value: '' };

function grantOf(pattern: RepositoryPattern): RepositoryGrant {
  if (pattern.kind === 'all') return everything;
  if (pattern.kind === 'repository') return { kind: 'equals', value: safe(pattern.repository) };
  // Without the slash `team` would also grant `team-internal/app`.
  return { kind: 'startsWith', value: `${safe(pattern.prefix)}/` };
}

/** Only repository paths come into a condition: they hold no quote. */
function safe(repository: string): string {
  const problem = checkRepositoryName(repository);
  if (problem) throw new RangeError(problem.message);
  return repository;
}

function writeCondition(actions: readonly string[], grants: readonly RepositoryGrant[]): string {
  const guards = actions.map((action) => `  !(ActionMatches{'${action}'})`);
  const comparisons = grants.map((grant) => {
    const operator = grant.kind === 'equals' ? 'StringEqualsIgnoreCase' : 'StringStartsWithIgnoreCase';
    return `  @Request[${repositoryAttribute}] ${operator} '${grant.value}'`;
  });
  // The blank after this OR is in Microsoft's text too.
  return ['(', ' (', guards.join('\n  AND\n'), ' )', ' OR ', ' (', comparisons.join('\n  OR\n'), ' )', ')'].join('\n');
}

function bounded(condition: string): Parsed<string> {
  if (condition.length <= maxConditionLength) return accepted(condition);
  return rejected(
    'condition.tooLong',
    l10n.t(
      'With these repositories the condition would be longer than the {0} characters Azure accepts. Use a wildcard such as "team/*", or another identity.',
      maxConditionLength,
    ),
  );
}

function explainGrant(grant: RepositoryGrant): string {
  if (grant.kind === 'equals') return l10n.t('the repository "{0}"', grant.value);
  if (grant.value === '') return l10n.t('every repository');
  if (grant.value.endsWith('/')) return l10n.t('every repository below "{0}"', grant.value);
  return l10n.t(
    'every repository whose name starts with "{0}" (also "{0}-…", since the "/" at the end is missing)',
    grant.value,
  );
}

function meaningKey(meaning: ParsedCondition): string {
  const actions = meaning.actions.map((action) => action.toLowerCase()).sort();
  return [meaning.attribute, ...actions, ...meaning.grants.map(grantKey).sort()].join('\n');
}
