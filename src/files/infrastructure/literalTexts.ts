import type { Piece } from '../text/locateName.ts';
import { piecesOf, type Scope } from './expressions/evaluate.ts';
import type { CallValue, TextValue, Value } from './expressions/values.ts';
import type { FoundReference, TextRange } from '../types.ts';

/** What belongs to a reference behind the image, and is not written there. */
export function afterwards({ range: { end } }: TextValue, value: string | undefined): Piece {
  return { range: { start: end, end }, value, literal: false };
}

/** Whether it may have a host: a slash is written in it, or comes with an expression. */
export function hasSlash(value: TextValue): boolean {
  return value.text?.includes('/') ?? true;
}

export function isWithin(inner: Value, outer: Value): boolean {
  return inner.extent.start > outer.extent.start || inner.extent.end < outer.extent.end;
}

/** A text that stands alone in brackets: `[string('…')]`. */
export function isArmExpression({ range: { start, end } }: TextValue, pieces: readonly Piece[] = []): boolean {
  const [only] = pieces;
  return pieces.length === 1 && only?.literal === false && only.range.start === start && only.range.end === end;
}

/** A text that names its host, and no range of addresses. */
export function mayBeImage({ image: { host, repository } }: FoundReference): boolean {
  const isAddresses = /^\d{1,2}$/.test(repository) && /^(?:\d{1,3}\.){3}\d{1,3}$/.test(host ?? '');
  return host?.includes('.') === true && !isAddresses;
}

export function hasNoVersion({ image: { tag, digest }, openTag }: FoundReference): boolean {
  return tag === undefined && digest === undefined && !openTag;
}

const dockerSign = 'docker|';

export function isBehindDocker(value: TextValue): boolean {
  const text = value.text ?? value.parts[0]?.text;
  return text?.[dockerSign.length - 1] === '|' && text.slice(0, dockerSign.length).toLowerCase() === dockerSign;
}

/** What is behind `DOCKER|`; of `COMPOSE|` and of runtimes nothing is an image. */
export function behindDocker([first, ...others]: readonly Piece[] = []): Piece[] | undefined {
  if (!first?.value?.toLowerCase().startsWith(dockerSign)) return undefined;
  // What is not literal keeps its range, so that something is left to point to.
  const range = first.literal ? { start: first.range.start + dockerSign.length, end: first.range.end } : first.range;
  const rest: Piece = { range, value: first.value.slice(dockerSign.length), literal: first.literal };
  return range.end > range.start ? [rest, ...others] : others;
}

/** The whole call is where it is written; its pieces share that room, as they have none of their own. */
export function callPieces(call: CallValue, scope: Scope): Piece[] | undefined {
  const extent = call.extent;
  const pieces = piecesOf(call, scope)?.slice(0, extent.end - extent.start);
  return pieces?.map(({ text }, index): Piece => {
    const start = extent.start + index;
    const end = index === pieces.length - 1 ? extent.end : start + 1;
    return { range: { start, end }, value: text, literal: false };
  });
}

/** Where in a range something is written first. */
export function writtenIn(text: string, { start, end }: TextRange, wanted: string): TextRange | undefined {
  const at = text.slice(start, end).indexOf(wanted);
  return at < 0 ? undefined : { start: start + at, end: start + at + wanted.length };
}
