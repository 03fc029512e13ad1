import * as l10n from '@vscode/l10n';
import { codeSpan, escapeMarkdown, list } from '../../../common/markdown.ts';
import { whyKept } from '../keptNames.ts';
import { canMove, type MovePlan, type MoveRepository, repositoriesOf } from './movePlan.lazy.ts';
import { usesInWords, wayInWords } from './moveWords.lazy.ts';

/** Of one list; the rest is counted. */
const maxLines = 200;

export function movePlanTitle({ downstream }: MovePlan): string {
  return l10n.t('Plan to use cached images of {0}', downstream.name);
}

/** What would be moved, what is left and why, as Markdown. Everything from files is shown as it is, never as markup. */
export function movePlanDocument(plan: MovePlan, chosen: ReadonlySet<string>): string {
  const all = repositoriesOf(plan);
  const movable = all.filter(canMove);
  const isCached = ({ way }: MoveRepository) => way.kind === 'cached';
  const others = all.filter((one) => !canMove(one));
  const section = (title: string, repositories: readonly MoveRepository[]): string[] =>
    repositories.length === 0 ? [] : [`## ${title}`, lines(repositories, plan)];
  return [
    `# ${escapeMarkdown(movePlanTitle(plan))}`,
    escapeMarkdown(l10n.t('Nothing is changed before you confirm this plan.')),
    ...section(
      l10n.t('Will be moved'),
      movable.filter(({ key }) => chosen.has(key)),
    ),
    ...section(
      l10n.t('Left, as chosen'),
      movable.filter(({ key }) => !chosen.has(key)),
    ),
    ...section(
      l10n.t('Cannot be moved'),
      others.filter((one) => !isCached(one)),
    ),
    ...section(l10n.t('Cached already'), others.filter(isCached)),
  ].join('\n\n');
}

function lines(repositories: readonly MoveRepository[], { downstream }: MovePlan): string {
  const shown = repositories.slice(0, maxLines).map((one) => {
    const { host, repository, fixed } = one;
    const [first] = canMove(one) ? fixed : [];
    const words = [
      `${usesInWords(one)}; ${wayInWords(one, downstream.name)}`,
      ...(first ? [l10n.t('{0} cannot be changed: {1}', fixed.length, whyKept(first.found.name))] : []),
    ];
    return `${codeSpan(`${host}/${repository}`)}: ${escapeMarkdown(words.join(' '))}`;
  });
  const rest = repositories.length - shown.length;
  return list([...shown, ...(rest > 0 ? [escapeMarkdown(l10n.t('And {0} more.', rest))] : [])]);
}
