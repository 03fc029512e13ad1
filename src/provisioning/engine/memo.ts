import { noteRequest, traceRequests, type RequestTrace } from '../../azure/http/trace.ts';

/** One read per key; who asks later gets the same answer. */
export interface Memo {
  readonly memo: <T>(key: string, read: () => Promise<T>) => Promise<T>;
  /** Drops the keys that begin so, after a write. */
  readonly forget: (keyPrefix: string) => void;
}

/**
 * An empty memo. It keeps with each answer which requests gave it, so that `traceRequests` around a later reader hears of
 * them too: evidence names its request whoever sent it first.
 */
export function createMemo(): Memo {
  const known = new Map<string, { readonly answer: Promise<unknown>; readonly traces: RequestTrace[] }>();
  return {
    memo<T>(key: string, read: () => Promise<T>): Promise<T> {
      const found = known.get(key);
      if (found) return (found.answer as Promise<T>).finally(() => found.traces.forEach(noteRequest));
      const traces: RequestTrace[] = [];
      const answer = traceRequests((trace) => traces.push(trace), read);
      known.set(key, { answer, traces });
      return answer;
    },
    forget(keyPrefix) {
      for (const key of known.keys()) if (key.startsWith(keyPrefix)) known.delete(key);
    },
  };
}
