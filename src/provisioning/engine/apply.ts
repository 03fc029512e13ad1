import * as l10n from '@vscode/l10n';
import { asError } from '../../common/asError.ts';
import { createLimit, type Limit } from '../../common/limit.ts';
import type { Azure } from '../../azure/azure.ts';
import { AzureError, isAzureError, isCancelled } from '../../azure/errors.ts';
import { explainFailure } from './failureAdvice.ts';
import { isOther } from './fingerprint.ts';
import { abortLater } from './graceSignal.ts';
import type { Journal } from './journal.ts';
import { createMemo, type Memo } from './memo.ts';
import { conflicting, unknown } from './inspection.ts';
import type {
  ApplyResult,
  Description,
  Inspection,
  Plan,
  PlannedStep,
  StepProgress,
  StepState,
  WalkContext,
} from '../types.ts';
import { createWalkContext, inspectSafely } from './walkContext.ts';

export interface ApplyOptions {
  /** Cancel: nothing new is begun; a write under way is given `cancelGraceMs` to end, then what became of it is found out. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StepProgress) => void;
  /** Multiplies every wait and the grace; tests use less than 1. */
  readonly timeScale?: number;
  readonly journal?: Journal;
}

/** Steps that are carried out at a time: ARM throttles who writes, and asks what became of it, hundreds of times at once. */
const maxAtOnce = 16;
const cancelGraceMs = 30_000;
/** What was read longer ago is read again before it is relied on: others may have changed it. */
const freshMs = 2000;
/** How long finding out what is so after an ambiguous failure may take. */
const lookMs = 20_000;

/**
 * Satisfies what the plan found missing. A step starts the moment its needs are done; steps that do not need each other run at the
 * same time, sixteen at most. After a failure the steps that depend on it are skipped, the others end. Never rejects: the result says what is in
 * place because of this run and what is left; a new plan of the same requirements does only the rest.
 */
export async function applyPlan(azure: Azure, plan: Plan, options: ApplyOptions = {}): Promise<ApplyResult> {
  if (!plan.canApply) return refused(plan, options);
  const { journal } = options;
  const entry = plan.purpose && (await journal?.start(plan.purpose));
  let recorded: Promise<void> | undefined;
  const steps = await runSteps(azure, plan, {
    ...options,
    onProgress(progress) {
      options.onProgress?.(progress);
      if (entry !== undefined) recorded = journal?.record(entry, progress);
    },
  });
  await recorded;
  const result = summarize(plan, steps, options.signal);
  // Of a clean-up what was chosen is kept too.
  const isWorthKeeping = result.done.length + result.begun.length > 0 || plan.purpose?.kind === 'cleanUp';
  const isOver = result.outcome === 'complete' && (plan.isFinished?.(steps) ?? true);
  if (entry !== undefined) await (isOver ? journal?.finish(entry) : journal?.leave(entry, isWorthKeeping));
  return result;
}

async function runSteps(azure: Azure, plan: Plan, options: ApplyOptions): Promise<StepProgress[]> {
  const { timeScale = 1 } = options;
  const cancel = options.signal ?? new AbortController().signal;
  const grace = abortLater(cancel, cancelGraceMs * timeScale);
  const memory = createMemo();
  const reading = createWalkContext(azure, { timeScale, signal: cancel }, memory);

  const limit = createLimit(maxAtOnce);
  const ends = new Map<string, Promise<StepProgress>>();
  for (const planned of plan.steps) {
    const { requirement } = planned;
    const emit: Emit = (state, message, more = {}) => {
      const progress = { requirementId: requirement.id, state, message, ...more };
      options.onProgress?.(progress);
      return progress;
    };
    const onReport = (message: string): void => void emit('running', message);
    const writing = createWalkContext(azure, { timeScale, signal: grace.signal, waitSignal: cancel, onReport }, memory);
    const needs = requirement.needs.flatMap((id) => ends.get(id) ?? []);
    ends.set(requirement.id, runStep({ planned, needs, memory, reading, writing, timeScale, cancel, emit, limit }));
  }
  try {
    return await Promise.all(ends.values());
  } finally {
    grace.dispose();
  }
}

type Emit = (
  state: StepState,
  message: string,
  more?: Pick<StepProgress, 'error' | 'begun' | 'resourceId'>,
) => StepProgress;

