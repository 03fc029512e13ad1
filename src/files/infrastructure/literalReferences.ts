import { collect } from '../text/collect.ts';
import { readReference, type Piece, type PieceContext } from '../text/pieces.ts';
import { inTextOrder } from '../text/textOrder.ts';
import type { FoundReference, TextRange } from '../types.ts';
import { piecesOf, placed, resolve, textOf, type Scope } from './expressions/evaluate.ts';
import {
  childrenOf,
  propertyOf,
  type CallValue,
  type ObjectValue,
  type TextValue,
  type Value,
} from './expressions/values.ts';
import { roleByNames, type LiteralRole } from './literalRoles.ts';
import {
  afterwards,
  behindDocker,
  hasNoVersion,
  hasSlash,
  isArmExpression,
  isBehindDocker,
  isWithin,
  lowerKey,
  mayBeImage,
} from './literalTexts.ts';
import { mappedSides, RuleData } from './ruleData.ts';

/** The role of a text by its place: keys from where the visit began, in lower case, `[]` for an item of a list. */
export type RoleAt = (keys: readonly string[]) => LiteralRole;

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
/** Attributes of Terraform's web apps, and of the `docker` block of its function apps. */
const apartKeys = [
  { image: 'docker_image_name', url: 'docker_registry_url', tag: '' },
  { image: 'image_name', url: 'registry_url', tag: 'image_tag' },
];
/** How long, in the text, a value may be to be looked at in one go. */
const maxLengthAtOnce = 50_000;

interface Text {
  readonly value: TextValue | CallValue;
  readonly scope: Scope;
  readonly roles: Set<LiteralRole>;
  /** Where else it is named as a whole. */
  readonly uses: TextRange[];
}

/** What a visit begins with. */
interface VisitOptions {
  /** What the file calls the value. */
  readonly names?: readonly string[];
  /** What the loops around the value go through. */
  readonly collections?: readonly Value[];
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

  /** Looks at a value and all that is in it; what was looked at before keeps the role that it got then. */
  visit(value: Value, scope: Scope, roleAt: RoleAt, { names = [], collections = [] }: VisitOptions = {}): void {
    const before = this.ruleParts;
    this.walk(
      value,
      scope,
      roleAt,
      names.map((key) => lowerKey({ key })),
    );
    this.noteLoop(before, collections, scope);
  }

  private walk(value: Value, scope: Scope, roleAt: RoleAt, keys: string[]): void {
    if (value.kind === 'object') {
      if (this.visited.has(value)) return;
      this.visited.add(value);
    }
    const isLarge = value.extent.end - value.extent.start > maxLengthAtOnce;
    if (isLarge && value.kind === 'object') {
      const before = this.ruleParts;
      for (const entry of value.entries) this.walk(entry.value, scope, roleAt, [...keys, lowerKey(entry)]);
      this.lookAtWhole(value, scope, before);
    } else if (isLarge && value.kind === 'list') {
      const before = this.ruleParts;
      for (const inner of value.inside) this.walk(inner, scope, roleByNames, keys);
      for (const item of value.items) this.walk(item, scope, roleAt, [...keys, '[]']);
      this.noteLoop(before, value.inside, scope);
    } else {
      this.lookIn(value, scope, roleAt, keys);
    }
  }

  /** `keys` grows and shrinks on the way, and is as it was in the end. */
  private look(value: Value, scope: Scope, roleAt: RoleAt, keys: string[]): void {
    if (value.kind !== 'object' || !this.visited.has(value)) this.lookIn(value, scope, roleAt, keys);
  }

  private lookIn(value: Value, scope: Scope, roleAt: RoleAt, keys: string[]): void {
    const role = roleAt(keys);
    if (role === 'ruleData') {
      this.ruleParts++;
      this.ruleData.add(value, scope);
      this.countNames(value, scope);
      return;
    }
    const before = this.ruleParts;
    switch (value.kind) {
      case 'null':
        break;
      case 'text':
        this.note(value, scope, role);
        for (const part of value.parts) if (part.expression) this.countNames(part.expression, scope);
        break;
      case 'name':
        this.use(value, scope, role);
        break;
      case 'object':
        for (const entry of value.entries) this.lookBelow(lowerKey(entry), entry.value, scope, roleAt, keys);
        this.lookAtWhole(value, scope, before);
        break;
      case 'list':
        for (const inner of value.inside) this.look(inner, scope, roleByNames, keys);
        for (const item of value.items) this.lookBelow('[]', item, scope, roleAt, keys);
        this.noteLoop(before, value.inside, scope);
        break;
      case 'choice':
        for (const inner of value.inside) this.lookWithin(inner, value, scope, roleByNames, keys);
        for (const option of value.options) this.lookWithin(option, value, scope, roleAt, keys);
        break;
      case 'call':
        this.call(value, scope, roleAt, keys);
        break;
      case 'other':
        for (const inner of value.inside) this.lookWithin(inner, value, scope, roleByNames, keys);
        break;
    }
  }

