import * as vscode from 'vscode';
import { type Answer, type Frame, type Row, separator } from '../../pages/quickInput.ts';
import { note, rowsWithText } from '../../pages/lines.ts';
import { chooseToggled, switchRows, type ToggleChoice } from '../../pages/toggles.ts';
import { stateInWords } from '../../shared/ruleVerdict.ts';
import { canMove, type MoveGroup, type MovePlan, type MoveRepository, repositoriesOf } from './movePlan.lazy.ts';
import { whyKept } from '../keptNames.ts';
import { obstacleInWords, usesInWords } from './moveWords.lazy.ts';

/** What is chosen at first: all that can be moved, unless the rule for it has problems. */
export function chosenAtFirst(plan: MovePlan): ReadonlySet<string> {
  return new Set(
    repositoriesOf(plan)
      .filter((one) => canMove(one) && !isBroken(one))
      .map(({ key }) => key),
  );
}

/**
 * Every repository that the workspace names, below its registry: rows that can be moved are switched between moving and leaving,
 * the others say why not and do nothing.
 * @param chosen keys of repositories; kept up to date, so that going back loses nothing
 */
export function chooseRepositories(
  frame: Frame,
  plan: MovePlan,
  chosen: Set<string>,
): Promise<Answer<ReadonlySet<string>>> {
  return chooseToggled(frame, {
    placeholder: vscode.l10n.t('Choose a row to switch it between Move and Leave; nothing has been changed yet'),
    selected: chosen,
    rows: () => [continueRow(plan, chosen), ...plan.groups.flatMap((group) => groupRows(plan, group, chosen))],
    matchOnDetail: true,
  });
}

/** Not a choice while nothing is to be moved. */
function continueRow(plan: MovePlan, chosen: ReadonlySet<string>): Row<ToggleChoice> {
  const moving = repositoriesOf(plan).filter((one) => chosen.has(one.key) && canMove(one));
  if (moving.length === 0) {
    const words = repositoriesOf(plan).some(canMove)
      ? vscode.l10n.t('Choose something to move first')
      : vscode.l10n.t('Nothing here can be moved to {0}', plan.downstream.name);
    return { ...note('circle-slash', words), alwaysShow: true };
  }
  const needed = moving.filter(({ way }) => way.kind === 'newRule').length;
  return {
    label: `$(arrow-swap) ${
      moving.length === 1
        ? vscode.l10n.t('Move 1 Repository to {0}…', plan.downstream.name)
        : vscode.l10n.t('Move {0} Repositories to {1}…', moving.length, plan.downstream.name)
    }`,
    detail:
      needed === 0
        ? vscode.l10n.t('The changes are shown before they are made.')
        : needed === 1
          ? vscode.l10n.t('Sets up the rule that is missing first; the changes are shown before they are made.')
          : vscode.l10n.t(
              'Sets up the {0} rules that are missing first; the changes are shown before they are made.',
              needed,
            ),
    value: 'continue',
    alwaysShow: true,
  };
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
      label: `$(checklist) ${all ? vscode.l10n.t('Leave All of {0}', host) : vscode.l10n.t('Move All of {0}', host)}`,
      value: { toggle: movable },
    });
  }
  return [...rows, ...repositories.flatMap((one) => repositoryRows(plan, one, chosen.has(one.key)))];
}

function repositoryRows({ downstream }: MovePlan, one: MoveRepository, isChosen: boolean): Row<ToggleChoice>[] {
  const { key, host, repository, way, fixed } = one;
  const name = `${host}/${repository}`;
  const uses = usesInWords(one);
  if (way.kind === 'cached') {
    const by = vscode.l10n.t('by the rule {0}', way.served.match.rule.name);
    return rowsWithText('pass', vscode.l10n.t('Cached already: {0}', name), uses, by);
  }
  if (way.kind === 'impossible') {
    const reason = obstacleInWords(way.obstacle, downstream.name);
    return rowsWithText('circle-slash', vscode.l10n.t('Stays: {0}', name), uses, reason);
  }
  const [firstFixed] = fixed;
  if (!canMove(one)) {
    const reason = firstFixed ? whyKept(firstFixed.found.name) : '';
    return rowsWithText('circle-slash', vscode.l10n.t('Stays: {0}', name), uses, reason);
  }
  const state = isChosen ? vscode.l10n.t('Move: {0}', name) : vscode.l10n.t('Leave: {0}', name);
  const rest = firstFixed ? ` ${vscode.l10n.t('{0} stay: {1}', fixed.length, whyKept(firstFixed.found.name))}` : '';
  return switchRows(key, isChosen, state, uses, `${wayInWords(one, downstream.name)}${rest}`);
}

function wayInWords({ way }: MoveRepository, downstreamName: string): string {
  if (way.kind !== 'served') return vscode.l10n.t('by a new rule of {0}', downstreamName);
  const { host, repository } = way.use.image;
  const { rule } = way.use.match;
  const state = stateInWords(rule, way.use.known);
  return way.use.broken
    ? vscode.l10n.t('becomes {0}/{1}, by the rule {2} ({3}: diagnose it first)', host, repository, rule.name, state)
    : vscode.l10n.t('becomes {0}/{1}, by the rule {2} ({3})', host, repository, rule.name, state);
}

function isBroken({ way }: MoveRepository): boolean {
  return way.kind === 'served' && way.use.broken;
}