interface StepRun {
  readonly planned: PlannedStep;
  readonly needs: readonly Promise<StepProgress>[];
  readonly memory: Memo;
  /** For reads: ends with the cancel. */
  readonly reading: WalkContext;
  /** For writes: outlives the cancel by the grace. */
  readonly writing: WalkContext;
  readonly timeScale: number;
  readonly cancel: AbortSignal;
  readonly emit: Emit;
  readonly limit: Limit;
}

async function runStep(run: StepRun): Promise<StepProgress> {
  const { requirement, inspection, isLeftOut } = run.planned;
  const { title } = requirement.describe();
  if (isLeftOut) return run.emit('kept', l10n.t('not selected.'));
  if (inspection.verdict !== 'missing') return notToDo(run, inspection);
  run.emit('waiting', title);

  // The plan is old by now. Reading while the needs are being met costs no time …
  const look = (): Promise<Inspection | Error> => settled(inspectSafely(requirement, run.reading));
  if (!requirement.skipsRecheck && inspection.fingerprint === undefined) void look();
  const needs = await Promise.all(run.needs);
  if (isCancelRequested(run)) return run.emit('cancelled', l10n.t('Not started: {0}', title));
  if (!needs.every((need) => isDone(need.state))) {
    return run.emit('skipped', l10n.t('Skipped because a prerequisite failed: {0}', title));
  }
  return run.limit(() => carryOut(run, look));
}

/** Does the step, whose turn has come. @param look inspects it again */
async function carryOut(run: StepRun, look: () => Promise<Inspection | Error>): Promise<StepProgress> {
  const { requirement, inspection } = run.planned;
  const { title } = requirement.describe();
  const notBegun = (): StepProgress => run.emit('cancelled', l10n.t('Not started: {0}', title));
  if (isCancelRequested(run)) return notBegun();
  const isOfOneThing = inspection.fingerprint !== undefined;
  // … but they may have taken minutes, so what was read is used only while it is fresh; nothing of it where one thing is meant.
  run.memory.forget(requirement.reads, isOfOneThing ? -1 : freshMs * run.timeScale);
  const now = requirement.skipsRecheck ? inspection : await look();
  if (isCancelRequested(run)) return notBegun();
  if (now instanceof Error) return run.emit('failed', explainFailure(now, requirement), { error: now });
  // What cannot be read now could be read for the plan: that is a failure, though the step is optional.
  if (now.error) return run.emit('failed', now.reason, { error: now.error });
  if (now.verdict !== 'missing') return notToDo(run, now);
  if (isOther(inspection.fingerprint, now.fingerprint)) return notToDo(run, changedSince(requirement.describe().title));

  run.emit('running', title);
  // What a write has answered is known once it has ended: until then nobody is to rely on it, nor on what was before.
  const answers: (() => void)[] = [];
  const remember: WalkContext['remember'] = (key, value) => void answers.push(() => run.memory.remember(key, value));
  try {
    await requirement.satisfy({ ...run.writing, remember });
    forgetWritten();
    // What is so now may be known only now.
    return run.emit('done', requirement.describe().done);
  } catch (error) {
    forgetWritten();
    return await resolveFailure(run, asError(error));
  }

  function forgetWritten(): void {
    run.memory.forget(requirement.writes);
    for (const tell of answers) tell();
  }
}

function notToDo({ planned, emit }: StepRun, { verdict, reason, resourceId, error }: Inspection): StepProgress {
  if (verdict === 'satisfied') return emit('alreadyDone', reason, { resourceId });
  return emit(planned.requirement.isOptional ? 'kept' : 'failed', reason, { error });
}

function changedSince(title: string): Inspection {
  const reason = l10n.t('Changed since the review; review again: {0}', title);
  const error = new AzureError(reason, { kind: 'conflict', code: 'ChangedSinceReview' });
  return conflicting(reason, [], { error });
}

