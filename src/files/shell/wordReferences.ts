import type { Piece } from '../text/locateName.ts';
import { literalPiece, readReference, type PieceContext } from '../text/pieces.ts';
import type { Word, WordPart } from './shellWord.ts';
import type { FoundReference, ReferenceUsage, TextRange } from '../types.ts';

/** Where a file gives a variable its value: an ARG of a Dockerfile, an assignment of a shell. */
export interface WordDefinition {
  /** What it gives; its own variables are looked up by `lookUp`. */
  readonly word: Word;
  readonly lookUp: VariableLookUp;
  /** It is used for something else than images, so it must not become another one. */
  readonly isUsedElsewhere?: boolean;
}

/** `unset`: the file gives it no value, so a default counts. `unknown`: it has one that the file does not tell. */
export type VariableLookUp = (name: string) => WordDefinition | 'unset' | 'unknown';

export interface WordReferences {
  /** What `word` stands for; undefined if the file does not tell. */
  valueOf(word: Word, lookUp: VariableLookUp): string | undefined;
  /** The image that `word` names. `isCertain`: default true. */
  add(word: Word, usage: ReferenceUsage, lookUp: VariableLookUp, isCertain?: boolean): void;
  /** How many of the words so far are nothing but this definition, or it and a tag. */
  usesOf(definition: WordDefinition): number;
  /** All that were added, those that share a definition joined. */
  found(): FoundReference[];
}

/** A definition may use others, those again others. */
const maxDepth = 8;
/** Longer than any image. */
const maxValueLength = 2048;
/** Uses that are told of one definition, far beyond any real file. */
const maxUses = 1000;

/**
 * Reads words as references. If a variable is all that a word has, the reference is where the variable is defined, and the word one of
 * its uses. Definitions that make only a part of a name are never replaced, nor those that also serve another purpose.
 */
