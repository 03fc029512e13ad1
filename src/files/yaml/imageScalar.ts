import type { Piece } from '../text/locateName.ts';
import { literalPiece, readReference } from '../text/pieces.ts';
import type { Scalar } from './scalars.ts';
import type { FoundReference, TextRange } from '../types.ts';
import { isText, usesOf } from './scalarReferences.ts';

/** What is longer, in UTF-16 units, is no image, whatever is to be filled in. */
const maxLength = 4096;

/** How much the place of a value says about it being an image. */
export type ImagePlace =
  /** Nothing else can stand there. */
  | 'image'
  /** A virtual machine's image or a picture may stand there too, which have neither host, folder nor tag. */
  | 'likely'
  /** Only its host can tell. */
  | 'possible';

/** The reference that a scalar is. Placeholders that something else fills in before the file is used are unknown parts. */
export function readImageScalar(
  text: string,
  scalar: Scalar,
  place: ImagePlace,
  piecesOf: (text: string, range: TextRange) => readonly Piece[] = placeholderPieces,
): FoundReference | undefined {
  const { range, value, literal } = scalar;
  if (range.end - range.start > maxLength || !isText(scalar)) return undefined;
  const pieces = literal ? piecesOf(text, range) : [{ range, value, literal }];
  const reference = readReference(text, pieces, { usage: 'image', uses: usesOf(scalar) });
  return reference && { ...reference, certain: isCertain(reference, place) };
}

/** Web pages have an `image` too. */
const picture = /\.(?:png|svg|jpe?g|gif|webp|ico)$/i;

function isCertain({ image, openTag }: FoundReference, place: ImagePlace): boolean {
  if (place !== 'likely') return place === 'image';
  if (image.tag === undefined && image.digest === undefined && !openTag && picture.test(image.repository)) return false;
  const hasMore = image.host !== undefined || image.tag !== undefined || image.digest !== undefined;
  return hasMore || openTag || image.repository.includes('/');
}

/** Of envsubst and Flux, Kubernetes' arguments and Azure Pipelines, Argo and Helm, and the Replace Tokens task. */
const placeholders = [
  ['${', '}'],
  ['$(', ')'],
  ['{{', '}}'],
  ['#{', '}#'],
] as const;

/** Cuts a literal into what is written and what is still to be filled in. */
export function placeholderPieces(text: string, { start, end }: TextRange): readonly Piece[] {
  const written = text.slice(start, end);
  if (!written.includes('{') && !written.includes('$(')) return [literalPiece(text, { start, end })];
  const pieces: Piece[] = [];
  for (let at = start; at < end;) {
    const open = nextPlaceholder(text, at, end);
    if (open.start > at) pieces.push(literalPiece(text, { start: at, end: open.start }));
    if (open.end > open.start) pieces.push({ range: open, value: undefined, literal: false });
    at = open.end;
  }
  return pieces;
}

/** An empty one at the end if there is none. What is not closed goes to the end. */
function nextPlaceholder(text: string, from: number, end: number): TextRange {
  for (let at = from; at < end; at += 1) {
    const found = placeholders.find(([open]) => text.startsWith(open, at));
    if (!found) continue;
    const [open, close] = found;
    const closed = text.indexOf(close, at + open.length);
    return { start: at, end: closed < 0 || closed >= end ? end : Math.min(end, closed + close.length) };
  }
  return { start: end, end };
}
