import { makeInput } from './inputs.ts';
import { createRandom } from './random.ts';
import type { Target } from './targets.ts';

export interface FuzzFailure {
  /** Cut down to what still fails in the same way. */
  readonly input: string;
  readonly message: string;
}

export interface FuzzResult {
  readonly target: string;
  readonly inputs: number;
  readonly seconds: number;
  readonly slowestMs: number;
  /** The first of each kind. */
  readonly failures: readonly FuzzFailure[];
}

export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  /** For one input; it is tried again before it counts, since the machine may have been busy. */
  readonly limitMs?: number;
  readonly onProgress?: (done: number) => void;
}

/** Kinds of failures after which a target is given up. */
const maxFailures = 10;
const shrinkAttempts = 2000;

/** Gives a target many inputs. The same options give the same inputs. */
export function fuzz(target: Target, { count, seed, limitMs = 100, onProgress }: FuzzOptions): FuzzResult {
  const random = createRandom(seed);
  const failures = new Map<string, FuzzFailure>();
  const started = performance.now();
  let slowestMs = 0;
  let done = 0;
  for (; done < count && failures.size < maxFailures; done++) {
    const input = makeInput(random, target.seeds);
    const { message, ms } = tryInput(target, input);
    const time = ms > slowestMs && ms > limitMs / 10 ? bestOf(target, input, ms) : ms;
    if (ms > slowestMs) slowestMs = Math.max(slowestMs, time);
    if (time > limitMs) failures.set('slow', { input, message: `took ${Math.round(time)} ms` });
    if (message !== undefined && !failures.has(kindOf(message))) {
      const small = shrink(target, input, kindOf(message));
      failures.set(kindOf(message), { input: small, message: tryInput(target, small).message ?? message });
    }
    if (done % 10_000 === 0) onProgress?.(done);
  }
  return {
    target: target.name,
    inputs: done,
    seconds: (performance.now() - started) / 1000,
    slowestMs,
    failures: [...failures.values()],
  };
}

function tryInput(target: Target, input: string): { message?: string; ms: number } {
  const started = performance.now();
  try {
    target.run(input);
    return { ms: performance.now() - started };
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error), ms: performance.now() - started };
  }
}

function bestOf(target: Target, input: string, first: number): number {
  return Math.min(first, ...Array.from({ length: 4 }, () => tryInput(target, input).ms));
}

/** A message without what depends on the input. */
function kindOf(message: string): string {
  return message.replace(/[:0-9][^]*$/, '').slice(0, 20);
}

/** Takes parts away as long as it fails in the same way. */
function shrink(target: Target, input: string, kind: string): string {
  let text = input;
  let attempts = 0;
  for (let size = Math.ceil(text.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < text.length && attempts < shrinkAttempts; attempts++) {
      const less = text.slice(0, at) + text.slice(at + size);
      const { message } = tryInput(target, less);
      if (message !== undefined && kindOf(message) === kind) text = less;
      else at += size;
    }
  }
  return text;
}
