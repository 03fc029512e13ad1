import * as l10n from '@vscode/l10n';
import { AzureError, isAzureError } from '../../azure/errors.ts';
import { amended } from '../../azure/failures.ts';
import { conflicting, satisfied, unknown } from '../engine/inspection.ts';
import { unreadContext } from '../engine/walkContext.ts';
import type { Evidence, Inspection, Requirement, WalkContext } from '../types.ts';

type Find<T> = (context: WalkContext) => Promise<T | undefined>;

/** Asks again when there seems to be nothing: what one wrong answer makes look gone would be left behind without a word. */
export async function findSurely<T>(context: WalkContext, find: Find<T>): Promise<T | undefined> {
  return (await find(context)) ?? (await find(unreadContext(context)));
}

/** @throws AzureError when it is found although Azure has accepted its deletion, or that cannot be looked at: then it may be gone */
export async function requireGone(context: WalkContext, title: string, find: Find<unknown>): Promise<void> {
  const found = await find(unreadContext(context)).catch((error: unknown) => {
    throw isAzureError(error) ? amended(error, { cause: error, writeAccepted: true }) : error;
  });
  if (found === undefined) return;
  throw new AzureError(l10n.t('Azure says that it is still there. {0}', title), {
    kind: 'operationFailed',
    code: 'StillThere',
  });
}

export function gone(title: string): Inspection {
  return satisfied(l10n.t('{0}: gone.', title), [], { code: 'gone' });
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

/** A thing that is kept, since what depends on it cannot be known. */
export function keptThing(
  { id, kind, title }: Pick<Requirement, 'id' | 'kind'> & { readonly title: string },
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
    describe: () => ({ title, todo: title, done: title }),
    inspect: () => Promise.resolve(unknown(reason, [], { code: 'notKnown' })),
    satisfy: () => Promise.reject(new Error(reason)),
  };
}
