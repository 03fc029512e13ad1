import type { Piece } from '../text/locateName.ts';
import { literalPiece, readReference } from '../text/pieces.ts';
import type { Scalar } from '../yaml/scalars.ts';
import { mentionedVariables, type VariablePart } from '../text/variables.ts';
import { getOrInsert } from '../text/collect.ts';
import type { FoundReference, TextRange } from '../types.ts';
import { isText, placeOf, ReadScalars, usesOf } from '../yaml/scalarReferences.ts';

/** A scalar that names an image. */
export interface ImageSite {
  readonly scalar: Scalar;
  /** How many characters stand before the image: `docker://`. */
  readonly skip?: number;
  /** The job or the like whose variables it sees. */
  readonly scope?: string;
}

/** How the variables of a kind of file are written, and where it defines them. */
export interface VariableSyntax {
  parts(text: string, range: TextRange): readonly VariablePart[] | undefined;
  /** Where the file gives a variable its value; several if it has several in turn (a matrix). The same array for the same variable. */
  definitions(name: string, scope: string | undefined): readonly Scalar[];
  /** How `mentionedVariables` tells the variable, and what it is a part of, when something other than an image has it. */
  mentions(name: string): readonly string[];
}

/** A definition may use other variables, those again others. */
const maxDepth = 8;
/** What is longer is no part of an image. */
const maxValueLength = 2048;
/** Values of definitions that are looked up in one file, and uses that are told of one variable: far beyond any real file. */
const maxLookUps = 100_000;
const maxUses = 1000;

/**
 * The references at `sites`, with variables as the file defines them. If a variable is
 * all that a site has, the reference is where the variable is defined, and the site one of its uses. Its name stays if anything else
 * in `scalars`, which are all of the file, mentions the variable: a script may push to where the image is pulled from.
 */
export function findWithVariables(
  text: string,
  scalars: readonly Scalar[],
  sites: readonly ImageSite[],
  syntax: VariableSyntax,
): FoundReference[] {
  const reader = new Reader(text, syntax);
  for (const site of sites) {
    reader.read(site);
  }
  const mentioned = reader.hasDefinitions ? mentionedElsewhere(scalars, sites) : new Set<string>();
  reader.readDefinitions(mentioned);
  return reader.found;
}

/** The variables that anything but an image mentions: values, and keys that are conditions. */
function mentionedElsewhere(scalars: readonly Scalar[], sites: readonly ImageSite[]): ReadonlySet<string> {
  const images = new Set<Scalar>();
  for (const { scalar } of sites) images.add(scalar);
  const mentioned = new Set<string>();
  // A file may have any number of aliases of one text, and of texts with one key.
  const values = new Set<number>();
  const keys = new Set<string>();
  for (const scalar of scalars) {
    for (const key of scalar.path) {
      if (typeof key !== 'string' || keys.has(key)) continue;
      keys.add(key);
      if (!key.includes('$')) continue;
      for (const name of mentionedVariables(key)) mentioned.add(name);
    }
    if (images.has(scalar) || values.has(scalar.range.start)) continue;
    values.add(scalar.range.start);
    for (const name of mentionedVariables(scalar.value)) mentioned.add(name);
  }
  return mentioned;
}

class Reader {
  readonly #text: string;
  readonly #syntax: VariableSyntax;
  readonly found: FoundReference[] = [];
  readonly #known = new ReadScalars();
  /** By their definitions: where they are all that is written. */
  readonly #uses = new Map<readonly Scalar[], { name: string; scope: string | undefined; ranges: TextRange[] }>();
  /** Values of definitions by scope; undefined while they are being read, and for what is unknown. */
  readonly #values = new Map<string | undefined, Map<Scalar, string | undefined>>();
  /** Variables that are a part of something, or used elsewhere: another value would change that too. */
  readonly #shared = new Set<readonly Scalar[]>();
  #lookUps = 0;

  constructor(text: string, syntax: VariableSyntax) {
    this.#text = text;
    this.#syntax = syntax;
  }

