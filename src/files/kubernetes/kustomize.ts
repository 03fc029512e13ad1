import { parseImageReference, isDigest, isTag } from '../../domain/imageReference.ts';
import { collect, getOrInsert } from '../text/collect.ts';
import { lineEndFrom } from '../text/positions.ts';
import type { FoundReference, NameSite } from '../types.ts';
import { placeOf, usesOf } from '../yaml/scalarReferences.ts';
import { holderKey, type Scalar } from '../yaml/scalars.ts';

/**
 * What `images` of a Kustomization or a Component replace images by: `newName`, or the same name, with `newTag` or `digest`. Without
 * these the tag is the one that stands in the manifests.
 */
export function findInKustomize(text: string, scalars: readonly Scalar[]): FoundReference[] {
  const images = imagesIn(scalars);
  return collect(images, (image) => read(text, image));
}

type KustomizeImage = ReadonlyMap<string, Scalar>;

function imagesIn(scalars: readonly Scalar[]): Iterable<KustomizeImage> {
  const images = new Map<string, Map<string, Scalar>>();
  for (const scalar of scalars) {
    const [root, index, key] = scalar.path;
    if (root !== 'images' || typeof index !== 'number' || typeof key !== 'string' || scalar.path.length !== 3) continue;
    getOrInsert(images, holderKey(scalar), () => new Map<string, Scalar>()).set(key, scalar);
  }
  return images.values();
}

function read(text: string, image: KustomizeImage): FoundReference | undefined {
  const name = image.get('name');
  const newName = image.get('newName');
  const effective = newName && !isNothing(newName) ? newName : name;
  if (!effective) return undefined;
  const { range } = effective;
  const parsed = parseImageReference(effective.value);
  // A name has no tag: it is compared with the name alone.
  if (!parsed.ok || parsed.value.tag !== undefined || parsed.value.digest !== undefined) return undefined;
  const version = versionOf(image);
  return {
    range,
    written: text.slice(range.start, range.end),
    uses: usesOf(effective),
    usage: 'image',
    image: { ...parsed.value, ...version },
    openTag: version.tag === undefined && version.digest === undefined,
    certain: true,
    ...(name?.value && { replaces: name.value }),
    name: effective === newName ? written(effective) : insertion(text, effective, newName),
  };
}

/** Empty, or YAML's null. */
function isNothing({ value }: Scalar): boolean {
  return /^(?:null|~)?$/i.test(value);
}

function versionOf(image: KustomizeImage): { tag?: string; digest?: string } {
  const tag = image.get('newTag')?.value;
  const digest = image.get('digest')?.value;
  if (digest && isDigest(digest)) return { digest };
  // The suffix goes behind whatever tag the manifests have.
  return tag && isTag(tag) && !image.get('tagSuffix')?.value ? { tag } : {};
}

function written({ range, literal }: Scalar): NameSite {
  return literal ? { kind: 'whole', range } : { kind: 'fixed', because: 'escaped' };
}

/** A line `newName: …` below the name's, or an entry behind it if the mapping is written in braces. */
function insertion(text: string, name: Scalar, newName: Scalar | undefined): NameSite {
  const { keyRange } = name;
  // An empty `newName` is there already: a second would be a duplicate key.
  if (newName || !keyRange) return { kind: 'fixed', because: 'escaped' };
  const isQuoted = isQuote(text.charAt(keyRange.start - 1));
  const keyStart = keyRange.start - (isQuoted ? 1 : 0);
  const lineStart = text.lastIndexOf('\n', keyStart - 1) + 1;
  const before = text.slice(lineStart, keyStart);
  const place = placeOf(name);
  const placeEnd = place.end + (isQuote(text.charAt(place.end)) ? 1 : 0);
  if (/[^ -]/.test(before)) {
    return isInBraces(before) && !hasKeyInBraces(text, keyStart, placeEnd)
      ? { kind: 'insert', offset: placeEnd, prefix: ', newName: ', suffix: '' }
      : { kind: 'fixed', because: 'escaped' };
  }
  if (hasKeyInLines(text, lineStart, before.length)) return { kind: 'fixed', because: 'escaped' };
  const lineFeed = text.indexOf('\n', placeEnd);
  const lineEnd = lineFeed < 0 ? text.length : lineFeed;
  const isWindows = lineFeed < 0 ? text.includes('\r\n') : text.charAt(lineEnd - 1) === '\r';
  const offset = isWindows && lineFeed >= 0 ? lineEnd - 1 : lineEnd;
  // What is on several lines, or in braces over several lines, has its own rules.
  if (text.slice(lineStart, place.end).includes('\n') || isInBracesOverLines(text, lineStart, placeEnd)) {
    return { kind: 'fixed', because: 'escaped' };
  }
  const prefix = `${isWindows ? '\r\n' : '\n'}${' '.repeat(before.length)}newName: `;
  return { kind: 'insert', offset, prefix, suffix: '' };
}

/** `newName` without a value, which is no scalar. */
const emptyKey = /^(['"]?)newName\1 *(?::|$)/;

/** An entry has five keys; without an end, each would look through the whole file. */
const maxEntryLines = 50;

/** Whether a mapping whose keys stand in `column` has it; `lineStart` is of one of its lines. */
function hasKeyInLines(text: string, lineStart: number, column: number): boolean {
  let count = 0;
  for (let start = lineStart; start < text.length && count < maxEntryLines; start = lineEndFrom(text, start) + 1) {
    count += 1;
    const line = text.slice(start, lineEndFrom(text, start));
    const indent = indentOf(line);
    if (start > lineStart && line.trim() !== '' && !line.trimStart().startsWith('#') && indent < column) break;
    if (indent === column && emptyKey.test(line.trimStart())) return true;
  }
  count = 0;
  for (let end = lineStart; end > 0 && count < maxEntryLines;) {
    count += 1;
    // The line of the dash is the mapping's first.
    if (text.slice(end, lineEndFrom(text, end)).trimStart().startsWith('-')) break;
    end = end < 2 ? 0 : text.lastIndexOf('\n', end - 2) + 1;
    const line = text.slice(end, lineEndFrom(text, end));
    if (line.search(/[^ -]/) === column && emptyKey.test(line.slice(column).trimEnd())) return true;
  }
  return false;
}

/** As far as the line goes. */
function hasKeyInBraces(text: string, keyStart: number, placeEnd: number): boolean {
  const start = text.lastIndexOf('{', keyStart) + 1;
  const [inside = ''] = text.slice(start, lineEndFrom(text, placeEnd)).split('}');
  return inside.split(',').some((entry) => emptyKey.test(entry.trim()));
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The mapping's brace is on the same line. */
function isInBraces(before: string): boolean {
  return before.lastIndexOf('{') > before.lastIndexOf('}');
}

/** What stands behind a name that has a line of its own, or around it, is no part of a block. */
function isInBracesOverLines(text: string, lineStart: number, placeEnd: number): boolean {
  const lineEnd = lineEndFrom(text, placeEnd);
  const behind = text.slice(placeEnd, lineEnd).trim();
  if (behind !== '' && !behind.startsWith('#')) return true;
  const [above, below] = [text.slice(0, lineStart).trimEnd().at(-1), text.slice(lineEnd).trimStart().at(0)];
  return '[{,'.includes(above ?? ' ') || ',}]'.includes(below ?? ' ');
}

function isQuote(character: string): boolean {
  return character === '"' || character === "'";
}
