import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { armIdName } from '../../domain/armId.ts';
import type { ExportLanguage, Finding, Inspection, Plan, Requirement, Verdict } from '../../provisioning/types.ts';
import { askLanguage } from '../export/languages.lazy.ts';
import { openExport } from '../export/openExport.lazy.ts';
import type { Services } from '../services/services.ts';
import type { Change, ReviewAnswer } from './change.ts';
import type { Position } from '../pages/flow.ts';
import { pick } from '../pages/pick.ts';
import { cancelRow, type Row, separator } from '../pages/quickInput.ts';
import { note, rowsWithText, textRows } from '../pages/lines.ts';

type Choice = 'apply' | 'script' | 'export' | 'feature' | 'back' | 'cancel';

/**
 * Inspects what the change needs, shows it, and lets the user decide. Writes nothing.
 * Each row tells its state by an icon and in words.
 */
export async function reviewChange(
  services: Pick<Services, 'memento' | 'documents'>,
  azure: Azure,
  change: Change,
  position: Position,
): Promise<ReviewAnswer> {
  if (change.choose) return (await import('./chooseSteps.ts')).chooseSteps(azure, change, change.choose, position);
  let plan: Plan | undefined;
  for (;;) {
    const answer = await pick<Choice>(
      { ...position, title: change.texts.page },
      {
        placeholder: vscode.l10n.t('Check what will be done; nothing has been changed yet'),
        load: async (show, signal) => {
          const inspections = new Map(plan?.steps.map(({ requirement, inspection }) => [requirement.id, inspection]));
          const paint = () => show(rowsOf(change, inspections, plan, position));
          paint();
          plan ??= await change.plan(azure, {
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
      },
    );
    if (answer.kind !== 'value') return answer;
    switch (answer.value) {
      case 'apply':
        if (plan?.canApply) return { kind: 'apply', change, plan };
        break;
      case 'script':
        await showExport(services, change, 'bash');
        break;
      case 'export':
        await showExport(services, change, await askLanguage(services.memento));
        break;
      case 'feature':
        change = change.setUp?.withFeature() ?? change;
        plan = undefined;
        break;
      case 'back':
        return { kind: 'back' };
      case 'cancel':
        return { kind: 'cancelled' };
    }
  }
}

/** The link as code, in a document. */
async function showExport(
  services: Pick<Services, 'documents'>,
  { setUp }: Change,
  language: ExportLanguage | undefined,
): Promise<void> {
  if (!setUp || !language) return;
  const { exportScript } = await import('../../provisioning/export/exportScript.ts');
  await openExport(services, exportScript(setUp.link, language), armIdName(setUp.link.downstream.id));
}

function rowsOf(
  change: Change,
  inspections: ReadonlyMap<string, Inspection>,
  plan: Plan | undefined,
  position: Position,
): Row<Choice>[] {
  return [
    ...startRows(change, plan),
    ...(change.setUp ? exportRows() : []),
    ...(position.canGoBack
      ? [{ label: `$(arrow-left) ${vscode.l10n.t('Back')}`, value: 'back' as const, alwaysShow: true }]
      : []),
    cancelRow(),
    ...findingRows(plan, 'blocking'),
    separator(vscode.l10n.t('Steps')),
    ...(plan?.steps.map(({ requirement }) => requirement) ?? change.requirements).flatMap((requirement) =>
      stepRows(requirement, inspections.get(requirement.id)),
    ),
    ...findingRows(plan, 'warning'),
    ...(change.setUp ? featureRows(plan) : []),
  ];
}

function exportRows(): Row<Choice>[] {
  return [
    { label: `$(terminal) ${vscode.l10n.t('Show as az Commands')}`, value: 'script', alwaysShow: true },
    {
      label: `$(file-code) ${vscode.l10n.t('Export…')}`,
      detail: vscode.l10n.t('As az commands, Bicep, ARM template or Terraform'),
      value: 'export',
      alwaysShow: true,
    },
  ];
}

/** The row that begins, or why there is none. */
function startRows({ texts }: Change, plan: Plan | undefined): Row<Choice>[] {
  if (!plan) return [note('loading~spin', vscode.l10n.t('Checking what is there…'))];
  const toDo = plan.steps.filter(({ inspection }) => inspection.verdict === 'missing').length;
  if (plan.canApply) {
    const detail =
      toDo === 0
        ? vscode.l10n.t('Everything is in place already: nothing will be changed')
        : toDo === 1
          ? vscode.l10n.t('1 step to do')
          : vscode.l10n.t('{0} steps to do', toDo);
    return [{ label: `$(play) ${texts.start}`, detail, value: 'apply', alwaysShow: true }];
  }
  const blocked =
    plan.steps.filter(({ inspection }) => isBlocked(inspection)).length +
    plan.findings.filter(({ severity }) => severity === 'blocking').length;
  return [
    {
      ...note(
        'circle-slash',
        texts.blocked,
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
    ? [separator(vscode.l10n.t('Blocked by')), ...findings.flatMap((finding) => textRows('error', wordsOf(finding)))]
    : [separator(vscode.l10n.t('Warnings')), ...findings.flatMap((finding) => textRows('warning', wordsOf(finding)))];
}

function wordsOf({ reason, next }: Finding): string {
  return [reason, next].filter(Boolean).join(' ');
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
