import type { LogEntry } from '../sandbox/src/types.ts';

/** One request of a chain: it cannot be sent before the one above it has been answered. */
export interface ChainLink {
  /** Matches `METHOD host/path?query` of exactly this request. */
  readonly request: RegExp;
  /** What it is, for the table. */
  readonly what: string;
  /** Why it has to wait for the one above. */
  readonly why: string;
  /** Milliseconds that the service works before it can answer this as asked. */
  readonly serviceWait?: number;
}

/** A chain that follows from what the requests need of each other, derived by hand; `docs/performance.md` shows it. */
export interface Chain {
  readonly name: string;
  readonly links: readonly ChainLink[];
}

export interface Bound {
  readonly requests: number;
  readonly serviceWaitMs: number;
  /** requests × latency + service waits. */
  readonly ms: number;
}

/** The least time a chain takes when every answer takes `latency` milliseconds. */
export function boundOf(chain: Chain, latency: number): Bound {
  const requests = chain.links.length;
  const serviceWaitMs = chain.links.reduce((sum, { serviceWait = 0 }) => sum + serviceWait, 0);
  return { requests, serviceWaitMs, ms: requests * latency + serviceWaitMs };
}

/**
 * Holds a derived chain against what was observed: each of its requests was sent, and none before the one above it was answered.
 * @throws Error that says which link is not so; then the chain in the code is wrong, and so would be the bound
 */
export function checkChain(chain: Chain, log: readonly LogEntry[]): void {
  let before: LogEntry | undefined;
  for (const { request, what } of chain.links) {
    const found = log.find(
      (entry) =>
        request.test(`${entry.method} ${entry.url}`) && (!before || (entry !== before && entry.start >= before.end)),
    );
    if (!found) {
      const seen = log.map((entry) => `  ${entry.start}–${entry.end} ${entry.method} ${entry.url}`).join('\n');
      throw new Error(`${chain.name}: no request for "${what}" after the one above it. Seen:\n${seen}`);
    }
    before = found;
  }
}

/**
 * The most requests of a log of which each was sent only after the one before was answered. An upper estimate of the chain of
 * dependencies: requests that merely happened to follow one another count too.
 */
export function longestObservedChain(log: readonly LogEntry[]): number {
  const byEnd = [...log].sort((a, b) => a.end - b.end);
  let length = 0;
  let end = -Infinity;
  // Greedy by end: the longest sequence of intervals that do not overlap.
  for (const entry of byEnd) {
    if (entry.start < end) continue;
    length += 1;
    end = entry.end;
  }
  return length;
}

/** Requests of the same method and URL that were sent more than once, with their number. */
export function repeatedRequests(log: readonly LogEntry[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { method, url } of log) counts.set(`${method} ${url}`, (counts.get(`${method} ${url}`) ?? 0) + 1);
  return Object.fromEntries([...counts].filter(([, count]) => count > 1));
}
