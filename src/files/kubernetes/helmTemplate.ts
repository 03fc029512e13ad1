import { collect } from '../text/collect.ts';
import type { Piece } from '../text/locateName.ts';
import { literalPiece } from '../text/pieces.ts';
import type { FoundReference, TextRange } from '../types.ts';
import { readImageScalar } from '../yaml/imageScalar.ts';
import { readYaml } from '../yaml/yaml.ts';
import { actionMark, withoutActions } from './helmActions.ts';
import { imagePlace, isSkipped, textHoldersIn } from './kubernetes.ts';

/**
 * The images of a Helm template whose name is written there; an action (`{{ … }}`) in the tag leaves it open. What is made of actions
 * alone is the values' to say.
 */
export function findInHelmTemplate(text: string): FoundReference[] {
  const marked = withoutActions(text);
  const scalars = readYaml(marked);
  const textHolders = textHoldersIn(scalars);
  return collect(scalars, (scalar) => {
    const place = imagePlace(scalar.path);
    if (!place || isSkipped(scalar, textHolders)) return undefined;
    return readImageScalar(text, scalar, place, (_, range) => piecesOf(text, marked, range));
  });
}

/** What is written, and unknown pieces where actions are. */
function piecesOf(text: string, marked: string, { start, end }: TextRange): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = start; at < end;) {
    const isAction = marked.charAt(at) === actionMark;
    let to = at + 1;
    while (to < end && (marked.charAt(to) === actionMark) === isAction) to += 1;
    const range = { start: at, end: to };
    pieces.push(isAction ? { range, value: undefined, literal: false } : literalPiece(text, range));
    at = to;
  }
  return pieces;
}
