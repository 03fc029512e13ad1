import * as l10n from '@vscode/l10n';
import { codeSpan, escapeMarkdown } from '../../../common/markdown.ts';
import { applyChanges, createPositions, type LineAndCharacter } from '../../../files/text/positions.ts';
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
        .map((move) => `${place(move)}: ${codeSpan(move.found.written)} → ${codeSpan(writtenNow(move))}`),
    );
  return [
    `# ${escapeMarkdown(moveTitle(outcome))}`,
    `${now.date.toLocaleString(now.language)}. ${escapeMarkdown(l10n.t('Scanned files: {0}.', filesRead))} ${summary(outcome)}`,
    ...(hasAny(outcome, 'changed', 'partly') ? [signIn(plan.downstream.loginServer)] : []),
    ...moved(l10n.t('Changed'), 'changed'),
    ...moved(l10n.t('Partially applied: please review'), 'partly'),
    ...moved(l10n.t('File changed meanwhile: please review'), 'unclear'),
    ...moved(l10n.t('Skipped: not confirmed in the preview'), 'declined'),
    ...moved(l10n.t('Skipped: file changed or removed since the scan'), 'outdated'),
    ...leftSections(outcome, place),
    ...section(
      l10n.t('Not scanned'),
      skipped.map(({ path, reason }) => `${codeSpan(path)}: ${escapeMarkdown(reason)}`),
    ),
    `${escapeMarkdown(l10n.t('Names built from values outside the file are not changed.'))}\n`,
  ].join('\n\n');
}

/** What the report is called. */
export function moveTitle(outcome: MoveOutcome): string {
  const { name } = outcome.plan.downstream;
  return isUnchanged(outcome) ? l10n.t('No images moved to {0}', name) : l10n.t('Images moved to {0}', name);
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
  if (changed.length === 0) return escapeMarkdown(l10n.t('Could not tell which references were changed.'));
  const files = new Set(changed.map(({ file }) => file)).size;
  return escapeMarkdown(
    [
      l10n.t('Changed: {0}.', countInWords(changed.length, files)),
      saved ? l10n.t('All files are saved.') : l10n.t('Some files are not saved yet: use "Save All".'),
      files > 1 ? l10n.t('"Undo" in any of them undoes all.') : l10n.t('"Undo" in the file undoes it.'),
    ].join(' '),
  );
}

/** A move changes names only, not what signs in to where they lead. */
function signIn(loginServer: string): string {
  return escapeMarkdown(
    l10n.t('Clients must be signed in to {0}; credentials in files and pipelines were not changed.', loginServer),
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
      else if (!chosen.has(key)) leave(l10n.t('Not chosen.'), reference);
      else leave(l10n.t('{0} has no rule for it, and none was created.', plan.downstream.name), reference);
    }
  }
  return [
    ...(reasons.size > 0 ? [`## ${l10n.t('Not changed')}`] : []),
    ...[...reasons].flatMap(([reason, lines]) => [escapeMarkdown(reason), bounded(lines)]),
    ...section(l10n.t('Cached already'), cached),
  ];
}

function lineOf(reference: ResolvedReference, place: Place): string {
  return `${place(reference)}: ${codeSpan(reference.found.written)}`;
}

/** What stands there now; the whole name where its parts stand apart. */
function writtenNow({ file, found, target, changes }: Move): string {
  const { start, end } = found.range;
  if (changes.every(({ range }) => range.start >= start && range.end <= end)) {
    const within = changes.map(({ range, text }) => ({
      range: { start: range.start - start, end: range.end - start },
      text,
    }));
    return applyChanges(file.text.slice(start, end), within);
  }
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
