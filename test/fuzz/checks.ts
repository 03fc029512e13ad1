import { formatImageReference, parseImageReference } from '../../src/domain/imageReference.ts';
import { applyChanges } from '../../src/files/text/positions.ts';
import { nameChanges } from '../../src/files/rename.ts';
import type { Scalar } from '../../src/files/yaml/scalars.ts';
import type { FoundReference, RuleFile, TextChange, TextRange } from '../../src/files/types.ts';

/** What must hold whatever the input. Each throws with what does not. */

const newName = { host: 'downstream.example', repository: 'cache/renamed' };

/** More changes of one input are not tried: each reads the file once more. */
const maxRenames = 2;

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

function assertInside(text: string, { start, end }: TextRange, what: string): void {
  const isInside = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= text.length;
  assert(isInside, `${what}: ${start}–${end} of ${text.length}`);
}

/** Reads the same file with another text. */
export type Find = (text: string) => readonly FoundReference[];

/** @param references what `find` gives for `text`, which it is given again with names replaced */
export function checkReferences(text: string, references: readonly FoundReference[], find: Find): void {
  let before = 0;
  for (const { range, written, uses, image, openTag } of references) {
    assertInside(text, range, 'range');
    assert(range.start < range.end, 'an empty range');
    assert(text.slice(range.start, range.end) === written, `written: ${written}`);
    assert(range.start >= before, 'not in the order of the text');
    before = range.start;
    for (const use of uses) assertInside(text, use, 'use');
    assert(!openTag || (image.tag === undefined && image.digest === undefined), 'an open tag with a tag');
    assert(readsBack(image), `no image: ${JSON.stringify(image)}`);
  }
  checkNames(text, references, find);
}

/** No two references lead to edits that contradict, and an edit is what it says when the file is read again. */
function checkNames(text: string, references: readonly FoundReference[], find: Find): void {
  const all: (TextChange & { readonly of: string })[] = [];
  let tried = 0;
  for (const reference of references) {
    const name = nameFor(reference);
    const changes = nameChanges(reference, name);
    assert((changes === undefined) === (reference.name.kind === 'fixed'), 'a name that is fixed, or not');
    if (!changes) continue;
    const { host, repository } = reference.image;
    for (const change of changes) {
      assertInside(text, change.range, 'change');
      all.push({ ...change, of: `${host ?? ''}/${repository}` });
    }
    if (tried++ < maxRenames) checkRename(text, reference, { name, changes }, find);
  }
  all.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  for (const [index, change] of all.entries()) {
    const next = all[index + 1];
    if (!next) continue;
    const isSame = next.range.start === change.range.start && next.range.end === change.range.end;
    assert(!isSame || next.of === change.of, `one place for ${change.of} and ${next.of}`);
    assert(isSame || next.range.start >= change.range.end, 'changes overlap');
  }
}

/** Some names can only be given another host. */
function nameFor({ name }: FoundReference): typeof newName {
  return name.kind === 'split' && name.onlyRepository !== undefined
    ? { ...newName, repository: name.onlyRepository }
    : newName;
}

function checkRename(
  before: string,
  reference: FoundReference,
  { name, changes }: { readonly name: typeof newName; readonly changes: readonly TextChange[] },
  find: Find,
): void {
  const text = applyChanges(before, changes);
  const expected = { ...reference.image, ...name };
  assert(
    find(text).some(({ image }) => sameImage(image, expected)),
    `renamed, ${reference.written} is not found again in ${JSON.stringify(text)}`,
  );
}

/** A host that only its casing told is written in lower case all the same. */
export function readsBack(image: FoundReference['image']): boolean {
  if (image.host !== undefined && !/[.:]|^localhost$/.test(image.host)) return true;
  const again = parseImageReference(formatImageReference(image));
  return again.ok && sameImage(again.value, image);
}

function sameImage(a: FoundReference['image'], b: FoundReference['image']): boolean {
  return a.host === b.host && a.repository === b.repository && a.tag === b.tag && a.digest === b.digest;
}

export function checkScalars(text: string, scalars: readonly Scalar[]): void {
  let before = 0;
  for (const { range, value, literal, keyRange, aliasRange } of scalars) {
    assertInside(text, range, 'range');
    if (keyRange) assertInside(text, keyRange, 'key');
    if (aliasRange) assertInside(text, aliasRange, 'alias');
    assert(!literal || text.slice(range.start, range.end) === value, `not literal: ${value}`);
    const { start } = aliasRange ?? range;
    assert(start >= before, 'not in the order of the text');
    before = start;
  }
}

export function checkRuleDefinitions(text: string, { rules, articleScopes }: RuleFile): void {
  for (const { range, name, source, target, apiVersion } of rules) {
    assertInside(text, range, 'rule');
    for (const literal of [name, source, target, apiVersion]) if (literal) assertInside(text, literal.range, 'literal');
  }
  for (const { range } of articleScopes) assertInside(text, range, 'scope');
}
