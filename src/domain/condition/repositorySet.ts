import { parseRepository } from '../imageReference.ts';
import type { RepositoryPattern } from '../types.ts';

/** One repository, or all whose names start with a text: what one comparison of a condition lets through. */
export interface RepositoryGrant {
  readonly kind: 'equals' | 'startsWith';
  readonly value: string;
}

/** Repositories, told apart by nothing but which of `values` their names equal or start with. */
export interface RepositorySet {
  readonly values: readonly string[];
  contains(name: string): boolean;
}

/** A part of a set: what it names is in it, or with `excluded` not, unless a later part says otherwise. */
export type SetPart = RepositoryGrant & { readonly excluded: boolean };

export const everyRepository: RepositorySet = { values: [], contains: () => true };

/** The text with which a pattern's names start or which they equal: `team/` for `team/*`. */
export function grantOf(pattern: RepositoryPattern): RepositoryGrant {
  if (pattern.kind === 'all') return { kind: 'startsWith', value: '' };
  return pattern.kind === 'repository'
    ? { kind: 'equals', value: pattern.repository }
    : // Without the slash `team` would also name `team-internal/app`.
      { kind: 'startsWith', value: `${pattern.prefix}/` };
}

export function setOf(grants: readonly RepositoryGrant[]): RepositorySet {
  return {
    values: grants.map(({ value }) => value),
    contains: (name) => grants.some((grant) => grantNames(grant, name)),
  };
}

export function setOfPatterns(patterns: readonly RepositoryPattern[]): RepositorySet {
  return setOf(patterns.map(grantOf));
}

export function grantNames({ kind, value }: RepositoryGrant, name: string): boolean {
  return kind === 'equals' ? name === value : name.startsWith(value);
}

export function bothOf(a: RepositorySet, b: RepositorySet): RepositorySet {
  return { values: [...a.values, ...b.values], contains: (name) => a.contains(name) && b.contains(name) };
}

export function eitherOf(a: RepositorySet, b: RepositorySet): RepositorySet {
  return { values: [...a.values, ...b.values], contains: (name) => a.contains(name) || b.contains(name) };
}

/** What is in `a` and not in `b`. */
export function differenceOf(a: RepositorySet, b: RepositorySet): RepositorySet {
  return { values: [...a.values, ...b.values], contains: (name) => a.contains(name) && !b.contains(name) };
}

/** Whether everything in `inner` is in `outer`. */
export function isWithin(inner: RepositorySet, outer: RepositorySet): boolean {
  return isEmpty(differenceOf(inner, outer));
}

export function isEmpty(set: RepositorySet): boolean {
  return samplesOf(set.values).every((name) => !set.contains(name));
}

export function overlaps(a: RepositorySet, b: RepositorySet): boolean {
  return !isEmpty(bothOf(a, b));
}

/** Stands behind a value for names that go on after it as no other value does: no repository's name holds it. */
const other = '\0';

/**
 * One name for each class of names that the values tell apart. The longest value that a name starts with decides what else it
 * starts with; so a class is one value itself, if it can be a repository, or what goes on after it.
 */
export function samplesOf(values: readonly string[]): string[] {
  const distinct = [...new Set(['', ...values])];
  return distinct.flatMap((value) => (parseRepository(value).ok ? [value, value + other] : [value + other]));
}

/** The set in as few parts as its values allow; each part after those it is an exception of. */
export function partsOf(set: RepositorySet): SetPart[] {
  const parts: SetPart[] = [];
  const say = (kind: RepositoryGrant['kind'], value: string, isIn: boolean): void =>
    void parts.push({ kind, value, excluded: !isIn });
  // Sorted, a value stands behind those that it starts with; those are on the stack.
  const around: { readonly value: string; readonly isIn: boolean }[] = [];
  for (const value of [...new Set(['', ...set.values])].sort()) {
    while (around.length > 0 && !value.startsWith(around.at(-1)?.value ?? '')) around.pop();
    const outer = around.at(-1)?.isIn ?? false;
    const isIn = set.contains(value + other);
    if (isIn !== outer) say('startsWith', value, isIn);
    around.push({ value, isIn });
    if (parseRepository(value).ok && set.contains(value) !== isIn) say('equals', value, !isIn);
  }
  return parts;
}

/** The part as a pattern in which `*` is any text: `app`, `team/*`, `team*`, `*`; an exception starts with `!`. */
export function formatPart({ kind, value, excluded }: SetPart): string {
  return `${excluded ? '!' : ''}${value}${kind === 'startsWith' ? '*' : ''}`;
}
