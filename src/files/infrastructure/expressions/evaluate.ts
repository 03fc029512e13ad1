import { propertyOf, type CallValue, type NameValue, type TextValue, type Value } from './values.ts';

/** What names stand for in a file, or in a template that is nested in one. */
export interface Scope {
  /** The value behind a path, and the scope to read it in. `rest`: what of the path is still to be looked up in that value. */
  find(path: readonly string[]): Found | undefined;
  /** Texts already evaluated, `undefined` also while they are; made by `newScope`. */
  readonly known: Map<Value, string | undefined>;
}

export interface Found {
  readonly value: Value;
  readonly scope: Scope;
  readonly rest: readonly string[];
  /** The value is the body of a resource, of which deployment knows more than the file says. */
  readonly isResource?: boolean;
}

/** A value, and what the file calls it: the names of the statement or the blocks that it stands in. */
export interface NamedValue extends Resolved {
  readonly names: readonly string[];
}

export function newScope(find: Scope['find']): Scope {
  return { find, known: new Map() };
}

/** Longer texts are nothing that is looked for: neither ids nor references. */
const maxTextLength = 4096;
const maxSteps = 20;

/** The text of a value, as far as the file itself says; undefined: it does not. Each value is evaluated once per scope. */
export function textOf(value: Value | undefined, scope: Scope, depth = 0): string | undefined {
  if (!value) return undefined;
  if (value.kind === 'text' && value.text !== undefined) return value.text;
  if (scope.known.has(value)) return scope.known.get(value);
  // A value that needs itself has none.
  scope.known.set(value, undefined);
  const text = depth > maxSteps ? undefined : evaluate(value, scope, depth + 1);
  const fitting = text !== undefined && text.length <= maxTextLength ? text : undefined;
  scope.known.set(value, fitting);
  return fitting;
}

function evaluate(value: Value, scope: Scope, depth: number): string | undefined {
  switch (value.kind) {
    case 'text':
    case 'call':
      return joined(piecesOf(value, scope, depth));
    case 'name': {
      const found = resolve(value, scope);
      return found && textOf(found.value, found.scope, depth);
    }
    default:
      return undefined;
  }
}

/** Undefined as soon as a piece is. */
export function joined(pieces: readonly TextPiece[] | undefined): string | undefined {
  if (!pieces) return undefined;
  let text = '';
  for (const piece of pieces) {
    if (piece.text === undefined || text.length > maxTextLength) return undefined;
    text += piece.text;
  }
  return text;
}

export interface Resolved {
  readonly value: Value;
  readonly scope: Scope;
}

/** What a name stands for, followed to something that is no name; other values are what they are. Undefined: the file does not say. */
export function resolve(value: Value, scope: Scope): Resolved | undefined {
  const found = furthest(value, scope);
  return found.value.kind === 'name' ? undefined : found;
}

/**
 * What a name stands for, as far as it can be followed: of an item that only deployment chooses, the whole list. Undefined: the file does
 * not say, or it belongs to a resource.
 */
export function nearest({ path }: NameValue, scope: Scope): Resolved | undefined {
  const found = scope.find(path);
  if (!found || found.isResource) return undefined;
  let current: Resolved = found;
  for (const key of found.rest) {
    const outer = furthest(current.value, current.scope);
    const inner = inside(outer.value, key);
    if (!inner) return outer;
    current = { value: inner, scope: outer.scope };
  }
  return current;
}

/** Like `resolve`; where the file does not say what a name stands for, that name. */
export function furthest(value: Value, scope: Scope): Resolved {
  return follow({ value, scope }, { steps: maxSteps });
}

function follow(from: Resolved, budget: { steps: number }): Resolved {
  let current = from;
  while (current.value.kind === 'name' && budget.steps-- > 0) {
    const found = current.scope.find(current.value.path);
    if (!found) return current;
    let next: Resolved = found;
    for (const key of found.rest) {
      const outer = follow(next, budget);
      const inner = inside(outer.value, key);
      if (!inner) return current;
      next = { value: inner, scope: outer.scope };
    }
    current = next;
  }
  return current;
}

