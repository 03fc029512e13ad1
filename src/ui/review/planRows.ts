import * as vscode from 'vscode';
import { findingTitle } from '../../provisioning/checks/findingTitles.ts';
import type { Finding, Plan, PlannedStep, Verdict } from '../../provisioning/types.ts';
import { type Row, separator } from '../pages/quickInput.ts';
import { icon } from '../shared/icon.ts';
import type { Change } from './change.ts';

/** What the rows of a plan do. All but `apply` and `feature` open the plan, which says in full what the row is about. */
export type PlanChoice = 'apply' | 'plan' | 'feature';

/** What keeps the plan from being applied, and what is to be known before. */
export interface Concerns {
  readonly blocking: readonly Concern[];
  readonly warnings: readonly Concern[];
}

export interface Concern {
  readonly title: string;
  readonly text: string;
}

/** Of a finding a title and its sentences; of a step its own title. */
export function concernsOf({ steps, findings }: Plan): Concerns {
  const found = (severity: Finding['severity']): Concern[] =>
    findings
      .filter((finding) => finding.severity === severity)
      .map(({ code, reason, next }) => ({ title: findingTitle(code), text: [reason, next].filter(Boolean).join(' ') }));
  const blocked = steps
    .filter(({ requirement, inspection }) => isBlocked(inspection) && !requirement.isOptional)
    .map(({ requirement, inspection }) => ({ title: requirement.describe().title, text: inspection.reason }));
  const warned = steps.flatMap(({ requirement, inspection }) =>
    (inspection.warnings ?? []).map((text) => ({ title: requirement.describe().title, text })),
  );
  return { blocking: [...blocked, ...found('blocking')], warnings: [...found('warning'), ...warned] };
}

/** The row that begins, or says that it cannot, or not yet. */
export function startRow({ texts }: Change, plan: Plan | undefined): Row<PlanChoice> {
  if (!plan) {
    const description = vscode.l10n.t('checking what is in place…');
    return { iconPath: icon('loading~spin'), label: texts.start, description, value: 'apply', alwaysShow: true };
  }
  const { blocking, warnings } = concernsOf(plan);
  if (!plan.canApply) {
    const description =
      blocking.length === 1
        ? vscode.l10n.t('1 issue blocks this')
        : vscode.l10n.t('{0} issues block this', blocking.length);
    return { iconPath: icon('error', 'error'), label: texts.blocked, description, value: 'plan', alwaysShow: true };
  }
  const toDo = plan.steps.filter(({ inspection }) => inspection.verdict === 'missing').length;
  if (toDo === 0) {
    return {
      iconPath: icon('pass', 'passed'),
      label: vscode.l10n.t('Finish'),
      description: vscode.l10n.t('everything is in place already'),
      value: 'apply',
      alwaysShow: true,
    };
  }
  return {
    iconPath: icon('play'),
    label: texts.start,
    description: [stepCount(toDo), ...(warnings.length > 0 ? [`⚠ ${warningCount(warnings.length)}`] : [])].join(' · '),
    value: 'apply',
    alwaysShow: true,
  };
}

export function stepCount(count: number): string {
  return count === 1 ? vscode.l10n.t('1 step') : vscode.l10n.t('{0} steps', count);
}

export function warningCount(count: number): string {
  return count === 1 ? vscode.l10n.t('1 warning') : vscode.l10n.t('{0} warnings', count);
}

/** What blocks, then the warnings. */
export function concernRows(change: Change, plan: Plan | undefined): Row<PlanChoice>[] {
  if (!plan) return [];
  const { blocking, warnings } = concernsOf(plan);
  return [
    ...(blocking.length > 0 ? [separator(vscode.l10n.t('Blocked by'))] : []),
    ...blocking.map((concern) => concernRow(concern, icon('error', 'error'))),
    ...(warnings.length > 0 ? [separator(vscode.l10n.t('Warnings'))] : []),
    ...warnings.map((concern) => concernRow(concern, icon('warning', 'warning'))),
    ...(change.setUp && plan.findings.some(({ code }) => code === 'featureFlag') ? [featureRow()] : []),
  ];
}

function concernRow({ title, text }: Concern, iconPath: vscode.ThemeIcon): Row<PlanChoice> {
  return { iconPath, label: title, detail: text, value: 'plan' };
}

/** Registering the preview feature changes the whole subscription, so it is offered, never done unasked. */
function featureRow(): Row<PlanChoice> {
  return {
    iconPath: icon('beaker'),
    label: vscode.l10n.t('Also Register the Preview Feature'),
    detail: vscode.l10n.t('Adds a step that registers it in the subscription'),
    value: 'feature',
    alwaysShow: true,
  };
}

/** One row for each step that is to be done, one for all that are in place. */
export function stepRows(plan: Plan | undefined): Row<PlanChoice>[] {
  if (!plan) return [];
  const inPlace = plan.steps.filter(({ inspection }) => inspection.verdict === 'satisfied').length;
  return [
    separator(vscode.l10n.t('Steps')),
    ...plan.steps.flatMap((step) => stepRow(step) ?? []),
    ...(inPlace > 0
      ? [
          {
            iconPath: icon('pass', 'passed'),
            label:
              inPlace === 1
                ? vscode.l10n.t('1 step is in place already')
                : vscode.l10n.t('{0} steps are in place already', inPlace),
            value: 'plan' as const,
          },
        ]
      : []),
  ];
}

/** Whether the plan goes on without the step, since something stands in its way. */
export function isPassedOver({ requirement, inspection }: PlannedStep): boolean {
  return requirement.isOptional === true && isBlocked(inspection);
}

/** A blocked step stands above, with what blocks it. */
function stepRow(step: PlannedStep): Row<PlanChoice> | undefined {
  const { requirement, inspection } = step;
  const { title, todo } = requirement.describe();
  if (inspection.verdict === 'missing') {
    return { iconPath: icon('circle-large-outline'), label: title, detail: todo, value: 'plan' };
  }
  if (isPassedOver(step)) {
    const description = vscode.l10n.t('left out');
    return { iconPath: icon('circle-slash'), label: title, description, detail: inspection.reason, value: 'plan' };
  }
  return undefined;
}

function isBlocked({ verdict }: { readonly verdict: Verdict }): boolean {
  return verdict === 'conflicting' || verdict === 'unknown';
}