  /** What an object says by several of its entries. `before`: `ruleParts` when its entries were not looked at yet. */
  private lookAtWhole(object: ObjectValue, scope: Scope, before: number): void {
    this.lookApart(object, scope);
    // Terraform's loops are entries of what they repeat: attributes of a block, or `for` of an object, which has no key.
    if (this.ruleParts !== before) {
      const loops = object.entries
        .filter(({ key, isSpread }) => key === undefined && !isSpread)
        .map(({ value }) => value);
      this.noteLoop(before, [propertyOf(object, 'for_each'), propertyOf(object, 'count'), ...loops], scope);
    }
    for (const side of mappedSides(object)) this.ruleData.add(side, scope);
  }

  /** What a loop goes through is data of the cache rules that are in it. */
  private noteLoop(before: number, collections: readonly (Value | undefined)[], scope: Scope): void {
    if (this.ruleParts === before) return;
    for (const collection of collections) if (collection) this.ruleData.add(collection, scope);
  }

  private lookBelow(key: string, value: Value, scope: Scope, roleAt: RoleAt, keys: string[]): void {
    keys.push(key);
    this.look(value, scope, roleAt, keys);
    keys.pop();
  }

  /** In an ARM template all of an expression is written in one place: what is inside has none of its own. */
  private lookWithin(inner: Value, outer: Value, scope: Scope, roleAt: RoleAt, keys: string[]): void {
    if (isWithin(inner, outer)) this.look(inner, scope, roleAt, keys);
    else this.countNames(inner, scope);
  }

  private call(value: CallValue, scope: Scope, roleAt: RoleAt, keys: string[]): void {
    const role = roleAt(keys);
    const isText = piecesOf(value, scope) !== undefined;
    if (role !== 'any' && isText) {
      this.note(value, scope, role);
      for (const inner of value.arguments) this.countNames(inner, scope);
      return;
    }
    const passes = transparentCalls.has(value.name.toLowerCase());
    for (const inner of value.arguments) this.lookWithin(inner, value, scope, passes ? roleAt : roleByNames, keys);
  }

  private note(value: TextValue | CallValue, scope: Scope, byPlace: LiteralRole): Text | undefined {
    const role = byPlace === 'any' && value.kind === 'text' && isBehindDocker(value) ? 'webImage' : byPlace;
    // Most texts of a file are no candidates at all.
    if (role === 'any' && value.kind === 'text' && !hasSlash(value)) return undefined;
    const known = this.texts.get(value);
    const text = known ?? { value, scope, roles: new Set<LiteralRole>(), uses: [] };
    text.roles.add(role);
    if (!known) this.texts.set(value, text);
    return text;
  }

  private use(name: Value, scope: Scope, role: LiteralRole): void {
    this.countNames(name, scope);
    const found = resolve(name, scope);
    if (found?.value.kind !== 'text') return;
    this.note(found.value, found.scope, role)?.uses.push(placed(name.extent, scope));
    if (role === 'image' || role === 'webImage' || role === 'hostedImage')
      this.whole.set(found.value, (this.whole.get(found.value) ?? 0) + 1);
    // Named things that are objects are looked at where they are written.
  }

  private countNames(value: Value, scope: Scope): void {
    if (value.kind !== 'name') {
      for (const inner of childrenOf(value)) this.countNames(inner, scope);
      if (value.kind === 'text')
        for (const part of value.parts) if (part.expression) this.countNames(part.expression, scope);
      return;
    }
    const found = resolve(value, scope);
    if (found) this.named.set(found.value, (this.named.get(found.value) ?? 0) + 1);
  }

  /** Images whose registry, and perhaps its tag, are properties beside them. */
  private lookApart(body: ObjectValue, scope: Scope): void {
    for (const keys of apartKeys)
      if (body.entries.some((entry) => entry.key === keys.image)) this.apart(body, scope, keys);
  }