  read({ scalar, skip = 0, scope }: ImageSite): void {
    const parts = this.#parts(scalar, skip);
    const [only] = parts ?? [];
    if (parts?.length === 1 && only?.kind === 'variable' && skip === 0) {
      const definitions = this.#syntax.definitions(only.name, scope);
      if (definitions.length === 0) return;
      const { ranges } = getOrInsert(this.#uses, definitions, () => ({ name: only.name, scope, ranges: [] }));
      if (ranges.length < maxUses) ranges.push(placeOf(scalar));
      return;
    }
    const uses = this.#known.enter(scalar);
    if (uses !== undefined) this.#add(scalar, parts, scope, skip, uses);
  }

  /** Whether some sites have nothing but a variable. */
  get hasDefinitions(): boolean {
    return this.#uses.size > 0;
  }

  /** Those that are all of what some sites have. `mentioned` are the variables that are used for something else, too. */
  readDefinitions(mentioned: ReadonlySet<string>): void {
    const from = new Map<number, readonly Scalar[]>();
    for (const [definitions, { name, scope, ranges }] of this.#uses) {
      if (this.#syntax.mentions(name).some((mention) => mentioned.has(mention))) this.#shared.add(definitions);
      for (const definition of definitions) {
        from.set(definition.range.start, definitions);
        this.#add(definition, this.#parts(definition, 0), scope, 0, [...usesOf(definition), ...ranges]);
      }
    }
    for (const [index, reference] of this.found.entries()) {
      const definitions = from.get(reference.range.start);
      if (definitions === undefined || !this.#shared.has(definitions)) continue;
      this.found[index] = { ...reference, name: { kind: 'fixed', because: 'sharedVariable' } };
    }
  }

  /** Of the decoded value if that is not what is written. */
  #parts(scalar: Scalar, skip: number): readonly VariablePart[] | undefined {
    const { literal, range, value } = scalar;
    return literal
      ? this.#syntax.parts(this.#text, { start: range.start + skip, end: range.end })
      : this.#syntax.parts(value, { start: skip, end: value.length });
  }

  #add(
    scalar: Scalar,
    parts: readonly VariablePart[] | undefined,
    scope: string | undefined,
    skip: number,
    uses: readonly TextRange[],
  ): void {
    // What is escaped and not all of the scalar has no place of its own.
    if (parts === undefined || (!scalar.literal && skip > 0) || !isText(scalar)) return;
    const hasVariables = parts.some(({ kind }) => kind === 'variable');
    const because = scalar.literal ? 'sharedVariable' : 'escaped';
    const pieces = scalar.literal
      ? parts.map((part) => this.#piece(part, scope))
      : [{ range: scalar.range, value: this.#joined(scalar.value, parts, scope, 0), literal: false }];
    const reference = readReference(this.#text, pieces, {
      usage: 'image',
      uses,
      ...(hasVariables && { fixedBecause: because }),
    });
    if (reference !== undefined) this.found.push(reference);
  }

  #piece(part: VariablePart, scope: string | undefined): Piece {
    if (part.kind === 'literal') return literalPiece(this.#text, part.range);
    return { range: part.range, value: this.#valueOf(part, scope, 0), literal: false };
  }

  /** Undefined: one of the parts is unknown. */
  #joined(
    source: string,
    parts: readonly VariablePart[],
    scope: string | undefined,
    depth: number,
  ): string | undefined {
    let joined = '';
    for (const part of parts) {
      const value =
        part.kind === 'literal' ? source.slice(part.range.start, part.range.end) : this.#valueOf(part, scope, depth);
      if (value === undefined) return undefined;
      joined += value;
      if (joined.length > maxValueLength) return undefined;
    }
    return joined;
  }

  #valueOf(part: Exclude<VariablePart, { kind: 'literal' }>, scope: string | undefined, depth: number) {
    if (part.kind === 'escape') return part.value;
    const definitions = this.#syntax.definitions(part.name, scope);
    const [definition] = definitions;
    this.#shared.add(definitions);
    if (definitions.length !== 1 || definition === undefined || depth > maxDepth) return undefined;
    if (this.#lookUps++ > maxLookUps) return undefined;
    const values = getOrInsert(this.#values, scope, () => new Map<Scalar, string | undefined>());
    if (values.has(definition)) return values.get(definition);
    values.set(definition, undefined);
    const { value } = definition;
    const parts = this.#syntax.parts(value, { start: 0, end: value.length });
    const resolved = parts && this.#joined(value, parts, scope, depth + 1);
    values.set(definition, resolved);
    return resolved;
  }
}
