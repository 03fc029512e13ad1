import * as l10n from '@vscode/l10n';
import { AzureError, isAzureError } from '../../../azure/errors.ts';
import { amended } from '../../../azure/failures.ts';
import { conflicting, satisfied, unknown } from '../../engine/inspection.ts';
import { unreadContext } from '../../engine/walkContext.ts';
import type { Evidence, Inspection, Requirement, WalkContext } from '../../types.ts';

type Find<T> = (context: WalkContext) => Promise<T | undefined>;

/** Asks again when there seems to be nothing: what one wrong answer makes look gone would be left behind without a word. */
export async function findSurely<T>(context: WalkContext, find: Find<T>): Promise<T | undefined> {
  return (await find(context)) ?? (await find(unreadContext(context)));
}

/** @throws AzureError when it is found although Azure has accepted its deletion, or that cannot be looked at: then it may be gone */
export async function requireGone(context: WalkContext, subject: string, find: Find<unknown>): Promise<void> {
  const found = await find(unreadContext(context)).catch((error: unknown) => {
    throw isAzureError(error) ? amended(error, { cause: error, writeAccepted: true }) : error;
  });
  if (found === undefined) return;
  throw new AzureError(l10n.t('{0} still exists, although Azure accepted its deletion.', subject), {
    kind: 'operationFailed',
    code: 'StillThere',
  });
}

export function gone(subject: string): Inspection {
  return satisfied(l10n.t('{0} no longer exists.', subject), [], { code: 'gone' });
}

/** It is kept, since others use it or that cannot be known; one sentence each. */
export function keptFor(
  inUseBy: readonly string[],
  unknowns: readonly string[],
  evidence: readonly Evidence[],
): Inspection {
  const code = inUseBy.length > 0 ? 'inUse' : 'notKnown';
  return (unknowns.length > 0 ? unknown : conflicting)([...inUseBy, ...unknowns].join(' '), evidence, { code });
}

/** What a step takes away, or keeps, a noun phrase. */
export function subjectOf({ describe }: Pick<Requirement, 'describe'>): string {
  const { title, subject = title } = describe();
  return subject;
}

/** A thing that is kept, since what depends on it cannot be known. */
export function keptThing(
  { id, kind, subject }: Pick<Requirement, 'id' | 'kind'> & { readonly subject: string },
  reason: string,
): Requirement {
  return {
    id,
    kind,
    needs: [],
    isOptional: true,
    rights: [],
    reads: [],
    writes: [],
    describe: () => ({ title: subject, todo: '', done: subject, subject }),
    inspect: () => Promise.resolve(unknown(reason, [], { code: 'notKnown' })),
    satisfy: () => Promise.reject(new Error(reason)),
  };
}
