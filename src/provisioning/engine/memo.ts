import { noteRequest, traceRequests, type RequestTrace } from '../../azure/http/trace.ts';

/**
 * What is read of Azure during a walk: one request per key. `part`: within what has the id. To be read again, a key stands for all its
 * parts; without an id, for everything of the kind.
 */
export interface Key {
  readonly kind: KeyKind;
  readonly id?: string;
  readonly part?: string;
}

type KeyKind =
  /** Of a registry: itself, its cache rules, its repositories, the role assignments at, above and below it. */
  | 'registry'
  | 'rules'
  | 'repositories'
  | 'assignments'
  | 'identity'
  /** Who depends on an identity. */
  | 'identityUsage'
  /** Whether a principal was created during the walk. */
  | 'newPrincipal'
  /** Everything that is visible. */
  | 'registries'
  | 'loginServer'
  /** Of the signed-in account, at a scope. */
  | 'permissions'
  | 'signedIn'
  /** Of a rule: its setup, and an image that is looked at. */
  | 'link'
  | 'sample'
  | 'target'
  | 'credentialSet'
  /** Of a repository: what it stores, and what an image index names. */
  | 'manifests'
  | 'manifest';

/** One read per key; who asks later gets the same answer. */
export interface Memo {
  readonly memo: <T>(key: Key, read: () => Promise<T>) => Promise<T>;
  /** Puts what a write has answered in the place of what was read before. */
  readonly remember: (key: Key, value: unknown) => void;
  /** Drops the keys with all their parts. `olderThanMs`: only what was read longer ago, and nothing that was remembered. */
  readonly forget: (keys: readonly Key[], olderThanMs?: number) => void;
}

interface Known {
  readonly answer: Promise<unknown>;
  readonly traces: readonly RequestTrace[];
  /** When it was read, as `Date.now()` tells it; of what was remembered it does not matter. */
  readonly readAt: number;
}

/**
 * An empty memo. It keeps with each answer which requests gave it, so that `traceRequests` around a later reader hears of
 * them too: evidence names its request whoever sent it first.
 */
export function createMemo(): Memo {
  const known = new Map<string, Known>();
  return {
    memo<T>(key: Key, read: () => Promise<T>): Promise<T> {
      const found = known.get(textOf(key));
      if (found) return (found.answer as Promise<T>).finally(() => found.traces.forEach(noteRequest));
      const traces: RequestTrace[] = [];
      const answer = traceRequests((trace) => traces.push(trace), read);
      known.set(textOf(key), { answer, traces, readAt: Date.now() });
      return answer;
    },
    remember(key, value) {
      known.set(textOf(key), { answer: Promise.resolve(value), traces: [], readAt: Infinity });
    },
    forget(keys, olderThanMs) {
      for (const [text, { readAt }] of known) {
        const isMeant = olderThanMs === undefined || Date.now() - readAt > olderThanMs;
        if (isMeant && keys.some((key) => text.startsWith(textOf(key)))) known.delete(text);
      }
    },
  };
}

/** Of a key without a part it is the beginning of that of each of its parts. */
function textOf({ kind, id, part }: Key): string {
  return `${[kind, id, part].filter((one) => one !== undefined).join(' ')} `.toLowerCase();
}