  private apart(body: ObjectValue, scope: Scope, keys: (typeof apartKeys)[number]): void {
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
      { range: placed(image.range, scope), value: `${host}/`, literal: false },
      ...this.pieces(image, scope),
      ...(tag ? [afterwards(image, scope, ':'), afterwards(image, scope, textOf(tag, scope))] : []),
    ];
    const found = readReference(this.text, pieces, { usage: 'literal', fixedBecause: 'sharedVariable' });
    if (!found) return;
    const registry = this.writtenHost(placed(urlText.value.range, urlText.scope), host);
    const repository = this.writtenRepository(placed(image.range, scope), found);
    const isHere = url?.kind === 'text' && registry && repository;
    this.ready.push(isHere ? { ...found, name: { kind: 'split', registry, repository } } : found);
  }

  private writtenHost(url: TextRange, host: string): TextRange | undefined {
    const at = this.text.slice(url.start, url.end).indexOf(host);
    return at < 0 ? undefined : { start: url.start + at, end: url.start + at + host.length };
  }

  private writtenRepository(range: TextRange, { image: { repository } }: FoundReference): TextRange | undefined {
    const { start } = range;
    const end = start + repository.length;
    return this.text.slice(start, end) === repository && end <= range.end ? { start, end } : undefined;
  }

  /** In the order of the text. */
  found(): FoundReference[] {
    const found: { readonly value: Value; readonly reference: FoundReference }[] = [];
    const parts = new Set<Value>();
    for (const text of this.texts.values()) {
      const reference = this.reference(text);
      if (!reference) continue;
      found.push({ value: text.value, reference });
      for (const part of this.namedParts(text)) parts.add(part);
    }
    // What only stands for the name in another reference is none of its own.
    const own = collect(found, ({ value, reference }) =>
      reference.certain || !parts.has(value) ? reference : undefined,
    );
    return inTextOrder(this.ready.concat(own));
  }

  /** What the names inside a text stand for. */
  private namedParts({ value, scope }: Text): Value[] {
    const expressions =
      value.kind === 'call'
        ? value.arguments
        : value.parts.flatMap((part) => (part.expression ? [part.expression] : []));
    return expressions.flatMap((expression) => {
      const named = expression.kind === 'name' ? resolve(expression, scope) : undefined;
      return named ? [named.value] : [];
    });
  }

  private reference({ value, scope, roles, uses }: Text): FoundReference | undefined {
    const certain = roles.has('image') || roles.has('webImage');
    const isNever = roles.has('never') || this.ruleData.has(value);
    if (!certain && isNever) return undefined;
    const all = value.kind === 'text' ? this.pieces(value, scope) : this.callPieces(value, scope);
    const pieces = roles.has('webImage') && !roles.has('image') ? behindDocker(all) : all;
    if (!pieces) return undefined;
    const context: PieceContext = { usage: 'literal', certain, uses: uses.toSorted((a, b) => a.start - b.start) };
    const isFixed = value.kind === 'call' || isArmExpression(value);
    const read = readReference(this.text, pieces, isFixed ? { ...context, fixedBecause: 'escaped' } : context);
    if (!read || (!certain && (!mayBeImage(read) || (roles.has('registry') && hasNoVersion(read))))) return undefined;
    const found = roles.has('hostedImage') ? { ...read, certain: true } : read;
    // Replaced where it is defined, it would be replaced in what is built, pushed, cached or put together of it, too.
    const isShared = isNever || (this.named.get(value) ?? 0) > (this.whole.get(value) ?? 0);
    return isShared && found.name.kind !== 'fixed'
      ? { ...found, name: { kind: 'fixed', because: 'sharedVariable' } }
      : found;
  }

  private pieces(text: TextValue, scope: Scope): Piece[] {
    return text.parts.map(({ range: inPart, text: written, literal, expression }): Piece => {
      const range = placed(inPart, scope);
      if (!expression) return { range, value: written, literal };
      const own = expression.kind === 'name' ? this.ownText(expression, scope) : undefined;
      return {
        range,
        value: textOf(expression, scope),
        literal: false,
        ...(own && { valueRange: own }),
      };
    });
  }

  /** Where the text that a name stands for is written, if it serves for nothing but this. */
  private ownText(name: Value, scope: Scope): TextRange | undefined {
    const found = resolve(name, scope);
    if (found?.value.kind !== 'text' || !this.isOnlyPart(found.value)) return undefined;
    const { range, parts } = found.value;
    return range.end > range.start && parts.every((part) => part.literal) ? placed(range, found.scope) : undefined;
  }

  /** It is named once, and what is written there means nothing by itself: neither an image nor what is built. */
  private isOnlyPart(value: Value): boolean {
    const roles = this.texts.get(value)?.roles;
    return this.named.get(value) === 1 && [...(roles ?? [])].every((role) => role === 'any' || role === 'registry');
  }

  /** The whole call is where it is written; its pieces share that room, as they have none of their own. */
  private callPieces(call: CallValue, scope: Scope): Piece[] | undefined {
    const extent = placed(call.extent, scope);
    const pieces = piecesOf(call, scope)?.slice(0, extent.end - extent.start);
    return pieces?.map(({ text }, index): Piece => {
      const start = extent.start + index;
      const end = index === pieces.length - 1 ? extent.end : start + 1;
      return { range: { start, end }, value: text, literal: false };
    });
  }
}
