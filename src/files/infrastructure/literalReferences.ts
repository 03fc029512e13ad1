import type { Piece } from '../text/locateName.ts';
import { readReference, type PieceContext } from '../text/pieces.ts';
import type { FoundReference, TextRange } from '../types.ts';
import { piecesOf, resolve, textOf, type NamedValue, type Scope } from './expressions/evaluate.ts';
import {
  childrenOf,
  propertyOf,
  type CallValue,
  type ObjectValue,
  type TextValue,
  type Value,
} from './expressions/values.ts';
import { Place, type ApartKeys } from './literalPlaces.ts';
import { roleByNames, type LiteralRole } from './literalRoles.ts';
import {
  afterwards,
  behindDocker,
  callPieces,
  hasNoVersion,
  hasSlash,
  isArmExpression,
  isBehindDocker,
  isWithin,
  mayBeImage,
  writtenIn,
} from './literalTexts.ts';
import { RuleData, type MappedSide } from './ruleData.ts';

/** Calls between a property and what it says, that change nothing for the keys. */
const transparentCalls = new Set([
  'jsonencode',
  'any',
  'merge',
  'union',
  'concat',
  'flatten',
  'trimspace',
  'coalesce',
  'try',
]);

interface Text {
  readonly value: TextValue | CallValue;
  readonly scope: Scope;
  readonly roles: LiteralRole[];
  /** Where else it is named as a whole. */
  readonly uses: TextRange[];
}

/** Gathers the texts of one file, by `visit`; then tells which of them are references. */
export class LiteralReferences {
  private readonly text: string;
  private readonly texts = new Map<Value, Text>();
  private readonly ready: FoundReference[] = [];
  /** Objects where visits began. */
  private readonly visited = new Set<Value>();
  /** How often a value is named, also inside of other texts. */
  private readonly named = new Map<Value, number>();
  /** How often of these it is all of an image. */
  private readonly whole = new Map<Value, number>();
  private readonly ruleData = new RuleData();
  /** How many values were found at places of cache rules. */
  private ruleParts = 0;

  constructor(text: string) {
    this.text = text;
  }

  /**
   * Looks at a value and all that is in it; what was looked at before keeps the role that it got then. `collections`: what the loops
   * around it go through.
   */
  visit(value: Value, scope: Scope, place: Place, collections: readonly Value[] = []): void {
    const before = this.ruleParts;
    this.look(value, scope, place);
    if (value.kind === 'object') this.visited.add(value);
    this.noteLoop(before, collections, scope);
  }

  /** Looks at values of which only their names tell what they are. */
  visitNamed(values: readonly NamedValue[]): void {
    const root = new Place(roleByNames);
    for (const { value, scope, names } of values)
      this.visit(
        value,
        scope,
        names.reduce((place, name) => place.inside(name), root),
      );
  }

  private look(value: Value, scope: Scope, place: Place): void {
    if (value.kind === 'object' && this.visited.has(value)) return;
    const { role } = place;
    if (role === 'ruleData') {
      this.ruleParts++;
      this.ruleData.add(value, scope);
      this.countNames(value, scope);
      return;
    }
    switch (value.kind) {
      case 'null':
        break;
      case 'text':
        this.note(value, scope, role);
        for (const inner of childrenOf(value)) this.countNames(inner, scope);
        break;
      case 'name':
        this.use(value, scope, role);
        break;
      case 'object':
        this.lookInObject(value, scope, place);
        break;
      case 'list': {
        const before = this.ruleParts;
        for (const inner of value.inside) this.look(inner, scope, place.byNames);
        for (const item of value.items) this.look(item, scope, place.inside('[]'));
        this.noteLoop(before, value.inside, scope);
        break;
      }
      case 'choice':
        for (const inner of value.inside) this.lookWithin(inner, value, scope, place.byNames);
        for (const option of value.options) this.lookWithin(option, value, scope, place);
        break;
      case 'call':
        this.call(value, scope, place);
        break;
      case 'other':
        for (const inner of value.inside) this.lookWithin(inner, value, scope, place.byNames);
    }
  }

