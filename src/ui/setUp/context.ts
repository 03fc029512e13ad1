import * as vscode from 'vscode';
import type { Services } from '../services/services.ts';
import type { Facts } from './reads.ts';
import type { Position, StepAnswer } from '../pages/flow.ts';
import type { Draft } from './draft.ts';
import type { Answer, Frame } from '../pages/quickInput.ts';

/** What every step may use. */
export interface PageContext {
  readonly services: Services;
  readonly facts: Facts;
  /** Aborted when the pages have closed. */
  readonly signal: AbortSignal;
  /** What was said in the last setup, which the user left: the first page offers to continue it. */
  readonly left?: () => Draft | undefined;
}

/** One page of the setup. It changes nothing but the draft. */
export type Step = (context: PageContext, draft: Draft, position: Position) => Promise<StepAnswer<Draft>>;

/** The frame of a page. `name`: what is asked for. */
export function frameOf({ canGoBack, flow }: Position, name: string): Frame {
  const title = flow === undefined ? vscode.l10n.t('Set Up Cache: {0}', name) : `${flow}: ${name}`;
  return { canGoBack, title };
}

/** Turns a page's answer into the step's. `typed`: the draft with what was typed, kept when the user goes back. */
export function answerWith<T>(answer: Answer<T>, next: (value: T) => Draft, typed?: Draft): StepAnswer<Draft> {
  if (answer.kind === 'value') return { kind: 'next', state: next(answer.value) };
  return answer.kind === 'back' ? { kind: 'back', state: typed } : answer;
}
