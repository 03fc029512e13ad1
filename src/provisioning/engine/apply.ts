import * as l10n from '@vscode/l10n';
import type { Azure } from '../../azure/azure.ts';
import { isAzureError, isCancelled } from '../../azure/errors.ts';
import { explainFailure } from './failureAdvice.ts';
import { abortLater } from './graceSignal.ts';
import type { Journal } from './journal.ts';
import type { ApplyResult, Inspection, Plan, PlannedStep, StepProgress, StepState, WalkContext } from '../types.ts';
import { createSharedContexts, inspectSafely } from './walkContext.ts';

export interface ApplyOptions {
  /** Cancel: nothing new is begun; a write under way is given `cancelGraceMs` to end, then what became of it is found out. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: StepProgress) => void;
  /** Multiplies every wait and the grace; tests use less than 1. */
  readonly timeScale?: number;
  readonly journal?: Journal;
}

const cancelGraceMs = 30_000;
/** What was read longer ago is read again before it is relied on: others may have changed it. */
const freshMs = 2000;
/** How long finding out the truth after an ambiguous failure may take. */
const truthMs = 20_000;

/**
 * Satisfies what the plan found missing. A step starts the moment its needs are done; steps that do not need each other run at the
 * same time. After a failure the steps that depend on it are skipped, the others end. Never rejects: the result says what is in
 * place because of this run and what is left; a new plan of the same link does only the rest.
 */
export async function applyPlan(azure: Azure, plan: Plan, options: ApplyOptions = {}): Promise<ApplyResult> {
  if (!plan.canApply) return refused(plan, options);
  const { journal } = options;
  const entry = await journal?.start(plan.link, plan);
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
  const hasChanged = result.done.length + result.begun.length > 0;
  if (entry !== undefined)
    await (result.outcome === 'complete' ? journal?.finish(entry) : journal?.leave(entry, hasChanged));
  return result;
}