  private lookInObject(object: ObjectValue, scope: Scope, place: Place): void {
    const before = this.ruleParts;
    let sides: Partial<Record<MappedSide, Value[]>> | undefined;
    for (const { key, value, labels } of object.entries) {
      const inner = place.inside(key);
      const { side, apart } = inner;
      this.look(value, scope, inner);
      if (side && !labels) ((sides ??= {})[side] ??= []).push(value);
      if (apart) this.apart(object, scope, apart);
    }
    // Terraform's loops are entries of what they repeat: attributes of a block, or `for` of an object, which has no key.
    if (this.ruleParts !== before) {
      const loops = object.entries.filter(({ key, isSpread }) => key === undefined && !isSpread);
      const counts = [propertyOf(object, 'for_each'), propertyOf(object, 'count')];
      this.noteLoop(before, [...counts, ...loops.map(({ value }) => value)], scope);
    }
    if (sides?.source && sides.target)
      for (const value of [...sides.source, ...sides.target]) this.ruleData.add(value, scope);
  }

  /** What a loop goes through is data of the cache rules that are in it. `before`: `ruleParts` when it was not looked at yet. */
  private noteLoop(before: number, collections: readonly (Value | undefined)[], scope: Scope): void {
    if (this.ruleParts === before) return;
    for (const collection of collections) if (collection) this.ruleData.add(collection, scope);
  }

  /** In an ARM template all of an expression is written in one place: what is inside has none of its own. */
  private lookWithin(inner: Value, outer: Value, scope: Scope, place: Place): void {
    if (isWithin(inner, outer)) this.look(inner, scope, place);
    else this.countNames(inner, scope);
  }

  private call(value: CallValue, scope: Scope, place: Place): void {
    const { role } = place;
    if (role !== 'any' && piecesOf(value, scope) !== undefined) {
      this.note(value, scope, role);
      for (const inner of value.arguments) this.countNames(inner, scope);
      return;
    }
    const passes = transparentCalls.has(value.name.toLowerCase());
    for (const inner of value.arguments) this.lookWithin(inner, value, scope, passes ? place : place.byNames);
  }

  private note(value: TextValue | CallValue, scope: Scope, byPlace: LiteralRole): Text | undefined {
    const role = byPlace === 'any' && value.kind === 'text' && isBehindDocker(value) ? 'webImage' : byPlace;
    // Most texts of a file are no candidates at all.
    if (role === 'any' && value.kind === 'text' && !hasSlash(value)) return undefined;
    const known = this.texts.get(value);
    if (known) {
      known.roles.push(role);
      return known;
    }
    const text: Text = { value, scope, roles: [role], uses: [] };
    this.texts.set(value, text);
    return text;
  }

  private use(name: Value, scope: Scope, role: LiteralRole): void {
    this.countNames(name, scope);
    const found = resolve(name, scope);
    if (found?.value.kind !== 'text') return;
    this.note(found.value, found.scope, role)?.uses.push(name.extent);
    if (role === 'image' || role === 'webImage' || role === 'hostedImage')
      this.whole.set(found.value, (this.whole.get(found.value) ?? 0) + 1);
    // Named things that are objects are looked at where they are written.
  }

  private countNames(value: Value, scope: Scope): void {
    for (const inner of childrenOf(value)) this.countNames(inner, scope);
    const found = value.kind === 'name' ? resolve(value, scope) : undefined;
    if (found) this.named.set(found.value, (this.named.get(found.value) ?? 0) + 1);
  }

