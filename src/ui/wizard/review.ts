import * as vscode from 'vscode';
import { requirementsOf } from '../../provisioning/graph.ts';
import { makePlan } from '../../provisioning/plan.ts';
import type { CacheLink, Finding, Inspection, Plan, Requirement, Verdict } from '../../provisioning/types.ts';
import { frameOf, type WizardContext } from './context.ts';
import type { Position } from './flow.ts';
import { pick } from './pick.ts';
import { note, type Row, rowsWithText, separator, textRows } from './quickInput.ts';

export type ReviewAnswer =
  { readonly kind: 'create'; readonly plan: Plan } | { readonly kind: 'back' } | { readonly kind: 'cancelled' };

type Choice = 'create' | 'script' | 'feature' | 'back' | 'cancel';

/**
 * Inspects what the link needs, shows it, and lets the user decide. Writes nothing.
 * Each row tells its state by an icon and in words.
 */
export async function reviewLink(context: WizardContext, link: CacheLink, position: Position): Promise<ReviewAnswer> {
  let plan: Plan | undefined;
  for (;;) {
    const answer = await pick<Choice>(frameOf(position, vscode.l10n.t('Review')), {
      placeholder: vscode.l10n.t('Check what will be done; nothing has been changed yet'),
      load: async (show, signal) => {
        const inspections = new Map(plan?.steps.map(({ requirement, inspection }) => [requirement.id, inspection]));
        const paint = () => show(rowsOf(link, inspections, plan, position));
        paint();
        plan ??= await makePlan(context.facts.azure, link, {
          signal,
          onStep: ({ requirement, inspection }) => {
            inspections.set(requirement.id, inspection);
            paint();
          },
        });
        for (const { requirement, inspection } of plan.steps) inspections.set(requirement.id, inspection);
        paint();
      },
      matchOnDetail: false,
      buttons: [
        {
          icon: 'refresh',
          tooltip: vscode.l10n.t('Check again'),
          run: () => {
            plan = undefined;
            return 'reload';
          },
        },
      ],
    });
    if (answer.kind !== 'value') return answer;
    switch (answer.value) {
      case 'create':
        if (plan?.canApply) return { kind: 'create', plan };
        break;
      case 'script':
        await showScript(link);
        break;
      case 'feature':
        link = { ...link, allowFeatureRegistration: true };
        plan = undefined;
        break;
      case 'back':
        return { kind: 'back' };
      case 'cancel':
        return { kind: 'cancelled' };
    }
  }
}

/** The article's commands for this link, in a document of their own that can be saved. */
async function showScript(link: CacheLink): Promise<void> {
  const { exportScript } = await import('../../provisioning/export/exportScript.ts');
  const document = await vscode.workspace.openTextDocument({
    language: 'shellscript',
    content: exportScript(link, 'bash'),
  });
  await vscode.window.showTextDocument(document, { preview: false });
}

function rowsOf(
  link: CacheLink,
  inspections: ReadonlyMap<string, Inspection>,
  plan: Plan | undefined,
  position: Position,
): Row<Choice>[] {
  return [
    ...createRows(plan),
    {
      label: `$(terminal) ${vscode.l10n.t('Show as az Commands')}`,
      value: 'script',
      alwaysShow: true,
    },
    ...(position.canGoBack
      ? [{ label: `$(arrow-left) ${vscode.l10n.t('Back')}`, value: 'back' as const, alwaysShow: true }]
      : []),
    { label: `$(close) ${vscode.l10n.t('Cancel')}`, value: 'cancel', alwaysShow: true },
    ...findingRows(plan, 'blocking'),
    separator(vscode.l10n.t('Steps')),
    ...requirementsOf(link).flatMap((requirement) => stepRows(requirement, inspections.get(requirement.id))),
    ...findingRows(plan, 'warning'),
    ...featureRows(plan),
  ];
}

/** Create, or why there is none. */
function createRows(plan: Plan | undefined): Row<Choice>[] {
  if (!plan) return [note('loading~spin', vscode.l10n.t('Checking what is there…'))];
  const toDo = plan.steps.filter(({ inspection }) => inspection.verdict === 'missing').length;
  if (plan.canApply) {
    const detail =
      toDo === 0
        ? vscode.l10n.t('Everything is in place already: nothing will be changed')
        : toDo === 1
          ? vscode.l10n.t('1 step to do')
          : vscode.l10n.t('{0} steps to do', toDo);
    return [{ label: `$(play) ${vscode.l10n.t('Create')}`, detail, value: 'create', alwaysShow: true }];
  }
  const blocked =
    plan.steps.filter(({ inspection }) => isBlocked(inspection)).length +
    plan.findings.filter(({ severity }) => severity === 'blocking').length;
  return [
    {
      ...note(
        'circle-slash',
        vscode.l10n.t('Cannot be created yet'),
        blocked === 1
          ? vscode.l10n.t('Something stands in the way: see below')
          : vscode.l10n.t('{0} things stand in the way: see below', blocked),
      ),
      alwaysShow: true,
    },
  ];
}

/** Registering the preview feature changes the whole subscription, so it is offered, never done unasked. */
function featureRows(plan: Plan | undefined): Row<Choice>[] {
  if (!plan?.findings.some(({ code }) => code === 'featureFlag')) return [];
  return [
    {
      label: `$(beaker) ${vscode.l10n.t('Also Register the Preview Feature')}`,
      detail: vscode.l10n.t('Adds a step that registers it in the subscription'),
      value: 'feature',
      alwaysShow: true,
    },
  ];
}

function findingRows(plan: Plan | undefined, severity: Finding['severity']): Row<never>[] {
  const findings = plan?.findings.filter((finding) => finding.severity === severity) ?? [];
  if (findings.length === 0) return [];
  return severity === 'blocking'
    ? [separator(vscode.l10n.t('Blocked by')), ...findings.flatMap(({ message }) => textRows('error', message))]
    : [separator(vscode.l10n.t('Warnings')), ...findings.flatMap(({ message }) => textRows('warning', message))];
}

function stepRows(requirement: Requirement, inspection: Inspection | undefined): Row<never>[] {
  const { title, todo } = requirement.describe();
  if (!inspection) return [note('loading~spin', vscode.l10n.t('Checking: {0}', title))];
  const warnings = (inspection.warnings ?? []).flatMap((warning) => textRows('warning', warning));
  const [icon, state] = appearance(inspection.verdict);
  const text = inspection.verdict === 'missing' ? todo : inspection.reason;
  return [...rowsWithText(icon, `${state}: ${title}`, '', text), ...warnings];
}

/** Icon and word of a state. The word comes first, since the end of a long row is cut off. */
function appearance(verdict: Verdict): [icon: string, state: string] {
  switch (verdict) {
    case 'satisfied':
      return ['pass-filled', vscode.l10n.t('Done')];
    case 'missing':
      return ['circle-large-outline', vscode.l10n.t('To do')];
    case 'conflicting':
      return ['error', vscode.l10n.t('Blocked')];
    case 'unknown':
      return ['question', vscode.l10n.t('Blocked, could not be checked')];
  }
}

function isBlocked({ verdict }: Inspection): boolean {
  return verdict === 'conflicting' || verdict === 'unknown';
}