async function runSteps(azure: Azure, plan: Plan, options: ApplyOptions): Promise<StepProgress[]> {
  const cancel = options.signal ?? new AbortController().signal;
  const grace = abortLater(cancel, cancelGraceMs * (options.timeScale ?? 1));
  const contexts = createSharedContexts(azure, plan.link);
  const timing = options.timeScale === undefined ? {} : { timeScale: options.timeScale };
  const reading = contexts({ ...timing, signal: cancel });
  const forgetOld = forgetterOf(reading, freshMs * (options.timeScale ?? 1));

  const ends = new Map<string, Promise<StepProgress>>();
  for (const planned of plan.steps) {
    const { requirement } = planned;
    const emit: Emit = (state, message, more = {}) => {
      const progress = { requirementId: requirement.id, state, message, ...more };
      options.onProgress?.(progress);
      return progress;
    };
    const writing = contexts({
      ...timing,
      signal: grace.signal,
      waitSignal: cancel,
      onReport: (message) => void emit('running', message),
    });
    const needs = requirement.needs.flatMap((id) => ends.get(id) ?? []);
    ends.set(requirement.id, runStep({ planned, needs, reading, forgetOld, writing, cancel, emit }));
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
  /** For reads: ends with the cancel. */
  readonly reading: WalkContext;
  readonly forgetOld: () => void;
  /** For writes: outlives the cancel by the grace. */
  readonly writing: WalkContext;
  readonly cancel: AbortSignal;
  readonly emit: Emit;
}

async function runStep(run: StepRun): Promise<StepProgress> {
  const { requirement, inspection } = run.planned;
  const words = requirement.describe();
  if (inspection.verdict === 'satisfied') return alreadyDone(run, inspection);
  run.emit('waiting', words.todo);

  // The plan is old by now. Reading while the needs are being met costs no time …
  const look = (): Promise<Inspection | Error> => settled(inspectSafely(requirement, run.reading));
  if (!requirement.overwritesNothing) void look();
  const needs = await Promise.all(run.needs);
  const notBegun = (): StepProgress => run.emit('cancelled', l10n.t('Not begun: {0}', words.todo));
  if (isCancelRequested(run)) return notBegun();
  if (!needs.every((need) => isDone(need.state))) {
    return run.emit('skipped', l10n.t('Not begun, since what it needs is not in place: {0}', words.todo));
  }
  // … but they may have taken minutes, so what was read is used only while it is fresh.
  run.forgetOld();
  const now = requirement.overwritesNothing ? inspection : await look();
  if (isCancelRequested(run)) return notBegun();
  if (now instanceof Error) return run.emit('failed', explainFailure(now, requirement.kind), { error: now });
  if (now.verdict === 'satisfied') return alreadyDone(run, now);
  if (now.verdict !== 'missing') return run.emit('failed', now.reason, now.error ? { error: now.error } : {});

  run.emit('running', words.todo);
  try {
    await requirement.satisfy(run.writing);
    // What is so now may be known only now.
    return run.emit('done', requirement.describe().done);
  } catch (error) {
    return await settle(run, error instanceof Error ? error : new Error(String(error)));
  }
}

function alreadyDone(run: StepRun, { reason, resourceId }: Inspection): StepProgress {
  return run.emit('alreadyDone', reason, resourceId === undefined ? {} : { resourceId });
}

/** After a failed write: what is really so? An answer that was lost, or a cancel, does not mean that nothing was written. */
async function settle(run: StepRun, error: Error): Promise<StepProgress> {
  const { requirement } = run.planned;
  const words = requirement.describe();
  const wasCancelled = isCancelled(error);
  const truth = isCertain(error) ? undefined : await findTruth(run);
  if (truth?.verdict === 'satisfied') return run.emit('done', words.done);

  const state = wasCancelled ? 'cancelled' : 'failed';
  const what = wasCancelled ? l10n.t('Cancelled: {0}', words.todo) : explainFailure(error, requirement.kind);
  const begun = truth !== undefined && isOpen(error, truth);
  const known =
    truth?.verdict === 'unknown'
      ? l10n.t('Whether it took place is not known; setting up again will find out.')
      : [truth?.reason, begun ? l10n.t('It was begun, and Azure may still finish it.') : ''].filter(Boolean).join(' ');
  return run.emit(state, `${what} ${known}`.trim(), {
    ...(begun ? { begun } : {}),
    ...(wasCancelled ? {} : { error }),
  });
}

/** Whether Azure may still finish the write: it took it or is at work on it, or neither the answer nor the truth was to be had. */
function isOpen(error: Error, truth: Inspection): boolean {
  if (truth.inProgress) return true;
  if (!isAzureError(error)) return truth.verdict === 'unknown';
  if (error.writeAccepted) return true;
  // A write cut off before its answer came may still arrive.
  const wasCutOff = error.kind === 'cancelled' || error.code === 'ETIMEDOUT' || truth.verdict === 'unknown';
  return wasCutOff && /^(PUT|PATCH|POST) /.test(error.request ?? '');
}

async function findTruth(run: StepRun): Promise<Inspection> {
  for (const prefix of ['identity:', 'registry:', 'rules:', 'assignments:']) run.writing.forget(prefix);
  const signal = AbortSignal.timeout(truthMs);
  const truth = await settled(inspectSafely(run.planned.requirement, { ...run.writing, signal }));
  return truth instanceof Error ? { verdict: 'unknown', reason: truth.message, evidence: [], error: truth } : truth;
}

/** Azure refused before doing anything, so there is no need to look. */
function isCertain(error: Error): boolean {
  return (
    isAzureError(error) && !error.writeAccepted && ['unauthenticated', 'forbidden', 'invalid'].includes(error.kind)
  );
}

/** Drops what others may change from the memo once it is older than `ms`; steps that go on together share the new reads. */
function forgetterOf(context: WalkContext, ms: number): () => void {
  let since = Date.now();
  return () => {
    if (Date.now() - since <= ms) return;
    for (const prefix of ['registry:', 'rules:', 'assignments:']) context.forget(prefix);
    since = Date.now();
  };
}

function isCancelRequested(run: StepRun): boolean {
  return run.cancel.aborted;
}

function isDone(state: StepState): boolean {
  return state === 'done' || state === 'alreadyDone';
}

/** A promise that never rejects, so that it may be awaited late. */
async function settled<T>(promise: Promise<T>): Promise<T | Error> {
  try {
    return await promise;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function summarize(plan: Plan, steps: readonly StepProgress[], signal: AbortSignal | undefined): ApplyResult {
  const words = new Map(plan.steps.map(({ requirement }) => [requirement.id, requirement.describe()]));
  const todos = (of: readonly StepProgress[]): string[] =>
    of.map((step) => words.get(step.requirementId)?.todo ?? step.message);
  const complete = steps.every((step) => isDone(step.state));
  const wasCancelled = signal?.aborted === true && !steps.some((step) => step.state === 'failed');
  return {
    outcome: complete ? 'complete' : wasCancelled ? 'cancelled' : 'failed',
    steps,
    done: steps
      .filter((step) => step.state === 'done')
      .map((step) => words.get(step.requirementId)?.done ?? step.message),
    begun: todos(steps.filter((step) => step.begun)),
    left: todos(steps.filter((step) => !isDone(step.state) && !step.begun)),
  };
}

/** A plan with something in the way is not begun at all. */
function refused(plan: Plan, options: ApplyOptions): ApplyResult {
  const steps = plan.steps.map(({ requirement, inspection }): StepProgress => {
    const { verdict, reason, error, resourceId } = inspection;
    const step = (state: StepState, message: string): StepProgress => ({
      requirementId: requirement.id,
      state,
      message,
      ...(error ? { error } : {}),
      ...(resourceId === undefined ? {} : { resourceId }),
    });
    if (verdict === 'satisfied') return step('alreadyDone', reason);
    return verdict === 'missing'
      ? step('skipped', l10n.t('Not begun: {0}', requirement.describe().todo))
      : step('failed', reason);
  });
  for (const step of steps) options.onProgress?.(step);
  return { ...summarize(plan, steps, undefined), outcome: 'failed' };
}