export function createWordReferences(text: string): WordReferences {
  const found: FoundReference[] = [];
  const whole = new Map<WordDefinition, { readonly usage: ReferenceUsage; readonly uses: TextRange[] }>();
  /** Definitions that are parts of something. */
  const parts = new Set<WordDefinition>();
  /** How often a definition is a part of something. */
  const mentions = new Map<WordDefinition, number>();
  /** By definition that is host and repository of references, which add a tag to it: their places in `found`. */
  const names = new Map<WordDefinition, number[]>();
  const values = new Map<WordDefinition, string | undefined>();

  const valueOf = (definition: WordDefinition, depth: number): string | undefined => {
    if (values.has(definition)) return values.get(definition);
    // Undefined while it is being read: a definition by itself has no value.
    values.set(definition, undefined);
    const value = joined(piecesOf(definition.word.parts, definition.lookUp, depth + 1));
    values.set(definition, value);
    return value;
  };

  const piecesOf = (wordParts: readonly WordPart[], lookUp: VariableLookUp, depth: number): Piece[] =>
    wordParts.map((part) => pieceOf(part, lookUp, depth));

  const pieceOf = (part: WordPart, lookUp: VariableLookUp, depth: number): Piece => {
    const { range } = part;
    switch (part.kind) {
      case 'literal':
        return literalPiece(text, range);
      case 'sign':
        return { range, value: part.value, literal: false };
      case 'unknown':
        return { range, value: undefined, literal: false };
      case 'variable': {
        const definition = depth > maxDepth ? 'unknown' : lookUp(part.name);
        if (definition === 'unknown') return { range, value: undefined, literal: false };
        const value = definition === 'unset' ? undefined : valueOf(definition, depth);
        if (definition !== 'unset' && value === undefined) return { range, value, literal: false };
        const isSet = value !== undefined && !(part.strict && value === '');
        if (part.operator === undefined || (part.operator === '-' && isSet)) return { range, value, literal: false };
        return part.otherwise && isSet === (part.operator === '+')
          ? { ...defaultPiece(part.otherwise, lookUp, depth + 1), range }
          : { range, value: '', literal: false };
      }
    }
  };

  const markParts = (word: Word, lookUp: VariableLookUp, depth = 0): void => {
    if (depth > maxDepth) return;
    for (const part of word.parts) {
      if (part.kind !== 'variable') continue;
      if (part.otherwise) markParts(part.otherwise, lookUp, depth);
      const definition = lookUp(part.name);
      if (definition === 'unset' || definition === 'unknown') continue;
      mentions.set(definition, (mentions.get(definition) ?? 0) + 1);
      if (parts.has(definition)) continue;
      parts.add(definition);
      markParts(definition.word, definition.lookUp, depth + 1);
    }
  };

  /** The definition that a reference has its whole name from: `${BASE}:1`. */
  const nameDefinition = (word: Word, lookUp: VariableLookUp, { name }: FoundReference): WordDefinition | undefined => {
    const [first] = word.parts;
    if (first?.kind !== 'variable' || first.operator === '+' || name.kind !== 'whole') return undefined;
    if (name.range.start !== first.range.start || name.range.end !== first.range.end) return undefined;
    const definition = lookUp(first.name);
    return definition !== 'unset' && definition !== 'unknown' && isLiteral(definition.word) ? definition : undefined;
  };

  /** What stands behind an operator; it can be replaced there if it is all literal. */
  const defaultPiece = (word: Word, lookUp: VariableLookUp, depth: number): Omit<Piece, 'range'> => {
    const [only] = word.parts;
    const value = joined(piecesOf(word.parts, lookUp, depth));
    const valueRange = word.parts.length === 1 && only?.kind === 'literal' ? { valueRange: only.range } : undefined;
    return { value, literal: false, ...valueRange };
  };

  /** The definition that is all of the word. */
  const wholeDefinition = (word: Word, lookUp: VariableLookUp): WordDefinition | undefined => {
    const [only] = word.parts;
    if (word.parts.length !== 1 || only?.kind !== 'variable' || only.operator === '+') return undefined;
    const definition = lookUp(only.name);
    if (definition === 'unset' || definition === 'unknown') return undefined;
    const value = valueOf(definition, 0);
    return value === undefined || value === '' ? undefined : definition;
  };

  const read = (
    word: Word,
    lookUp: VariableLookUp,
    context: Pick<PieceContext, 'usage' | 'uses' | 'certain'>,
  ): FoundReference | undefined => {
    const pieces = piecesOf(word.parts, lookUp, 0);
    markParts(word, lookUp);
    // A quote inside the name could be replaced without the one that belongs to it.
    if (word.isMixed) return readReference(text, pieces, { ...context, fixedBecause: 'escaped' });
    const reference = readReference(text, pieces, context);
    const hasVariable = word.parts.some(({ kind }) => kind === 'variable');
    if (reference?.name.kind !== 'fixed' || !hasVariable) return reference;
    return { ...reference, name: { kind: 'fixed', because: 'sharedVariable' } };
  };

  return {
    valueOf: (word, lookUp) => literalText(text, word) ?? joined(piecesOf(word.parts, lookUp, 0)),
    add(word, usage, lookUp, isCertain = true) {
      if (isLiteral(word)) {
        const reference = readReference(text, [literalPiece(text, word.range)], { usage, certain: isCertain });
        if (reference) found.push(reference);
        return;
      }
      let definition = wholeDefinition(word, lookUp);
      if (!definition) {
        const reference = read(word, lookUp, { usage, certain: isCertain });
        if (!reference) return;
        const named = nameDefinition(word, lookUp, reference);
        if (named) {
          const places = names.get(named);
          if (places) places.push(found.length);
          else names.set(named, [found.length]);
        }
        found.push(reference);
        return;
      }
      // A definition may be nothing but another one.
      const uses = [word.range];
      for (let depth = 0; depth < maxDepth; depth++) {
        const next = wholeDefinition(definition.word, definition.lookUp);
        if (!next) break;
        uses.push(definition.word.range);
        definition = next;
      }
      const known = whole.get(definition);
      if (!known) whole.set(definition, { usage, uses });
      else if (known.uses.length < maxUses) {
        for (const use of uses) if (!known.uses.some(({ start }) => start === use.start)) known.uses.push(use);
      }
    },
    usesOf: (definition) => (whole.get(definition)?.uses.length ?? 0) + (names.get(definition)?.length ?? 0),
    found() {
      const defined = [...whole].map(([definition, { usage, uses }]) => ({
        definition,
        reference: read(definition.word, definition.lookUp, { usage, uses }),
      }));
      // What makes the name of references and nothing else is replaced itself: it can be given from outside as before.
      for (const [definition, places] of names) {
        const isOnlyName = mentions.get(definition) === places.length && !whole.has(definition);
        if (!isOnlyName || definition.isUsedElsewhere === true) continue;
        for (const place of places) {
          const reference = found[place];
          if (reference) found[place] = { ...reference, name: { kind: 'whole', range: definition.word.range } };
        }
      }
      for (const { definition, reference } of defined) {
        if (!reference) continue;
        // Known only now that all are read.
        const isShared = definition.isUsedElsewhere === true || parts.has(definition);
        found.push(isShared ? { ...reference, name: { kind: 'fixed', because: 'sharedVariable' } } : reference);
      }
      return found;
    },
  };
}

/** Nothing in it stands for anything else: nearly all words. */
function isLiteral({ parts, isMixed }: Word): boolean {
  return parts.length === 1 && parts[0]?.kind === 'literal' && !isMixed;
}

function literalText(text: string, word: Word): string | undefined {
  return isLiteral(word) ? text.slice(word.range.start, word.range.end) : undefined;
}

function joined(pieces: readonly Piece[]): string | undefined {
  let value = '';
  for (const piece of pieces) {
    if (piece.value === undefined) return undefined;
    value += piece.value;
    if (value.length > maxValueLength) return undefined;
  }
  return value;
}
