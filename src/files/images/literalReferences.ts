import { readReference, type Piece, type PieceContext } from '../pieces.ts';
import type { Sliced } from '../slices.ts';
import { piecesOf, resolve, textOf, type Scope } from '../syntax/evaluate.ts';
import { childrenOf, propertyOf, type CallValue, type Entry, type TextValue, type Value } from '../syntax/values.ts';
import type { FoundReference, TextRange } from '../types.ts';
import type { LiteralRole } from './literalRoles.ts';

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
const textsPerSlice = 500;

interface Text {
  readonly value: TextValue | CallValue;
  readonly scope: Scope;
  readonly roles: Set<LiteralRole>;
  /** Where else it is named as a whole. */
  readonly uses: TextRange[];
}

/** Gathers the texts of one file, by `visit`; then tells which of them are references. */
export class LiteralReferences {
  private readonly text: string;
  private readonly texts = new Map<Value, Text>();
  private readonly ready: FoundReference[] = [];
  private readonly visited = new Set<Value>();
  /** How often a value is named, also inside of other texts. */
  private readonly named = new Map<Value, number>();
  /** How often of these it is all of an image. */
  private readonly whole = new Map<Value, number>();

  constructor(text: string) {
    this.text = text;
  }

  /** Looks at a value and all that is in it; what was looked at before keeps the role that it got then. */
  visit(value: Value, scope: Scope, roleAt: RoleAt, keys: readonly string[] = []): void {
    if (value.kind === 'null' || (value.kind === 'other' && value.inside.length === 0)) return;
    // Most texts of a file are no candidates at all.
    if (value.kind === 'text' && !hasSlash(value) && roleAt(keys) === 'any') return;
    if (this.visited.has(value)) return;
    this.visited.add(value);
    switch (value.kind) {
      case 'text':
        this.note(value, scope, roleAt(keys));
        for (const part of value.parts) if (part.expression) this.countNames(part.expression, scope);
        break;
      case 'name':
        this.use(value, scope, roleAt(keys));
        break;
      case 'object':
        for (const entry of value.entries) this.visitEntry(entry, scope, roleAt, keys);
        for (const keys of apartKeys)
          if (value.entries.some((entry) => entry.key === keys.image)) this.apart(value, scope, keys);
        break;
      case 'list':
        for (const inner of value.inside) this.visit(inner, scope, anywhere);
        for (const item of value.items) this.visit(item, scope, roleAt, [...keys, '[]']);
        break;
      case 'choice':
        for (const inner of value.inside) this.visitWithin(inner, value, scope, anywhere);
        for (const option of value.options) this.visitWithin(option, value, scope, roleAt, keys);
        break;
      case 'call':
        this.call(value, scope, roleAt, keys);
        break;
      case 'other':
        for (const inner of value.inside) this.visitWithin(inner, value, scope, anywhere);
        break;
    }
  }

  /** What is of no type: its texts may be anything. */
  *visitAll(values: readonly Value[], scope: Scope): Sliced<void> {
    for (const [index, value] of values.entries()) {
      if (index % textsPerSlice === textsPerSlice - 1) yield;
      this.visit(value, scope, anywhere);
    }
  }

  /** In an ARM template all of an expression is written in one place: what is inside has none of its own. */
  private visitWithin(inner: Value, outer: Value, scope: Scope, roleAt: RoleAt, keys: readonly string[] = []): void {
    if (isWithin(inner, outer)) this.visit(inner, scope, roleAt, keys);
    else this.countNames(inner, scope);
  }

  private visitEntry({ key, value }: Entry, scope: Scope, roleAt: RoleAt, keys: readonly string[]): void {
    this.visit(value, scope, roleAt, [...keys, key?.toLowerCase() ?? '']);
  }

  private call(value: CallValue, scope: Scope, roleAt: RoleAt, keys: readonly string[]): void {
    const role = roleAt(keys);
    const isText = piecesOf(value, scope) !== undefined;
    if (role !== 'any' && isText) {
      this.note(value, scope, role);
      for (const inner of value.arguments) this.countNames(inner, scope);
      return;
    }
    const passes = transparentCalls.has(value.name.toLowerCase());
    for (const inner of value.arguments)
      this.visitWithin(inner, value, scope, passes ? roleAt : anywhere, passes ? keys : []);
  }

