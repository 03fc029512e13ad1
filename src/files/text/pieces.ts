import { isRegistryHost, parseImageReference } from '../../domain/imageReference.ts';
import { locateName, type Piece, type PlacedPiece } from './locateName.ts';
import type { FoundReference, NameSite, ReferenceUsage, TextRange } from '../types.ts';

export interface PieceContext {
  readonly usage: ReferenceUsage;
  readonly certain?: boolean;
  readonly uses?: readonly TextRange[];
  /**
   * Why a name that is neither literal nor has a `valueRange` cannot be replaced. Absent: what stands for the name may be replaced by
   * the name itself, if it stands for nothing else.
   */
  readonly fixedBecause?: Extract<NameSite, { kind: 'fixed' }>['because'] | undefined;
}

/** A piece that is written as it is. `range` is inside `text`. */
export function literalPiece(text: string, range: TextRange): Piece {
  return { range, value: text.slice(range.start, range.end), literal: true };
}

/** Longer than any reference: what joins to more is none. */
const maxJoinedLength = 2048;

/** All characters of references, in any casing; most strings of a file that are none have another one. */
const possible = /^[\w./:@[\]-]+$/;
const possibleEnd = /^[\w.:@-]*$/;

/**
 * The reference that pieces make together. Undefined if that is none by `parseImageReference`, or if host or repository depends on
 * something unknown. Unknown parts of tag or digest make it `openTag`.
 */
export function readReference(
  text: string,
  pieces: readonly Piece[],
  context: PieceContext,
): FoundReference | undefined {
  const range = spanOf(text, pieces);
  if (range === undefined) return undefined;
  const joined = join(pieces);
  if (joined === undefined || !possible.test(joined.value)) return undefined;
  const { value, placed, unknownAt } = joined;
  const nameEnd = endOfName(value);
  // At its end too: the unknown may go on with the name.
  if (unknownAt !== undefined && unknownAt <= nameEnd) return undefined;
  const openTag = unknownAt !== undefined;
  // `upstream.example:$PORT_AND_PATH` is a host, as far as anybody can tell.
  if (openTag && (!possibleEnd.test(value.slice(nameEnd)) || isRegistryHost(value.slice(0, nameEnd)))) return undefined;
  const parsed = parseImageReference(openTag ? value.slice(0, nameEnd) : value);
  if (!parsed.ok) return undefined;
  const image = parsed.value;
  return {
    range,
    written: text.slice(range.start, range.end),
    uses: context.uses ?? [],
    usage: context.usage,
    image,
    openTag,
    certain: context.certain ?? true,
    name: locateName(text, placed, image.host?.length, nameEnd, context.fixedBecause),
  };
}

/** From the first piece to the last; undefined if that is empty or not in the text. */
function spanOf(text: string, pieces: readonly Piece[]): TextRange | undefined {
  const start = pieces[0]?.range.start ?? 0;
  const end = pieces.at(-1)?.range.end ?? 0;
  return start >= 0 && start < end && end <= text.length ? { start, end } : undefined;
}

function join(pieces: readonly Piece[]) {
  let value = '';
  let unknownAt: number | undefined;
  const placed = pieces.map((piece): PlacedPiece => {
    const start = value.length;
    if (piece.value === undefined) unknownAt ??= start;
    else if (value.length <= maxJoinedLength) value += piece.value;
    return { piece, start, end: value.length };
  });
  return value.length > maxJoinedLength ? undefined : { value, placed, unknownAt };
}

/** Where tag or digest begins: a colon before the last slash belongs to the host. */
function endOfName(reference: string): number {
  const at = reference.indexOf('@');
  const named = at < 0 ? reference : reference.slice(0, at);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  return colon < 0 ? named.length : colon;
}
