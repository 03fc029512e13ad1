import type { TextRange } from '../../types.ts';

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
}