  private note(value: TextValue | CallValue, scope: Scope, role: LiteralRole): Text | undefined {
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
    this.note(found.value, found.scope, role)?.uses.push(name.extent);
    if (role === 'image' || role === 'webImage') this.whole.set(found.value, (this.whole.get(found.value) ?? 0) + 1);
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

  /** An image whose registry, and perhaps its tag, are properties beside it. */
  private apart(body: Value, scope: Scope, keys: (typeof apartKeys)[number]): void {
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
    const registry = this.writtenHost(urlText.value, host);
    const repository = this.writtenRepository(image, found);
    const isHere = url?.kind === 'text' && registry && repository;
    this.ready.push(isHere ? { ...found, name: { kind: 'split', registry, repository } } : found);
  }

  private writtenHost(url: TextValue, host: string): TextRange | undefined {
    const at = this.text.slice(url.range.start, url.range.end).indexOf(host);
    return at < 0 ? undefined : { start: url.range.start + at, end: url.range.start + at + host.length };
  }

  private writtenRepository(image: TextValue, { image: { repository } }: FoundReference): TextRange | undefined {
    const { start } = image.range;
    const end = start + repository.length;
    return this.text.slice(start, end) === repository && end <= image.range.end ? { start, end } : undefined;
  }

  /** In the order of the text. */
  *found(): Sliced<FoundReference[]> {
    const found: { readonly value: Value; readonly reference: FoundReference }[] = [];
    const parts = new Set<Value>();
    let count = 0;
    for (const text of this.texts.values()) {
      if (++count % textsPerSlice === 0) yield;
      const reference = this.reference(text);
      if (!reference) continue;
      found.push({ value: text.value, reference });
      for (const part of this.namedParts(text)) parts.add(part);
    }
    // What only stands for the name in another reference is none of its own.
    const own = found.filter(({ value, reference }) => reference.certain || !parts.has(value));
    return [...this.ready, ...own.map(({ reference }) => reference)].sort((a, b) => a.range.start - b.range.start);
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
    if (!certain && roles.has('never')) return undefined;
    const all = value.kind === 'text' ? this.pieces(value, scope) : this.callPieces(value, scope);
    const pieces = roles.has('webImage') && !roles.has('image') ? behindDocker(all) : all;
    if (!pieces) return undefined;
    const context: PieceContext = { usage: 'literal', certain, uses: uses.toSorted((a, b) => a.start - b.start) };
    const isFixed = value.kind === 'call' || isArmExpression(value);
    const found = readReference(this.text, pieces, isFixed ? { ...context, fixedBecause: 'escaped' } : context);
    if (!found || (!certain && !found.image.host?.includes('.'))) return undefined;
    // Replaced where it is defined, it would be replaced in what is built, pushed or put together of it, too.
    const isShared = roles.has('never') || (this.named.get(value) ?? 0) > (this.whole.get(value) ?? 0);
    return isShared && found.name.kind !== 'fixed'
      ? { ...found, name: { kind: 'fixed', because: 'sharedVariable' } }
      : found;
  }

  private pieces(text: TextValue, scope: Scope): Piece[] {
    return text.parts.map(({ range, text: written, literal, expression }): Piece => {
      if (!expression) return { range, value: written, literal };
      const found = expression.kind === 'name' ? resolve(expression, scope)?.value : undefined;
      const isOwn = found?.kind === 'text' && this.isOnlyPart(found) && found.parts.every((part) => part.literal);
      return {
        range,
        value: textOf(expression, scope),
        literal: false,
        ...(isOwn && found.range.end > found.range.start && { valueRange: found.range }),
      };
    });
  }

  /** It is named once, and what is written there means nothing by itself: neither an image nor what is built. */
  private isOnlyPart(value: Value): boolean {
    const roles = this.texts.get(value)?.roles;
    return this.named.get(value) === 1 && [...(roles ?? [])].every((role) => role === 'any');
  }

  /** The whole call is where it is written; its pieces share that room, as they have none of their own. */
  private callPieces(call: CallValue, scope: Scope): Piece[] | undefined {
    const pieces = piecesOf(call, scope)?.slice(0, call.extent.end - call.extent.start);
    return pieces?.map(({ text }, index): Piece => {
      const start = call.extent.start + index;
      const end = index === pieces.length - 1 ? call.extent.end : start + 1;
      return { range: { start, end }, value: text, literal: false };
    });
  }
}

/** What belongs to a reference behind the image, and is not written there. */
function afterwards({ range: { end } }: TextValue, value: string | undefined): Piece {
  return { range: { start: end, end }, value, literal: false };
}

/** Whether it may have a host: a slash is written in it, or comes with an expression. */
function hasSlash(value: TextValue): boolean {
  return value.parts.some((part) => part.text?.includes('/') ?? true);
}

export const anywhere: RoleAt = () => 'any';

function isWithin(inner: Value, outer: Value): boolean {
  return inner.extent.start > outer.extent.start || inner.extent.end < outer.extent.end;
}

/** A text that stands alone in brackets: `[string('…')]`. */
function isArmExpression(text: TextValue): boolean {
  const [only] = text.parts;
  const { start, end } = text.range;
  return text.parts.length === 1 && only?.literal === false && only.range.start === start && only.range.end === end;
}

/** What is behind `DOCKER|`; of `COMPOSE|` and of runtimes nothing is an image. */
function behindDocker([first, ...others]: readonly Piece[] = []): Piece[] | undefined {
  const sign = 'docker|';
  if (!first?.value?.toLowerCase().startsWith(sign)) return undefined;
  // What is not literal keeps its range, so that something is left to point to.
  const range = first.literal ? { start: first.range.start + sign.length, end: first.range.end } : first.range;
  const rest: Piece = { range, value: first.value.slice(sign.length), literal: first.literal };
  return range.end > range.start ? [rest, ...others] : others;
}
