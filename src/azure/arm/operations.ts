import * as l10n from '@vscode/l10n';
import { safeMessage } from '../../common/secrets.ts';
import { AzureError, isAzureError } from '../errors.ts';
import { amended, ifReadable, undefinedIf } from '../failures.ts';
import { correlationIdOf, describeRequest, readErrorObject, retryAfterSeconds } from '../http/errors.ts';
import { sleep } from '../http/wait.ts';
import { record, text } from '../../common/json.ts';
import { type ArmAnswer, type ArmRequests } from './requests.ts';

/** After this an operation is reported as still running. Milliseconds. */
const longestOperation = 30 * 60_000;

/** Seconds between polls when ARM names none, as for cache rules: short at first, since most registry operations end within a second. */
const firstPoll = 0.25;
const slowestPoll = 5;
const fastestPoll = 0.1;

export interface OperationOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * PUT or PATCH that may be long-running: sends it and waits for its end, by `Azure-AsyncOperation`, else by the
 * resource's own `provisioningState`. A status URL of another host is not followed: then the resource is asked. So it
 * is when the status may not be read (it needs an action of its own).
 * @returns the resource as it is afterwards.
 * @throws AzureError `operationFailed` with the operation's code and message; `cancelled` stops the waiting, not Azure. Whatever else
 * goes wrong after Azure took the write carries `writeAccepted`.
 */
export async function runWrite(
  arm: ArmRequests,
  method: 'PUT' | 'PATCH',
  path: string,
  { body, signal }: OperationOptions = {},
): Promise<unknown> {
  const started = await arm.send(method, path, { body, signal });
  const poll: Poll = { arm, method, path, signal, deadline: Date.now() + longestOperation };
  return onceAccepted(async () => {
    const status = ownUrl(arm, started.headers.get('azure-asyncoperation'));
    if (status) return (await pollStatus(poll, status, started)) ? arm.get(path, signal) : pollResource(poll, started);
    return isTerminal(provisioningState(started.body)) ? failIfFailed(poll, started) : pollResource(poll, started);
  });
}

/**
 * DELETE and wait, by `Azure-AsyncOperation`, else `Location`, and in any case until the resource is not found: a role on one
 * registry may not read the `Location` of its rules, which is the subscription's, and an operation's end proves nothing of the resource.
 * @returns false if there was nothing to delete (204 or 404).
 * @throws AzureError as `runWrite`; `operationFailed` when the resource stays.
 */
export async function runDelete(arm: ArmRequests, path: string, signal?: AbortSignal): Promise<boolean> {
  const poll: Poll = { arm, method: 'DELETE', path, signal, deadline: Date.now() + longestOperation };
  let started: ArmAnswer | undefined;
  try {
    started = await undefinedIf(['notFound'], arm.send('DELETE', path, { signal }));
  } catch (refusal) {
    const deleting = await deletionUnderWay(poll, refusal);
    await onceAccepted(() => pollUntilGone(poll, deleting, false));
    return true;
  }
  if (!started) return false;
  return onceAccepted(async () => {
    const status = ownUrl(arm, started.headers.get('azure-asyncoperation'));
    const location = ownUrl(arm, started.headers.get('location'));
    if (started.status === 204) return false;
    let ended = started.status !== 202;
    if (status) {
      ended = await pollStatus(poll, status, started);
    } else if (!ended && location) {
      ended = await pollLocation(poll, location, started);
    }
    await pollUntilGone(poll, started, ended);
    return true;
  });
}

/**
 * A DELETE whose answer was lost is sent again, and may be refused since the first one is still under way.
 * @returns the resource that is being deleted
 * @throws the refusal if it is not
 */
async function deletionUnderWay({ arm, path, signal }: Poll, refusal: unknown): Promise<ArmAnswer> {
  if (!isAzureError(refusal, 'conflict')) throw refusal;
  const found = await ifReadable(() => arm.send('GET', path, { signal }));
  if (!found || provisioningState(found.body) !== 'deleting') throw refusal;
  return found;
}

/** Runs what follows an accepted write: only `operationFailed` is the end of it, every other error leaves the end open. */
export async function onceAccepted<T>(follow: () => Promise<T>): Promise<T> {
  try {
    return await follow();
  } catch (error) {
    if (!isAzureError(error) || error.kind === 'operationFailed') throw error;
    throw amended(error, { cause: error, writeAccepted: true });
  }
}

interface Poll {
  readonly arm: ArmRequests;
  readonly method: string;
  readonly path: string;
  readonly signal: AbortSignal | undefined;
  readonly deadline: number;
}

/** True when the operation succeeded, false when its status may not be read. */
async function pollStatus(poll: Poll, url: string, started: ArmAnswer): Promise<boolean> {
  let answer = started;
  for (let count = 0; ; count++) {
    await pause(poll, answer, count);
    const next = await readIfAllowed(poll, url);
    if (!next) return false;
    answer = next;
    // Each answer may sign the address anew.
    url = ownUrl(poll.arm, answer.headers.get('azure-asyncoperation')) ?? url;
    const state = operationStatus(poll, answer);
    if (state === 'succeeded') return true;
  }
}