/** After a failed write: what is really so? An answer that was lost, or a cancel, does not mean that nothing was written. */
async function resolveFailure(run: StepRun, error: Error): Promise<StepProgress> {
  const { requirement } = run.planned;
  const { title, done } = requirement.describe();
  const wasCancelled = isCancelled(error);
  const actual = isCertain(error) ? undefined : await readActualState(run);
  if (actual?.verdict === 'satisfied') return run.emit('done', done);

  const state = wasCancelled ? 'cancelled' : 'failed';
  const what = wasCancelled ? l10n.t('Cancelled: {0}', title) : explainFailure(error, requirement);
  const begun = actual !== undefined && isOpen(error, actual);
  const known =
    actual?.verdict === 'unknown'
      ? l10n.t('The outcome is unknown. Run it again to check.')
      : [actual?.reason, begun ? l10n.t('Started; Azure may still complete it.') : ''].filter(Boolean).join(' ');
  return run.emit(state, `${what} ${known}`.trim(), {
    ...(begun && { begun }),
    error: wasCancelled ? undefined : error,
  });
}

/** Whether Azure may still finish the write: it took it or is at work on it, or neither its answer nor what is so was to be had. */
function isOpen(error: Error, actual: Inspection): boolean {
  if (actual.inProgress) return true;
  if (!isAzureError(error)) return actual.verdict === 'unknown';
  if (error.writeAccepted) return true;
  // A write cut off before its answer came may still arrive.
  const wasCutOff = error.kind === 'cancelled' || error.code === 'ETIMEDOUT' || actual.verdict === 'unknown';
  return wasCutOff && /^(PUT|PATCH|POST|DELETE) /.test(error.request ?? '');
}

async function readActualState({ planned: { requirement }, memory, writing }: StepRun): Promise<Inspection> {
  memory.forget(requirement.reads);
  const signal = AbortSignal.timeout(lookMs);
  const found = await settled(inspectSafely(requirement, { ...writing, signal }));
  return found instanceof Error ? unknown(found.message, [], { error: found }) : found;
}

/** Azure refused before doing anything, so there is no need to look. */
function isCertain(error: Error): boolean {
  return (
    isAzureError(error) && !error.writeAccepted && ['unauthenticated', 'forbidden', 'invalid'].includes(error.kind)
  );
}

function isCancelRequested(run: StepRun): boolean {
  return run.cancel.aborted;
}

/** What needs it may go on. */
function isDone(state: StepState): boolean {
  return state === 'done' || state === 'alreadyDone' || state === 'kept';
}

/** Never rejects, so that it may be awaited late. */
async function settled<T>(promise: Promise<T>): Promise<T | Error> {
  try {
    return await promise;
  } catch (error) {
    return asError(error);
  }
}

function summarize(plan: Plan, steps: readonly StepProgress[], signal: AbortSignal | undefined): ApplyResult {
  const texts = new Map(plan.steps.map(({ requirement }) => [requirement.id, requirement.describe()]));
  const sentences = (text: 'title' | 'done', isMeant: (step: StepProgress) => boolean): string[] =>
    steps.filter(isMeant).map((step) => texts.get(step.requirementId)?.[text] ?? step.message);
  const complete = steps.every((step) => isDone(step.state));
  const wasCancelled = signal?.aborted === true && !steps.some((step) => step.state === 'failed');
  return {
    outcome: complete ? 'complete' : wasCancelled ? 'cancelled' : 'failed',
    steps,
    done: sentences('done', ({ state }) => state === 'done'),
    begun: sentences('title', ({ begun }) => begun === true),
    left: sentences('title', ({ state, begun }) => !isDone(state) && !begun),
    kept: steps.flatMap(({ state, requirementId, message }) =>
      state === 'kept' ? [keptInWords(texts.get(requirementId), message)] : [],
    ),
  };
}

function keptInWords(description: Description | undefined, why: string): string {
  return l10n.t('{0} is kept: {1}', description?.subject ?? description?.title ?? '', why);
}

function refused(plan: Plan, options: ApplyOptions): ApplyResult {
  const steps = plan.steps.map(({ requirement, inspection }): StepProgress => {
    const { verdict, reason, error, resourceId } = inspection;
    const step = (state: StepState, message: string): StepProgress => ({
      requirementId: requirement.id,
      state,
      message,
      error,
      resourceId,
    });
    if (verdict === 'satisfied') return step('alreadyDone', reason);
    return verdict === 'missing'
      ? step('skipped', l10n.t('Not started: {0}', requirement.describe().title))
      : step('failed', reason);
  });
  for (const step of steps) options.onProgress?.(step);
  return { ...summarize(plan, steps, undefined), outcome: 'failed' };
}
