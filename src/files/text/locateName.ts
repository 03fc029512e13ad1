import type { NameSite, TextRange } from '../types.ts';

/** A part of a written reference, and what it stands for. Pieces of one reference follow each other without gap or overlap. */
export interface Piece {
  readonly range: TextRange;
  /** Undefined: the file does not tell. A literal's is its text. */
  readonly value: string | undefined;
  /** Where the value itself is written if that is elsewhere and can be replaced there: a default inside `${VAR:-default}`. */
  readonly valueRange?: TextRange;
  /** Written as it is: no variable, no escape. */
  readonly literal: boolean;
}

/** A piece, and which part of the joined reference is its value. Unknown pieces take no room. */
export interface PlacedPiece {
  readonly piece: Piece;
  readonly start: number;
  readonly end: number;
}

/**
 * Where the name that `placed` begins with is written, so that it can be replaced and nothing else. `hostLength`: undefined for a short
 * name. `nameLength`: of `host/repository`.
 */
export function locateName(
  text: string,
  placed: readonly PlacedPiece[],
  hostLength: number | undefined,
  nameLength: number,
  fixedBecause: Extract<NameSite, { kind: 'fixed' }>['because'] | undefined,
): NameSite {
  const [only] = placed;
  // Nearly all references are.
  if (placed.length === 1 && only?.piece.literal) {
    const { start } = only.piece.range;
    return { kind: 'whole', range: { start, end: start + nameLength } };
  }
  const whole = writtenAt(text, placed, 0, nameLength);
  if (whole !== undefined) return { kind: 'whole', range: whole };
  if (hostLength !== undefined) {
    const registry = writtenAt(text, placed, 0, hostLength);
    const repository = writtenAt(text, placed, hostLength + 1, nameLength);
    if (registry !== undefined && repository !== undefined) {
      const onlyRepository = text.slice(repository.start, repository.end);
      const hasDefault = placed.some(({ piece }) => isDefault(piece));
      return { kind: 'split', registry, repository, ...(hasDefault && { onlyRepository }) };
    }
  }
  if (fixedBecause !== undefined) return { kind: 'fixed', because: fixedBecause };
  const instead = replaceableSpan(text, placed, nameLength);
  return instead === undefined ? { kind: 'fixed', because: 'escaped' } : { kind: 'whole', range: instead };
}

/** The one place where exactly this part of the reference is written. */
function writtenAt(text: string, placed: readonly PlacedPiece[], from: number, to: number): TextRange | undefined {
  const parts = partsIn(placed, from, to);
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined) return undefined;
  if (parts.every(({ piece }) => isAsWritten(text, piece))) {
    const start = first.piece.range.start + from - first.start;
    const end = last.piece.range.start + to - last.start;
    return end - start === to - from ? { start, end } : undefined;
  }
  const { valueRange, value } = first.piece;
  if (parts.length > 1 || valueRange === undefined) return undefined;
  if (text.slice(valueRange.start, valueRange.end) !== value) return undefined;
  return { start: valueRange.start + from - first.start, end: valueRange.start + to - first.start };
}

/** What may be replaced by the name, although it is written by variables or escapes: they make nothing but the name, and no other. */
function replaceableSpan(text: string, placed: readonly PlacedPiece[], nameLength: number): TextRange | undefined {
  const parts = partsIn(placed, 0, nameLength);
  const [first] = parts;
  const last = parts.at(-1);
  if (first === undefined || last === undefined || parts.some(({ piece }) => isDefault(piece))) return undefined;
  if (isAsWritten(text, last.piece)) {
    return { start: first.piece.range.start, end: last.piece.range.start + nameLength - last.start };
  }
  return last.end > nameLength ? undefined : { start: first.piece.range.start, end: last.piece.range.end };
}

/** A variable that is empty now counts where it stands: it may make another name tomorrow. At the name's end it belongs to the tag. */
function partsIn(placed: readonly PlacedPiece[], from: number, to: number): readonly PlacedPiece[] {
  return placed.filter(({ piece, start, end }) =>
    start === end ? !piece.literal && start >= from && start < to : start < to && end > from,
  );
}

function isAsWritten(text: string, { literal, range, value }: Piece): boolean {
  return literal && text.slice(range.start, range.end) === value;
}

/** Its value stands inside it; what is written elsewhere is a definition, and the only one. */
function isDefault({ range, valueRange }: Piece): boolean {
  return valueRange !== undefined && valueRange.start >= range.start && valueRange.end <= range.end;
}