/** True when the operation ended, false when its status may not be read. */
async function pollLocation(poll: Poll, url: string, started: ArmAnswer): Promise<boolean> {
  let answer = started;
  for (let count = 0; answer.status === 202; count++) {
    await pause(poll, answer, count);
    const next = await readIfAllowed(poll, url);
    if (!next) return false;
    answer = next;
    url = ownUrl(poll.arm, answer.headers.get('location')) ?? url;
    operationStatus(poll, answer);
  }
  return true;
}

async function readIfAllowed(poll: Poll, url: string): Promise<ArmAnswer | undefined> {
  return undefinedIf(['forbidden', 'notFound'], poll.arm.send('GET', url, { signal: poll.signal }));
}

function operationStatus(poll: Poll, answer: ArmAnswer): string | undefined {
  const body = record(answer.body);
  const status = text(body?.['status'])?.toLowerCase();
  if (status === 'failed' || status === 'canceled') throw operationError(poll, answer, body?.['error']);
  if (status === undefined && answer.status !== 202 && isTerminal(provisioningState(body))) {
    // Some providers answer the finished resource itself.
    return 'succeeded';
  }
  return status;
}

async function pollResource(poll: Poll, started: ArmAnswer): Promise<unknown> {
  let answer = started;
  for (let count = 0; ; count++) {
    await pause(poll, answer, count);
    answer = await poll.arm.send('GET', poll.path, { signal: poll.signal });
    if (isTerminal(provisioningState(answer.body))) return failIfFailed(poll, answer);
  }
}

/** How often a resource is looked for after its deletion has ended, before it counts as staying: about half a minute. */
const looksForGone = 11;

/** @param ended the operation said that it is done: the resource is looked for at once, and need not be readable. */
async function pollUntilGone(poll: Poll, started: ArmAnswer, ended: boolean): Promise<void> {
  let answer = started;
  let wasDeleting = false;
  for (let count = 0; ; count++) {
    if (!ended || count > 0) await pause(poll, answer, count);
    const unseen = ended ? (['notFound', 'forbidden'] as const) : (['notFound'] as const);
    const found = await undefinedIf(unseen, poll.arm.send('GET', poll.path, { signal: poll.signal }));
    if (!found) return;
    answer = found;
    failIfFailed(poll, answer);
    const state = provisioningState(answer.body);
    wasDeleting ||= state === 'deleting';
    if (isTerminal(state) && (wasDeleting || (ended && count >= looksForGone))) {
      throw new AzureError(l10n.t('Azure accepted the deletion, but the resource still exists.'), {
        kind: 'operationFailed',
        code: 'StillThere',
        correlationId: correlationIdOf(started.headers),
        request: describeRequest({ method: 'DELETE', url: new URL(poll.path, poll.arm.origin).href }),
      });
    }
  }
}

async function pause(poll: Poll, answer: ArmAnswer, count: number): Promise<void> {
  if (Date.now() > poll.deadline) {
    throw new AzureError(
      l10n.t('Azure did not finish the operation within {0} minutes. It may still complete; check again later.', 30),
      {
        kind: 'unavailable',
        code: 'OperationTimeout',
        correlationId: correlationIdOf(answer.headers),
        request: `${poll.method} ${poll.arm.origin}${poll.path.split('?')[0]}`,
      },
    );
  }
  const asked = retryAfterSeconds(answer.headers);
  const ms =
    asked === undefined
      ? Math.min(firstPoll * 1.5 ** count, slowestPoll) * poll.arm.waitUnit
      : Math.max(Math.min(asked, 60) * 1000, fastestPoll * poll.arm.waitUnit);
  await sleep(ms, poll.signal);
}

function failIfFailed(poll: Poll, answer: ArmAnswer): unknown {
  const state = provisioningState(answer.body);
  if (state === 'failed' || state === 'canceled') {
    throw operationError(poll, answer, record(record(answer.body)?.['properties'])?.['error']);
  }
  return answer.body;
}

/** Absent counts as done: not every resource reports a state. */
function isTerminal(state: string | undefined): boolean {
  return state === undefined || state === 'succeeded' || state === 'failed' || state === 'canceled';
}

function provisioningState(body: unknown): string | undefined {
  return text(record(record(body)?.['properties'])?.['provisioningState'])?.toLowerCase();
}

function operationError(poll: Poll, answer: ArmAnswer, error: unknown): AzureError {
  const { code, message } = readErrorObject({ error });
  return new AzureError(safeMessage(message ?? l10n.t('Azure ended the operation without giving a reason.')), {
    kind: 'operationFailed',
    code: safeMessage(code ?? 'OperationFailed').slice(0, 200),
    correlationId: correlationIdOf(answer.headers),
    request: describeRequest({ method: poll.method, url: new URL(poll.path, poll.arm.origin).href }),
  });
}

/** The address as Azure wrote it, since it is signed; undefined: none, or of another host. */
function ownUrl(arm: ArmRequests, header: string | undefined): string | undefined {
  const url = header ? URL.parse(header, arm.origin) : null;
  if (url?.origin !== arm.origin) return undefined;
  return header && /^https?:/i.test(header) ? header : url.href;
}
