import type { Typed } from './quickInput.ts';

/** A page of several choices at the moment of Enter. */
export interface ManyShown<T> {
  /** Typed, trimmed. */
  readonly text: string;
  readonly ticked: readonly T[];
  /** A tick was set or taken away after the last key: the text was there to find that row. */
  readonly tickedSinceTyped: boolean;
  /** Highlighted, and so visible, since the last key. */
  readonly highlighted: T | undefined;
  /** The listed value that is called as the text. */
  readonly exact: T | undefined;
  /** What the text stands for, or why for nothing. Undefined: it only filters. */
  readonly typed: Typed<T> | undefined;
}

export type Entered<T> =
  | { readonly kind: 'take'; readonly values: readonly T[] }
  /** One more is ticked, and the page stays: others are ticked, perhaps out of sight. */
  | { readonly kind: 'add'; readonly value: T }
  /** Nothing is meant. `reason`: why the text is no value. */
  | { readonly kind: 'refuse'; readonly reason?: string };

/**
 * What Enter means: what was done last. Ticks, unless a text was typed after them, which then is never passed over: neither for
 * a tick that it hides nor for a row that is only like it.
 * @param key identifies a value
 */
export function enterOfMany<T>(shown: ManyShown<T>, key: (value: T) => string): Entered<T> {
  const { text, ticked, tickedSinceTyped, highlighted, exact, typed } = shown;
  if (ticked.length > 0 && (text === '' || tickedSinceTyped)) return { kind: 'take', values: ticked };
  const meant = highlighted ?? exact ?? (typed && 'value' in typed ? typed.value : undefined);
  if (meant === undefined) return { kind: 'refuse', ...(typed && 'reason' in typed && { reason: typed.reason }) };
  if (ticked.length === 0) return { kind: 'take', values: [meant] };
  return ticked.some((value) => key(value) === key(meant))
    ? { kind: 'take', values: ticked }
    : { kind: 'add', value: meant };
}
