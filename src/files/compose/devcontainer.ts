import type { Piece } from '../text/locateName.ts';
import { readReference } from '../text/pieces.ts';
import type { Scalar } from '../yaml/scalars.ts';
import { expressionParts } from '../text/variables.ts';
import type { FoundReference, TextRange } from '../types.ts';

const localVariable = /^localEnv:[^:]*(?::(.*))?$/s;
const variableSigns = [{ open: '${', close: '}' }];

/**
 * The image of a devcontainer.json (containers.dev/implementors/json_reference). `${localEnv:NAME:default}` counts as its default.
 * Features are left out: they come from registries too, but are no images, and no cache rule was ever tried with them.
 */
export function findInDevcontainer(text: string, scalars: readonly Scalar[]): FoundReference[] {
  const image = scalars.filter(({ path }) => path.length === 1 && path[0] === 'image').at(-1);
  // A number is no image, and without quotes no other name could stand in its place.
  const pieces = image && text[image.range.start - 1] === '"' ? piecesOf(text, image) : undefined;
  const reference = pieces && readReference(text, pieces, { usage: 'image' });
  return reference ? [reference] : [];
}

function piecesOf(text: string, { range, value, literal }: Scalar): readonly Piece[] | undefined {
  if (!literal) return value.includes('${') ? undefined : [{ range, value, literal: false }];
  return expressionParts(text, range, variableSigns)?.map((part): Piece => {
    const written = text.slice(part.range.start, part.range.end);
    if (part.kind !== 'variable') return { range: part.range, value: written, literal: true };
    const byDefault = localVariable.exec(part.name)?.[1];
    if (byDefault === undefined) return { range: part.range, value: undefined, literal: false };
    const end = part.range.end - 1;
    const valueRange: TextRange = { start: end - byDefault.length, end };
    const isThere = text.slice(valueRange.start, valueRange.end) === byDefault;
    return { range: part.range, value: byDefault, literal: false, ...(isThere && { valueRange }) };
  });
}
