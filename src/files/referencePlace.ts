import type { FoundReference, TextFile, TextRange } from './types.ts';

/** The part of a reference that is being written at an offset, and what of it is written already. */
export type ReferencePlace = {
  /** From the beginning of the part to its end; the offset is inside or at an end. Empty where nothing is written yet. */
  readonly range: TextRange;
} & (
  | {
      readonly part: 'host';
      /** The registry is a value of its own (Helm). */
      readonly standsAlone: boolean;
      /** A repository follows. */
      readonly hasRepository: boolean;
    }
  | { readonly part: 'repository'; readonly host: string }
  | { readonly part: 'tag'; readonly host: string; readonly repository: string }
);

/** Makes a reference of every beginning of one: a host, a path, a tag. */
const filler = 'x';

/**
 * Where a reference is, or would be if there were one: the finder is asked about the text with one more letter at the offset, so
 * that it alone says where images are named. Undefined elsewhere, inside digests, and where the text comes from a variable.
 * @param find what counts as a reference in a text
 * @throws as `find`
 */
export async function referencePlace(
  file: TextFile,
  offset: number,
  find: (file: TextFile) => Promise<readonly FoundReference[]>,
): Promise<ReferencePlace | undefined> {
  const { text } = file;
  const filled = text.slice(0, offset) + filler + text.slice(offset);
  for (const reference of await find({ ...file, text: filled })) {
    const place = placeIn(reference, filled, offset);
    if (!place) continue;
    const { start, end } = place.range;
    // The filler is not there.
    return { ...place, range: { start, end: end - filler.length } };
  }
  return undefined;
}

/** Ranges are those of the filled text. */
function placeIn(reference: FoundReference, text: string, offset: number): ReferencePlace | undefined {
  const { name, image } = reference;
  const tag = image.host === undefined ? undefined : tagAround(reference, text, offset);
  if (tag && image.host !== undefined) {
    return { part: 'tag', range: tag, host: image.host, repository: image.repository };
  }
  if (name.kind === 'split') {
    if (isInside(name.registry, offset)) {
      return { part: 'host', range: name.registry, standsAlone: true, hasRepository: true };
    }
    const isRepository = isInside(name.repository, offset) && image.host !== undefined;
    return isRepository ? { part: 'repository', range: name.repository, host: image.host } : undefined;
  }
  if (
    name.kind !== 'whole' ||
    name.range.start > offset ||
    !isInside(endingAfter(name.range, reference, text), offset)
  ) {
    return undefined;
  }
  return partOfName(name.range, text, offset);
}

/** Without a host, `localhost:50` is an image with a tag, or the beginning of a host with a port: written as it is, without quotes. */
function endingAfter(name: TextRange, { range, image }: FoundReference, text: string): TextRange {
  const hasPort = image.host === undefined && text.slice(name.end, range.end) === `:${image.tag}`;
  return { start: name.start, end: hasPort ? Math.max(range.end, name.end) : name.end };
}

function partOfName(name: TextRange, text: string, offset: number): ReferencePlace | undefined {
  const before = text.slice(name.start, offset);
  const slash = before.indexOf('/');
  if (slash < 0) {
    const next = text.slice(offset, name.end).indexOf('/');
    const end = next < 0 ? Math.max(name.end, offset + filler.length) : offset + next;
    return { part: 'host', range: { start: name.start, end }, standsAlone: false, hasRepository: next >= 0 };
  }
  const host = before.slice(0, slash).toLowerCase();
  return { part: 'repository', range: { start: name.start + slash + 1, end: name.end }, host };
}

/** The tag that the offset is in. */
function tagAround({ range, image }: FoundReference, text: string, offset: number): TextRange | undefined {
  if (image.tag === undefined || !isInside(range, offset)) return undefined;
  let start = offset;
  while (start > range.start && text[start - 1] !== ':') start--;
  const tag = { start, end: start + image.tag.length };
  const isTag = text[start - 1] === ':' && text.slice(tag.start, tag.end) === image.tag;
  return isTag && isInside(tag, offset) ? tag : undefined;
}

/** The filler at the offset is part of the range. */
function isInside({ start, end }: TextRange, offset: number): boolean {
  return start <= offset && offset < end;
}