  /** An image whose registry, and perhaps its tag, are properties beside it. */
  private apart(body: ObjectValue, scope: Scope, keys: ApartKeys): void {
    const [image, url, tag] = [keys.image, keys.url, keys.tag].map((key) => propertyOf(body, key));
    const [imageText, urlText] = [image && resolve(image, scope), url && resolve(url, scope)];
    if (image?.kind !== 'text' || imageText?.value.kind !== 'text' || urlText?.value.kind !== 'text') return;
    this.note(urlText.value, urlText.scope, 'never');
    this.note(image, scope, 'never');
    const address = textOf(urlText.value, urlText.scope) ?? '';
    const host = /^https?:\/\/([^/?#]+)\/?$/i.exec(address)?.[1];
    if (host === undefined) return;
    const pieces: Piece[] = [
      // Written elsewhere, but before the image for all that the reference says.
      { range: image.range, value: `${host}/`, literal: false },
      ...this.pieces(image, scope),
      ...(tag ? [afterwards(image, ':'), afterwards(image, textOf(tag, scope))] : []),
    ];
    const found = readReference(this.text, pieces, { usage: 'literal', fixedBecause: 'sharedVariable' });
    if (!found) return;
    const registry = writtenIn(this.text, urlText.value.range, host);
    const { start, end } = image.range;
    const { repository: name } = found.image;
    const repository = writtenIn(this.text, { start, end: Math.min(end, start + name.length) }, name);
    const isHere = url?.kind === 'text' && registry && repository;
    this.ready.push(isHere ? { ...found, name: { kind: 'split', registry, repository } } : found);
  }

  found(): FoundReference[] {
    const found: { readonly value: Value; readonly reference: FoundReference }[] = [];
    /** What the names inside of references stand for. */
    const parts = new Set<Value>();
    for (const text of this.texts.values()) {
      const { value, scope } = text;
      const reference = this.reference(text);
      if (!reference) continue;
      found.push({ value, reference });
      for (const inner of childrenOf(value)) {
        const named = inner.kind === 'name' ? resolve(inner, scope) : undefined;
        if (named) parts.add(named.value);
      }
    }
    const all = [...this.ready];
    // What only stands for the name in another reference is none of its own.
    for (const { value, reference } of found) if (reference.certain || !parts.has(value)) all.push(reference);
    return all;
  }

  private reference({ value, scope, roles, uses }: Text): FoundReference | undefined {
    const certain = roles.includes('image') || roles.includes('webImage');
    const isNever = roles.includes('never') || this.ruleData.has(value);
    if (!certain && isNever) return undefined;
    const all = value.kind === 'text' ? this.pieces(value, scope) : callPieces(value, scope);
    const pieces = roles.includes('webImage') && !roles.includes('image') ? behindDocker(all) : all;
    if (!pieces) return undefined;
    const context: PieceContext = {
      usage: 'literal',
      certain,
      uses: uses.length > 1 ? uses.toSorted((a, b) => a.start - b.start) : uses,
      fixedBecause: value.kind === 'call' || isArmExpression(value, all) ? 'escaped' : undefined,
    };
    const read = readReference(this.text, pieces, context);
    if (!read || (!certain && (!mayBeImage(read) || (roles.includes('registry') && hasNoVersion(read)))))
      return undefined;
    const found = roles.includes('hostedImage') ? { ...read, certain: true } : read;
    // Replaced where it is defined, it would be replaced in what is built, pushed, cached or put together of it, too.
    const isShared = isNever || (this.named.get(value) ?? 0) > (this.whole.get(value) ?? 0);
    return isShared && found.name.kind !== 'fixed'
      ? { ...found, name: { kind: 'fixed', because: 'sharedVariable' } }
      : found;
  }

  private pieces(text: TextValue, scope: Scope): Piece[] {
    return text.parts.map(({ range, text: written, literal, expression }): Piece => {
      if (!expression) return { range, value: written, literal };
      const own = expression.kind === 'name' ? this.ownText(expression, scope) : undefined;
      return { range, value: textOf(expression, scope), literal: false, ...(own && { valueRange: own }) };
    });
  }

  /** Where the text that a name stands for is written, if it serves for nothing but this. */
  private ownText(name: Value, scope: Scope): TextRange | undefined {
    const found = resolve(name, scope);
    if (found?.value.kind !== 'text' || !this.isOnlyPart(found.value)) return undefined;
    const { range, parts } = found.value;
    return range.end > range.start && parts.every((part) => part.literal) ? range : undefined;
  }

  /** It is named once, and what is written there means nothing by itself: neither an image nor what is built. */
  private isOnlyPart(value: Value): boolean {
    const roles = this.texts.get(value)?.roles;
    const meansNothing = roles?.every((role) => role === 'any' || role === 'registry') ?? true;
    return this.named.get(value) === 1 && meansNothing;
  }
}
