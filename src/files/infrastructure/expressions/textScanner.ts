import type { TextRange } from '../../types.ts';
import type { TextPart } from './values.ts';

/** How a text is written. All look at the position. */
export interface TextSyntax {
  readonly isEnd: () => boolean;
  /** What begins an expression. */
  readonly markers: readonly string[];
  /** How long an escape is, and what it stands for. */
  readonly escape: () => { readonly length: number; readonly text: string } | undefined;
}

/** A place in a text of Bicep or HCL, and the steps that go on from it. None goes back. */
export abstract class TextScanner {
  protected readonly text: string;
  protected position = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Statement after statement, to the end. */
  protected readAll(read: () => void): void {
    this.skipBlank(true);
    while (this.position < this.text.length) {
      this.progress(read);
      this.skipBlank(true);
    }
  }

  /** Signs that start a comment to the end of the line. */
  protected abstract readonly lineComments: readonly string[];
  /** Sticky. */
  protected abstract readonly identifier: RegExp;

  /** Does it, and goes one character on if that did not. */
  protected progress(read: () => unknown): void {
    const before = this.position;
    read();
    if (this.position === before) this.position++;
  }

  protected startsWith(sign: string): boolean {
    return this.text.startsWith(sign, this.position);
  }

  /** The character so far from the position; '' behind the end. */
  protected at(distance: number): string {
    return this.text[this.position + distance] ?? '';
  }

  protected from(start: number, end = this.position): TextRange {
    return { start, end: Math.min(end, this.text.length) };
  }

  protected isAtLineEnd(): boolean {
    return this.at(0) === '\n' || this.at(0) === '\r';
  }

  protected isAtWord(): boolean {
    this.identifier.lastIndex = this.position;
    return this.identifier.test(this.text);
  }

  protected word(): string | undefined {
    if (!this.isAtWord()) return undefined;
    const start = this.position;
    this.position = this.identifier.lastIndex;
    return this.text.slice(start, this.position);
  }

  protected digits(): string | undefined {
    const start = this.position;
    while (this.at(0) >= '0' && this.at(0) <= '9') this.position++;
    return this.position > start ? this.text.slice(start, this.position) : undefined;
  }

  /** Past spaces and comments, and ends of lines if these do not count here. */
  protected skipBlank(lines: boolean): void {
    for (;;) {
      const sign = this.at(0);
      if (sign === ' ' || sign === '\t' || sign === '\ufeff' || sign === '\u00a0' || sign === '\f' || sign === '\v')
        this.position++;
      else if (lines && this.isAtLineEnd()) this.position++;
      else if (sign === '/' && this.at(1) === '*') {
        const end = this.text.indexOf('*/', this.position + 2);
        this.position = end < 0 ? this.text.length : end + 2;
      } else if (this.lineComments.some((sign) => this.startsWith(sign))) this.toLineEnd();
      else return;
    }
  }

  protected toLineEnd(): void {
    while (this.position < this.text.length && !this.isAtLineEnd()) this.position++;
  }

  /** The parts of a text from the position to where `isEnd` says; not past it. */
  protected readParts(syntax: TextSyntax): TextPart[] {
    const parts: TextPart[] = [];
    let runStart = this.position;
    const endRun = (end: number): void => {
      if (end === runStart) return;
      const range = this.from(runStart, end);
      parts.push({ range, text: this.text.slice(range.start, range.end), literal: true });
    };
    while (this.position < this.text.length && !syntax.isEnd()) {
      const start = this.position;
      const part = this.escaped(syntax) ?? this.interpolation(syntax.markers);
      if (part) {
        endRun(start);
        parts.push(part);
        runStart = this.position;
      } else this.position++;
    }
    endRun(this.position);
    return parts;
  }

  /** The expression that one of the signs begins at the position. */
  protected abstract interpolation(markers: readonly string[]): TextPart | undefined;

  private escaped(syntax: TextSyntax): TextPart | undefined {
    const escape = syntax.escape();
    if (!escape) return undefined;
    const start = this.position;
    this.position = Math.min(start + escape.length, this.text.length);
    return { range: this.from(start), text: escape.text, literal: false };
  }

  /** A backslash and what follows it, which stands for itself unless `code` tells the number of a character. */
  protected escape(code: RegExp): { readonly length: number; readonly text: string } | undefined {
    const sign = this.at(1);
    if (this.at(0) !== '\\' || sign === '' || sign === '\n' || sign === '\r') return undefined;
    const found = code.exec(this.text.slice(this.position, this.position + 10));
    const point = Number.parseInt(found?.[1] ?? found?.[2] ?? '', 16);
    if (found && point <= 0x10ffff) return { length: found[0].length, text: String.fromCodePoint(point) };
    return { length: 2, text: { n: '\n', r: '\r', t: '\t' }[sign] ?? sign };
  }
}
