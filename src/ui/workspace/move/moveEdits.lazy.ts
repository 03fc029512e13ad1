import { nameChanges } from '../../../files/rename.ts';
import { withUniformLines } from '../../../files/text/positions.ts';
import type { TextChange } from '../../../files/types.ts';
import type { ResolvedReference } from '../scan/references.lazy.ts';
import type { ScannedFile } from '../scan/scan.lazy.ts';
import { canMove, repositoriesOf, type MovePlan } from './movePlan.lazy.ts';

/** A reference that gets another name. */
export interface Move extends ResolvedReference {
  readonly target: { readonly host: string; readonly repository: string };
  readonly changes: readonly TextChange[];
}

/** What is to be changed in one file. */
export interface FileMoves {
  readonly file: ScannedFile;
  readonly moves: readonly Move[];
  /** Of all moves: in the order of the text, each once, none overlapping another. */
  readonly changes: readonly TextChange[];
}

export interface MoveEdits {
  readonly files: readonly FileMoves[];
  /** Chosen and mapped, but where it stands it cannot be changed, or only against another change. */
  readonly contradicting: readonly ResolvedReference[];
}

/** The edits for the chosen repositories that a rule of the downstream serves. Pure. @param chosen keys of repositories */
export function moveEdits(plan: MovePlan, chosen: ReadonlySet<string>): MoveEdits {
  const files = new Map<ScannedFile, { moves: Move[]; changes: readonly TextChange[] }>();
  const contradicting: ResolvedReference[] = [];
  for (const one of repositoriesOf(plan)) {
    if (!chosen.has(one.key) || !canMove(one) || one.way.kind !== 'served') continue;
    const { host, repository } = one.way.use.image;
    for (const placed of one.movable) {
      const known = files.get(placed.file) ?? { moves: [], changes: [] };
      const changes = nameChanges(placed.found, { host, repository });
      const joined = changes && joinChanges(known.changes, changes);
      if (!joined) {
        contradicting.push(placed);
        continue;
      }
      files.set(placed.file, known);
      known.moves.push({ ...placed, target: { host, repository }, changes });
      known.changes = joined;
    }
  }
  return {
    files: [...files].map(([file, { moves, changes }]) => ({
      file,
      moves: moves.sort((a, b) => a.found.range.start - b.found.range.start),
      changes,
    })),
    contradicting,
  };
}

/** Both in the order of the text, the same change once. Undefined if one contradicts another: they would overlap. */
export function joinChanges(
  known: readonly TextChange[],
  more: readonly TextChange[],
): readonly TextChange[] | undefined {
  let joined = known;
  for (const change of more) {
    const at = joined.findLastIndex(({ range }) => range.start <= change.range.start) + 1;
    const [before, after] = [joined[at - 1], joined[at]];
    if (before && isSame(before, change)) continue;
    // Two insertions at one place have no order.
    const isTaken = before && (change.range.start < before.range.end || change.range.start === before.range.start);
    if (isTaken || (after && after.range.start < change.range.end)) return undefined;
    joined = joined.toSpliced(at, 0, change);
  }
  return joined;
}

function isSame(a: TextChange, b: TextChange): boolean {
  return a.range.start === b.range.start && a.range.end === b.range.end && a.text === b.text;
}

/**
 * Which of the changes a text has seen: in the preview each can be left out. Undefined if it is not the text with some of them.
 * How lines end does not matter: VS Code makes the ends of a file's lines alike.
 * @param changes in the order of `before`, none overlapping another
 */
export function appliedChanges(
  before: string,
  after: string,
  changes: readonly TextChange[],
): readonly boolean[] | undefined {
  const text = withUniformLines(after);
  const keptBefore = (index: number): string =>
    withUniformLines(before.slice(changes[index - 1]?.range.end ?? 0, changes[index]?.range.start ?? before.length));
  const applied: boolean[] = [];
  let kept = keptBefore(0);
  if (!text.startsWith(kept)) return undefined;
  let at = kept.length;
  for (const [index, change] of changes.entries()) {
    kept = keptBefore(index + 1);
    const original = withUniformLines(before.slice(change.range.start, change.range.end));
    const forms = [change.text, original];
    const form = forms.find((one) => text.startsWith(one, at) && text.startsWith(kept, at + one.length));
    if (form === undefined) return undefined;
    applied.push(form === change.text);
    at += form.length + kept.length;
  }
  return at === text.length ? applied : undefined;
}
