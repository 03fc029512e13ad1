import type { Piece } from '../text/locateName.ts';
import type { TextRange } from '../types.ts';

export interface ComposePiece extends Piece {
  /** What it stands for comes from `.env`. */
  readonly fromEnvironment?: boolean;
}

/** Nobody nests defaults deeper, nor writes a longer value for an image. */
const maxDepth = 16;
const maxLength = 4096;

const nameStart = /[A-Za-z_]/;
const namePart = /\w/;

/**
 * The parts of a value that compose interpolates: `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?error}`,
 * `${VAR?error}`, `${VAR:+alternative}`, `${VAR+alternative}`, `$$`, with variables in defaults
 * (github.com/compose-spec/compose-spec/blob/main/12-interpolation.md). A variable that is neither in `environment` nor has a
 * default is unknown. Undefined if compose would refuse it. Takes time linear in the length of `range`.
 */
export function composePieces(
  text: string,
  range: TextRange,
  environment?: ReadonlyMap<string, string>,
): readonly ComposePiece[] | undefined {
  if (range.end - range.start > maxLength) return undefined;
  const written = text.slice(range.start, range.end);
  if (written !== '' && !written.includes('$')) return [{ range, value: written, literal: true }];
  const reader = new Reader(text.slice(0, range.end), range.start, environment ?? new Map<string, string>());
  const pieces = reader.pieces(0);
  return reader.isAtEnd ? pieces : undefined;
}

interface Operator {
  readonly sign: '-' | '?' | '+';
  /** With a colon: an empty variable counts as none. */
  readonly strict: boolean;
}

class Reader {
  readonly #text: string;
  readonly #environment: ReadonlyMap<string, string>;
  #at: number;

  /** Reads to the end of `text`. */
  constructor(text: string, start: number, environment: ReadonlyMap<string, string>) {
    this.#text = text;
    this.#at = start;
    this.#environment = environment;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Up to the end, or inside braces up to the one that closes. Undefined if something is no interpolation. */
  pieces(depth: number): readonly ComposePiece[] | undefined {
    const pieces: ComposePiece[] = [];
    let literalStart = this.#at;
    const endLiteral = (): void => {
      if (literalStart < this.#at) pieces.push(this.#literal({ start: literalStart, end: this.#at }));
    };
    while (!this.isAtEnd && !(depth > 0 && this.#text[this.#at] === '}')) {
      if (this.#text[this.#at] !== '$') {
        this.#at++;
        continue;
      }
      endLiteral();
      const piece = this.#variable(depth);
      if (piece === undefined) return undefined;
      pieces.push(piece);
      literalStart = this.#at;
    }
    endLiteral();
    return pieces;
  }

  #literal(range: TextRange): ComposePiece {
    return { range, value: this.#text.slice(range.start, range.end), literal: true };
  }

  /** At a `$`. */
  #variable(depth: number): ComposePiece | undefined {
    const start = this.#at++;
    const next = this.#text[this.#at];
    if (next === '$') {
      this.#at++;
      return { range: { start, end: this.#at }, value: '$', literal: false };
    }
    if (next === '{') {
      this.#at++;
      return this.#braced(start, depth);
    }
    const name = this.#name();
    return name === undefined ? undefined : this.#fromEnvironment({ start, end: this.#at }, name);
  }

  /** Behind `${`. */
  #braced(start: number, depth: number): ComposePiece | undefined {
    const name = this.#name();
    if (name === undefined || depth >= maxDepth) return undefined;
    const operator = this.#operator();
    const textStart = this.#at;
    const parts = operator === undefined ? [] : this.pieces(depth + 1);
    const otherwise = parts && this.#joined(parts, { start: textStart, end: this.#at });
    if (otherwise === undefined || this.#text[this.#at] !== '}') return undefined;
    this.#at++;
    const range = { start, end: this.#at };
    const value = this.#environment.get(name);
    const isSet = value !== undefined && !(operator?.strict === true && value === '');
    switch (operator?.sign) {
      case '-':
        return isSet ? this.#fromEnvironment(range, name) : { ...otherwise, range };
      case '+':
        return isSet ? { ...otherwise, range } : { range, value: '', literal: false };
      case '?':
        return isSet ? this.#fromEnvironment(range, name) : { range, value: undefined, literal: false };
      case undefined:
        return this.#fromEnvironment(range, name);
    }
  }

  #fromEnvironment(range: TextRange, name: string): ComposePiece {
    const value = this.#environment.get(name);
    return { range, value, literal: false, ...(value !== undefined && { fromEnvironment: true }) };
  }

  /** What the text behind an operator stands for, and where it can be replaced. */
  #joined(parts: readonly ComposePiece[], range: TextRange): Omit<ComposePiece, 'range'> {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) {
      return only.literal ? { value: only.value, valueRange: range, literal: false } : { ...only };
    }
    const isKnown = parts.every(({ value }) => value !== undefined);
    const fromEnvironment = parts.some((part) => part.fromEnvironment);
    return {
      value: isKnown ? parts.map(({ value }) => value).join('') : undefined,
      literal: false,
      ...(fromEnvironment && { fromEnvironment }),
    };
  }

  #name(): string | undefined {
    const start = this.#at;
    if (!nameStart.test(this.#text[start] ?? '')) return undefined;
    while (namePart.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#text.slice(start, this.#at);
  }

  #operator(): Operator | undefined {
    const strict = this.#text[this.#at] === ':';
    const sign = this.#text[this.#at + (strict ? 1 : 0)];
    if (sign !== '-' && sign !== '?' && sign !== '+') return undefined;
    this.#at += strict ? 2 : 1;
    return { sign, strict };
  }
}