function inside(value: Value, key: string): Value | undefined {
  if (value.kind === 'object') return propertyOf(value, key);
  return value.kind === 'list' && !value.looped && /^\d{1,6}$/.test(key) ? value.items[Number(key)] : undefined;
}

/** A part of a text: what it says, undefined if the file does not tell; and the value that says it, unless it is written there. */
export interface TextPiece {
  readonly text: string | undefined;
  readonly value?: Value;
}

/** The parts that a text, or a call that joins texts, consists of. Undefined: a call that is not understood. */
export function piecesOf(value: TextValue | CallValue, scope: Scope, depth = 0): TextPiece[] | undefined {
  const piece = (inner: Value): TextPiece => ({ text: textOf(inner, scope, depth), value: inner });
  if (value.kind === 'text')
    return value.parts.map((part) => (part.expression ? piece(part.expression) : { text: part.text }));
  const given = value.arguments;
  const [first, second] = given;
  switch (value.name.toLowerCase()) {
    case 'concat':
      // Also joins arrays; then no argument is a text.
      return given.map(piece);
    case 'string':
    case 'tostring':
      return given.map(piece);
    case 'tolower':
    case 'lower':
      return given.map((inner) => ({ text: textOf(inner, scope, depth)?.toLowerCase(), value: inner }));
    case 'format':
      return first && formatted(textOf(first, scope, depth), given.slice(1).map(piece));
    case 'join':
      // Terraform's has the separator first, Bicep's and ARM's the list.
      if (first?.kind === 'list') return separated(first.items.map(piece), second && piece(second));
      return second?.kind === 'list' && first ? separated(second.items.map(piece), piece(first)) : undefined;
    default:
      return undefined;
  }
}

/** `{0}` of Bicep and ARM, `%s` of Terraform. */
function formatted(pattern: string | undefined, given: readonly TextPiece[]): TextPiece[] | undefined {
  if (pattern === undefined) return undefined;
  const literals: string[] = [];
  const pieces: TextPiece[] = [];
  let last = 0;
  let next = 0;
  for (const match of pattern.matchAll(/\{(\d{1,3})\}|%s/g)) {
    literals.push(pattern.slice(last, match.index));
    pieces.push({ text: literals.at(-1) });
    pieces.push(given[match[1] === undefined ? next++ : Number(match[1])] ?? { text: undefined });
    last = match.index + match[0].length;
  }
  literals.push(pattern.slice(last));
  pieces.push({ text: literals.at(-1) });
  // Anything else in the pattern that formats: escapes, alignment, `%d`.
  return literals.some((literal) => /[{}%]/.test(literal)) ? undefined : pieces;
}

function separated(items: readonly TextPiece[], separator: TextPiece | undefined): TextPiece[] | undefined {
  return separator && items.flatMap((item, index) => (index === 0 ? [item] : [separator, item]));
}

/** A key that is the same for values that are the same for all that the file says. */
export function keyOf(value: Value, scope: Scope, depth = 0): string {
  const text = textOf(value, scope);
  // A default that is empty, or a name without its end, is to be filled in.
  const isOpen = text === '' || (text?.endsWith('/registries/') ?? false);
  if (text !== undefined && !isOpen) return `=${text.toLowerCase()}`;
  if (isOpen && value.kind === 'name') return value.path.join('.').toLowerCase();
  const { value: last, scope: there } = furthest(value, scope);
  if (last.kind === 'name') return last.path.join('.').toLowerCase();
  const pieces = depth < 5 && (last.kind === 'text' || last.kind === 'call') ? piecesOf(last, there) : undefined;
  if (pieces?.length === 1 && pieces[0]?.value) return keyOf(pieces[0].value, there, depth + 1);
  if (pieces)
    return pieces.map((piece) => piece.text || (piece.value && keyOf(piece.value, there, depth + 1))).join('+');
  if (last.kind === 'call' && depth < 5)
    return `${last.name}(${last.arguments.map((argument) => keyOf(argument, there, depth + 1)).join(',')})`.toLowerCase();
  return `@${last.extent.start}`;
}
