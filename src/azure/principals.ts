import { mapBounded } from '../common/mapBounded.ts';
import { isGuid } from '../domain/guid.ts';
import type { ArmSession, ArmSessions } from './arm/sessions.ts';
import type { AzureAccess, IdentitiesClient, PrincipalsClient } from './azure.ts';
import { type AzureErrorKind, isAzureError } from './errors.ts';
import { ifReadable } from './failures.ts';
import { readDirectory } from './graph.ts';

/** A name is nice to have: what asks for it does not wait for longer. Milliseconds. */
const patience = 8_000;

/** How many subscriptions are read at the same time. */
const concurrency = 6;

/** Where Graph did not answer it is left alone for this long, in milliseconds: some networks let nobody through to it. */
const pause = 60_000;

/** What a session's account was told of its tenant. */
interface Known {
  /** Undefined: it was asked for, and has no name. */
  readonly names: Map<string, string | undefined>;
  /** Milliseconds since 1970 until when Graph is not asked; for ever, where it has refused; 0, where it answers. */
  silentUntil: number;
  /** Those of whom it may say more after that. */
  readonly unsure: Set<string>;
}

/** Such an answer may be another one soon. */
const passing: readonly AzureErrorKind[] = ['network', 'throttled', 'unavailable', 'cancelled'];

/** Names of principals. They are remembered: whoever holds a role was there before it was asked for. */
export function createPrincipalsClient(
  access: AzureAccess,
  sessions: ArmSessions,
  identities: IdentitiesClient,
): PrincipalsClient {
  const bySession = new WeakMap<ArmSession, Known>();

  /** @throws AzureError `cancelled` */
  async function fromGraph(session: ArmSession, known: Known, ids: readonly string[], signal: AbortSignal | undefined) {
    if (known.silentUntil > 0 || ids.length === 0) return;
    const timeout = AbortSignal.timeout(patience);
    const read = readDirectory(access, session, ids, AbortSignal.any([timeout, ...(signal ? [signal] : [])]));
    try {
      const found = await read;
      known.silentUntil = found ? 0 : Infinity;
      for (const [id, name] of found ?? []) known.names.set(id, name);
    } catch (error) {
      if (signal?.aborted || !isAzureError(error)) throw error;
      known.silentUntil = passing.includes(error.kind) ? Date.now() + pause : Infinity;
    }
  }

  /** Managed identities are resources too. */
  async function fromIdentities(session: ArmSession, known: Known, signal: AbortSignal | undefined): Promise<void> {
    const ofTenant = sessions.all.filter(({ tenantId }) => tenantId === session.tenantId);
    const ids = new Set(ofTenant.flatMap(({ subscriptions }) => subscriptions.map(({ id }) => id)));
    await mapBounded([...ids], concurrency, async (id) => {
      const listed = await ifReadable(() => identities.list(id, { signal }));
      for (const { principalId, name } of listed ?? []) known.names.set(principalId.toLowerCase(), name);
    });
  }

  return {
    async names(scope, principalIds, { signal } = {}) {
      const session = sessions.forScope(scope);
      const known: Known = bySession.get(session) ?? { names: new Map(), silentUntil: 0, unsure: new Set() };
      bySession.set(session, known);
      if (Date.now() >= known.silentUntil) endPause(known);
      const ids = [...new Set(principalIds.filter(isGuid).map((id) => id.toLowerCase()))];
      const unasked = () => ids.filter((id) => !known.names.has(id));
      await fromGraph(session, known, unasked(), signal);
      if (unasked().length > 0) await fromIdentities(session, known, signal);
      const isPause = known.silentUntil > 0 && known.silentUntil < Infinity;
      for (const id of unasked()) {
        known.names.set(id, undefined);
        if (isPause) known.unsure.add(id);
      }
      const named = new Map<string, string>();
      for (const id of ids) {
        const name = known.names.get(id);
        if (name !== undefined) named.set(id, name);
      }
      return named;
    },
  };
}

/** Graph is asked again, also for those of whom it did not answer. */
function endPause(known: Known): void {
  known.silentUntil = 0;
  for (const id of known.unsure) known.names.delete(id);
  known.unsure.clear();
}
