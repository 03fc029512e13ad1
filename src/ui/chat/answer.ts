import { shown } from '../../common/shown.ts';

type Value = string | number | boolean | undefined | readonly Value[] | { readonly [key: string]: Value };

/** What a tool answers: plain data. Names and messages in it come from Azure or from files. */
export type Answer = { readonly [key: string]: Value };

/** Characters of one text. */
const maxText = 1000;

/** Compact JSON; every text in it is cut to a bounded length and free of control and bidirectional characters. */
export function answerText(answer: Answer): string {
  return JSON.stringify(answer, (_key, value: unknown) => (typeof value === 'string' ? shown(value, maxText) : value));
}

/** The first of many, and how many more there are. */
export function firstOf<T>(all: readonly T[], limit: number): { readonly first: readonly T[]; readonly more: number } {
  return { first: all.slice(0, limit), more: Math.max(0, all.length - limit) };
}
