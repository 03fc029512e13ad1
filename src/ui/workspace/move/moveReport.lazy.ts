import * as l10n from '@vscode/l10n';
import { codeSpan, escapeMarkdown } from '../../../common/markdown.ts';
import { createPositions, type LineAndCharacter } from '../../../files/text/positions.ts';
import { whyKept } from '../keptNames.ts';
import type { ResolvedReference } from '../scan/references.lazy.ts';
import type { ScannedFile, WorkspaceScan } from '../scan/scan.lazy.ts';
import type { AppliedMoves, Outcome } from './moveApply.lazy.ts';
import type { Move } from './moveEdits.lazy.ts';
import { type MovePlan, repositoriesOf } from './movePlan.lazy.ts';
import { countInWords, obstacleInWords } from './moveWords.lazy.ts';

/** What a move came to. */
export interface MoveOutcome extends AppliedMoves, Pick<WorkspaceScan, 'filesRead' | 'skipped'> {
  /** As it was after all rules were there. */
  readonly plan: MovePlan;
  /** Keys of the repositories that were chosen. */
  readonly chosen: ReadonlySet<string>;
  readonly contradicting: readonly ResolvedReference[];
}

/** Lines of one list; the rest is counted. */
const maxLines = 500;

/** What was changed where, and what was left and why, as Markdown. Everything from files is shown as it is, never as markup. */
export function moveReport(outcome: MoveOutcome, now: { readonly date: Date; readonly language: string }): string {
  const { plan, moves, filesRead, skipped } = outcome;
  const place = createPlaces();
  const moved = (title: string, wanted: Outcome): string[] =>
    section(
      title,
      moves
        .filter((one) => one.outcome === wanted)
        .map((move) => `${place(move)}: ${codeSpan(move.found.written)} → ${codeSpan(nameOf(move))}`),
    );
  return [
    `# ${escapeMarkdown(moveTitle(outcome))}`,
    `${now.date.toLocaleString(now.language)}. ${escapeMarkdown(l10n.t('{0} files were looked at.', filesRead))} ${summary(outcome)}`,
    ...(hasAny(outcome, 'changed', 'partly') ? [signIn(plan.downstream.loginServer)] : []),
    ...moved(l10n.t('Changed'), 'changed'),
    ...moved(l10n.t('Only partly applied: look at it'), 'partly'),
    ...moved(l10n.t('The file was changed meanwhile: look at it'), 'unclear'),
    ...moved(l10n.t('Left: not applied in the preview'), 'declined'),
    ...moved(l10n.t('Left: the file was changed or removed meanwhile'), 'outdated'),
    ...leftSections(outcome, place),
    ...section(
      l10n.t('Not looked at'),
      skipped.map(({ path, reason }) => `${codeSpan(path)}: ${escapeMarkdown(reason)}`),
    ),
    `${escapeMarkdown(l10n.t('Names that depend on something outside their file are not references here and stay as they are.'))}\n`,
  ].join('\n\n');
}

/** What the report is called. */
export function moveTitle(outcome: MoveOutcome): string {
  const { name } = outcome.plan.downstream;
  return isUnchanged(outcome) ? l10n.t('Nothing moved to {0}', name) : l10n.t('Workspace moved to {0}', name);
}

function isUnchanged(outcome: AppliedMoves): boolean {
  return !hasAny(outcome, 'changed', 'partly', 'unclear');
}

function hasAny({ moves }: AppliedMoves, ...wanted: readonly Outcome[]): boolean {
  return moves.some(({ outcome }) => wanted.includes(outcome));
}

function summary({ moves, saved }: AppliedMoves): string {
  if (isUnchanged({ moves, saved })) return escapeMarkdown(l10n.t('Nothing was changed.'));
  const changed = moves.filter(({ outcome }) => outcome === 'changed');
  if (changed.length === 0) return escapeMarkdown(l10n.t('No reference was changed for certain.'));
  const files = new Set(changed.map(({ file }) => file)).size;
  return escapeMarkdown(
    [
      l10n.t('Changed: {0}.', countInWords(changed.length, files)),
      saved
        ? l10n.t('The files are saved.')
        : l10n.t('Files that are not saved yet are marked in their tabs; "Save All" saves them.'),
      files > 1 ? l10n.t('"Undo" in any of them takes it back in all.') : l10n.t('"Undo" in the file takes it back.'),
    ].join(' '),
  );
}

/** A move changes names only, not what signs in to where they lead. */
function signIn(loginServer: string): string {
  return escapeMarkdown(
    l10n.t('Whoever pulls must be signed in to {0}; sign-in data in files and pipelines was not changed.', loginServer),
  );
}

/** What no edit was made for, by reason. */
function leftSections({ plan, chosen, contradicting, moves }: MoveOutcome, place: Place): string[] {
  const done = new Set(moves.map(({ found }) => found));
  const cached: string[] = [];
  const reasons = new Map<string, string[]>();
  const leave = (reason: string, reference: ResolvedReference): void => {
    const lines = reasons.get(reason) ?? [];
    reasons.set(reason, lines);
    lines.push(lineOf(reference, place));
  };
  for (const reference of contradicting) {
    done.add(reference.found);
    leave(whyKept(reference.found.name), reference);
  }
  for (const { key, way, movable, fixed } of repositoriesOf(plan)) {
    for (const reference of [...movable, ...fixed]) {
      const { name } = reference.found;
      if (done.has(reference.found)) continue;
      if (way.kind === 'cached') cached.push(lineOf(reference, place));
      else if (way.kind === 'impossible') leave(obstacleInWords(way.obstacle, plan.downstream.name), reference);
      else if (name.kind === 'fixed') leave(whyKept(name), reference);
      else if (!chosen.has(key)) leave(l10n.t('It was not chosen.'), reference);
      else leave(l10n.t('{0} has no rule for it: none was made.', plan.downstream.name), reference);
    }
  }
  return [
    ...(reasons.size > 0 ? [`## ${l10n.t('Left')}`] : []),
    ...[...reasons].flatMap(([reason, lines]) => [escapeMarkdown(reason), bounded(lines)]),
    ...section(l10n.t('Pulled through a cache already'), cached),
  ];
}

function lineOf(reference: ResolvedReference, place: Place): string {
  return `${place(reference)}: ${codeSpan(reference.found.written)}`;
}

function nameOf({ found, target }: Move): string {
  const tag = found.image.tag === undefined ? '' : `:${found.image.tag}`;
  const digest = found.image.digest === undefined ? '' : `@${found.image.digest}`;
  return `${target.host}/${target.repository}${tag}${digest}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, bounded(lines)];
}

function bounded(lines: readonly string[]): string {
  const shown = lines.slice(0, maxLines).map((line) => `- ${line}`);
  const rest = lines.length - shown.length;
  return [...shown, ...(rest > 0 ? [`- ${l10n.t('And {0} more.', rest)}`] : [])].join('\n');
}

type Place = (reference: ResolvedReference) => string;

/** `path:line`, the lines of each file counted once. */
function createPlaces(): Place {
  const files = new Map<ScannedFile, (offset: number) => LineAndCharacter>();
  return ({ file, found }) => {
    const positionAt = files.get(file) ?? createPositions(file.text);
    files.set(file, positionAt);
    return codeSpan(`${file.path}:${positionAt(found.range.start).line + 1}`);
  };
}
