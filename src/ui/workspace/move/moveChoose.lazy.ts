import * as vscode from 'vscode';
import { type Answer, cancelRow, type Frame, type Row, separator } from '../../pages/quickInput.ts';
import { chooseToggled, switchRow, type ToggleChoice } from '../../pages/toggles.ts';
import { icon } from '../../shared/icon.ts';
import { canMove, type MoveGroup, type MovePlan, type MoveRepository, repositoriesOf } from './movePlan.lazy.ts';
import { wayInWords } from './moveWords.lazy.ts';

/** What is chosen at first: all that can be moved, unless the rule for it has problems. */
export function chosenAtFirst(plan: MovePlan): ReadonlySet<string> {
  return new Set(
    repositoriesOf(plan)
      .filter((one) => canMove(one) && !isBroken(one))
      .map(({ key }) => key),
  );
}

/**
 * Every repository that the workspace names, below its registry: rows that can be moved are switched between moving and leaving, the
 * others show why not.
 * @param chosen keys of repositories; kept up to date, so that going back loses nothing
 * @param showPlan opens the plan with what is chosen so far, in a document
 */
export function chooseRepositories(
  frame: Frame,
  plan: MovePlan,
  chosen: Set<string>,
  showPlan: () => Promise<boolean>,
): Promise<Answer<ReadonlySet<string>>> {
  const movingNow = () => repositoriesOf(plan).filter((one) => chosen.has(one.key) && canMove(one));
  return chooseToggled(frame, {
    placeholder: vscode.l10n.t('Choose a row to switch it between Move and Leave'),
    selected: chosen,
    rows: () => [
      ...continueRows(plan, movingNow()),
      cancelRow(),
      ...plan.groups.flatMap((group) => groupRows(plan, group, chosen)),
    ],
    notice: () => noticeOf(plan, movingNow().length),
    showPlan,
    matchOnDetail: true,
  });
}

function noticeOf(plan: MovePlan, moving: number): string {
  if (moving > 0) return vscode.l10n.t('Nothing has been changed yet.');
  return repositoriesOf(plan).some(canMove)
    ? vscode.l10n.t('Choose something to move first.')
    : vscode.l10n.t('Nothing here can be moved to {0}.', plan.downstream.name);
}

/** None while nothing is to be moved. */
function continueRows({ downstream }: MovePlan, moving: readonly MoveRepository[]): Row<ToggleChoice>[] {
  if (moving.length === 0) return [];
  const needed = moving.filter(({ way }) => way.kind === 'newRule').length;
  return [
    {
      iconPath: icon('arrow-swap'),
      label:
        moving.length === 1
          ? vscode.l10n.t('Move 1 Repository to {0}…', downstream.name)
          : vscode.l10n.t('Move {0} Repositories to {1}…', moving.length, downstream.name),
      detail: nextInWords(needed),
      value: 'continue',
      alwaysShow: true,
    },
  ];
}

function nextInWords(newRules: number): string {
  if (newRules === 0) return vscode.l10n.t('You will see the changes before they are made.');
  return newRules === 1
    ? vscode.l10n.t('First sets up 1 missing rule, then shows the changes.')
    : vscode.l10n.t('First sets up {0} missing rules, then shows the changes.', newRules);
}

function groupRows(
  plan: MovePlan,
  { host, repositories }: MoveGroup,
  chosen: ReadonlySet<string>,
): Row<ToggleChoice>[] {
  const movable = repositories.filter(canMove).map(({ key }) => key);
  const rows: Row<ToggleChoice>[] = [separator(host)];
  if (movable.length > 1) {
    const all = movable.every((key) => chosen.has(key));
    rows.push({
      iconPath: icon('checklist'),
      label: all ? vscode.l10n.t('Leave All of {0}', host) : vscode.l10n.t('Move All of {0}', host),
      value: { toggle: movable },
    });
  }
  return [...rows, ...repositories.map((one) => repositoryRow(plan, one, chosen.has(one.key)))];
}

function repositoryRow({ downstream }: MovePlan, one: MoveRepository, isChosen: boolean): Row<ToggleChoice> {
  const { key, host, repository, way } = one;
  const name = `${host}/${repository}`;
  const count = one.movable.length + one.fixed.length;
  const detail = [
    count === 1 ? vscode.l10n.t('1 reference') : vscode.l10n.t('{0} references', count),
    ...(canMove(one) && one.fixed.length > 0 ? [vscode.l10n.t('{0} cannot be changed', one.fixed.length)] : []),
    wayInWords(one, downstream.name),
  ].join(' · ');
  if (canMove(one)) {
    const label = isChosen ? vscode.l10n.t('Move: {0}', name) : vscode.l10n.t('Leave: {0}', name);
    return switchRow(key, isChosen, label, '', detail);
  }
  const isCached = way.kind === 'cached';
  return {
    iconPath: isCached ? icon('pass', 'passed') : icon('circle-slash'),
    label: isCached ? vscode.l10n.t('Cached: {0}', name) : vscode.l10n.t('Left: {0}', name),
    detail,
    value: 'plan',
  };
}

function isBroken({ way }: MoveRepository): boolean {
  return way.kind === 'served' && way.use.broken;
}
