import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import type { Problem } from '../../domain/parsed.ts';
import type { CacheLink, Plan } from '../../provisioning/types.ts';
import { armIdName } from '../../domain/armId.ts';
import { askLanguage } from '../export/languages.lazy.ts';
import { openExport } from '../export/openExport.lazy.ts';
import type { Services } from '../services/services.ts';
import type { Position } from '../pages/flow.ts';
import { showBeside, untilBack } from '../pages/leftPage.ts';
import { pick } from '../pages/pick.ts';
import type { PageButton, Row } from '../pages/quickInput.ts';
import { documentScheme } from '../documents/documents.ts';
import type { Change, ReviewAnswer } from './change.ts';
import { planMarkdown } from './planDocument.ts';
import { concernRows, type PlanChoice, startRow, stepRows } from './planRows.ts';

/** A review whose page also has rows of its own, by which the change is made another one. */
export interface Review<T extends object> {
  readonly title: string;
  readonly canGoBack: boolean;
  /** Whether it is a setup, which can be exported as code. */
  readonly isSetUp: boolean;
  /**
   * What is reviewed; undefined while something has to be said before, which the rows ask for. Called when the page is shown, and may
   * take time.
   */
  change(): Promise<Change | undefined> | Change | undefined;
  /** Told to read anew what its rows say. */
  forget?(): void;
  /** Rows above the steps; the first of all where there is no change. */
  rows?(): readonly Row<T>[];
}

/** How a review ends: also by a value of one of its own rows. */
export type ReviewOutcome<T> = ReviewAnswer | { readonly kind: 'value'; readonly value: T };

/**
 * Inspects what the change needs, shows it, and lets the user decide. Writes nothing.
 */
export async function reviewChange(
  services: Pick<Services, 'memento' | 'documents'>,
  azure: Azure,
  change: Change,
  { canGoBack }: Position,
): Promise<ReviewAnswer> {
  const { choose, texts } = change;
  if (choose) return (await import('./chooseSteps.ts')).chooseSteps(azure, change, choose, { canGoBack });
  const answer = await review<never>(services, azure, {
    title: texts.page,
    canGoBack,
    isSetUp: change.setUp !== undefined,
    change: () => change,
  });
  return answer.kind === 'value' ? { kind: 'cancelled' } : answer;
}

/**
 * As `reviewChange`, of what has to be asked for first; Back leads there, unless all was said before.
 * @param ask undefined if the user left
 */
export async function askAndReview(
  services: Pick<Services, 'memento' | 'documents'>,
  azure: Azure,
  ask: () => Promise<Change | undefined>,
  canGoBack = true,
): Promise<ReviewAnswer> {
  for (;;) {
    const change = await ask();
    if (!change) return { kind: 'cancelled' };
    const answer = await reviewChange(services, azure, change, { canGoBack });
    if (answer.kind !== 'back') return answer;
  }
}

/** What the page answers: a plan's row, an export, or a row of the page itself. */
type Choice<T> = PlanChoice | 'export' | T;

/** What is known so far. */
interface Reviewed {
  readonly change?: Change;
  readonly plan?: Plan;
}

/** Why what was chosen cannot be done yet; undefined: it can. */
function whyNotYet<T>(value: Choice<T>, { change, plan }: Reviewed, isReading: boolean): Problem | undefined {
  if (typeof value === 'object' || plan || (value === 'export' && change)) return undefined;
  return isReading
    ? { code: 'review.reading', message: vscode.l10n.t('Azure is still being read. Wait for the plan.') }
    : { code: 'review.noPlan', message: vscode.l10n.t('There is no plan yet. Start with the first row.') };
}

/** As `reviewChange`, for a page with rows of its own. */
export async function review<T extends object>(
  services: Pick<Services, 'memento' | 'documents'>,
  azure: Azure,
  page: Review<T>,
): Promise<ReviewOutcome<T>> {
  let reviewed: Reviewed = {};
  let isWithFeature = false;
  let isReading = false;
  for (;;) {
    const answer = await pick<Choice<T>>(page, {
      placeholder: vscode.l10n.t('Choose a row to change it; nothing has been changed yet'),
      matchOnDetail: false,
      buttons: buttonsOf<T>(page.isSetUp, () => {
        reviewed = {};
        page.forget?.();
      }),
      async load(show, signal) {
        // Not more often: a click is lost on rows that are replaced under it.
        const paint = () => show(rowsOf(page, reviewed));
        paint();
        let { change, plan } = reviewed;
        isReading = true;
        try {
          change ??= await page.change();
          if (isWithFeature) change = change?.setUp?.withFeature() ?? change;
          reviewed = { change };
          paint();
          plan ??= await change?.plan(azure, { signal });
          reviewed = { change, plan };
        } finally {
          isReading = false;
        }
        paint();
      },
      accept: (value) => whyNotYet(value, reviewed, isReading),
    });
    if (answer.kind !== 'value') return answer;
    const { value } = answer;
    const { change, plan } = reviewed;
    if (typeof value === 'object') return { kind: 'value', value };
    if (value === 'apply' && change && plan?.canApply) return { kind: 'apply', change, plan };
    if (value === 'feature') [isWithFeature, reviewed] = [true, {}];
    if (value === 'plan' && plan && !(await showPlan(services, page.title, plan))) return { kind: 'cancelled' };
    if (value === 'export' && change?.setUp && !(await showExport(services, change.setUp.link)))
      return { kind: 'cancelled' };
  }
}

function buttonsOf<T>(isSetUp: boolean, forget: () => void): PageButton<Choice<T>>[] {
  const exportButton: PageButton<Choice<T>> = {
    icon: 'export',
    tooltip: vscode.l10n.t('Export as code'),
    run: () => ({ value: 'export' }),
  };
  return [
    {
      icon: 'refresh',
      tooltip: vscode.l10n.t('Check again'),
      run() {
        forget();
        return 'reload';
      },
    },
    {
      icon: 'open-preview',
      tooltip: vscode.l10n.t('Open the plan'),
      run: () => ({ value: 'plan' }),
    },
    ...(isSetUp ? [exportButton] : []),
  ];
}

function rowsOf<T extends object>(page: Review<T>, { change, plan }: Reviewed): Row<Choice<T>>[] {
  const own = page.rows?.() ?? [];
  if (!change) return [...own];
  return [startRow(change, plan), ...concernRows(change, plan), ...own, ...stepRows(plan)];
}

/** Whether the review is shown again after that, as below. */
function showPlan({ documents }: Pick<Services, 'documents'>, title: string, plan: Plan): Promise<boolean> {
  const uri = vscode.Uri.from({ scheme: documentScheme, path: `/${vscode.l10n.t('Plan')}.md` });
  return showBeside(documents, uri, planMarkdown(title, plan));
}

async function showExport(services: Pick<Services, 'memento' | 'documents'>, link: CacheLink): Promise<boolean> {
  const language = await askLanguage(services.memento);
  if (!language) return true;
  const { exportScript } = await import('../../provisioning/export/exportScript.ts');
  return untilBack(await openExport(services, exportScript(link, language), armIdName(link.downstream.id)));
}
