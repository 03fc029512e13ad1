import { operatorValue, type Operand } from './operators.ts';
import { TextScanner } from './textScanner.ts';
import type { Entry, TextPart, TextValue, Value } from './values.ts';

/** Where an expression ends besides at `,`, `)`, `]`, `}` and the end of the text. */
export interface Ends {
  /** At the end of the line, unless the next one goes on with an operator. */
  readonly atLine?: 'always' | 'unlessContinued';
  /** At a colon that belongs to no `?`. */
  readonly atColon?: boolean;
}

const noEnds: Ends = {};

/** Deeper values are skipped: no file that people write comes near. */
const maxDepth = 100;

/**
 * Reads the expressions that Bicep and HCL have in common: names, calls, objects, lists, texts with `${…}`, operators. Whatever the
 * text, it never throws, never recurses deeper than `maxDepth` values, and reads each character a bounded number of times.
 */
export abstract class ExpressionReader extends TextScanner {
  private depth = 0;

  /** Signs between a key of an object and its value. */
  protected abstract readonly keySigns: string;
  /** The text that begins at the position, if one does. */
  protected abstract readText(): TextValue | undefined;

  protected value(ends: Ends = noEnds): Value {
    const operands: Operand[] = [];
    let start: number | undefined;
    let end = this.position;
    let openQuestions = 0;
    while (this.goToOperand(ends)) {
      start ??= this.position;
      const sign = this.at(0);
      if (sign === ':' && openQuestions === 0 && ends.atColon) break;
      const primary = this.primary();
      if (primary) operands.push({ value: primary });
      else {
        const operator = sign === '?' && this.at(1) === '?' ? '??' : sign;
        if (operator === '?') openQuestions++;
        if (operator === ':') openQuestions--;
        operands.push({ operator });
        this.position += operator.length;
      }
      end = this.position;
    }
    return operatorValue(operands, this.from(start ?? end, end));
  }

  /** To where the expression goes on; false if it ends here. */
  private goToOperand({ atLine }: Ends): boolean {
    this.skipBlank(atLine === undefined);
    if (atLine !== undefined && this.isAtLineEnd()) {
      const lineEnd = this.position;
      if (atLine === 'always') return false;
      this.skipBlank(true);
      const goesOn = '?:&|+*%'.includes(this.at(0)) || ['==', '!=', '<=', '>='].includes(this.at(0) + this.at(1));
      if (!goesOn || this.at(0) === '') {
        this.position = lineEnd;
        return false;
      }
    }
    const sign = this.at(0);
    return sign !== '' && !',)]}'.includes(sign);
  }

  protected primary(): Value | undefined {
    const start = this.position;
    const text = this.readText();
    if (text) return text;
    switch (this.at(0)) {
      case '{':
        return this.deeper(() => this.object());
      case '[':
        return this.deeper(() => this.list());
      case '(':
        return this.deeper(() => this.inParentheses());
    }
    const word = this.word();
    if (word !== undefined) return this.afterWord(word, start);
    return this.number();
  }

  /** What a word begins: a keyword's value, a name with its path, a call. */
  protected afterWord(word: string, start: number): Value {
    if (word === 'null') return { kind: 'null', extent: this.from(start) };
    if (word === 'true' || word === 'false') return { kind: 'other', extent: this.from(start), inside: [] };
    const path = [word];
    let inside: readonly Value[] | undefined;
    for (;;) {
      const next = this.pathSign();
      if (next > 0) {
        this.position += next;
        path.push(this.word() ?? this.digits() ?? this.splat() ?? '');
      } else if (this.at(0) === '[') {
        const index = this.deeper(() => this.list());
        const item = index.kind === 'list' && index.items.length === 1 ? index.items[0] : undefined;
        path.push(this.indexOf(item));
      } else if (this.at(0) === '(') {
        const list = this.deeper(() => this.list());
        inside = [...(inside ?? []), ...(list.kind === 'list' ? list.items : [])];
        if (this.pathSign() === 0 && this.at(0) !== '[' && this.at(0) !== '(')
          return { kind: 'call', extent: this.from(start), name: path.join('.'), arguments: inside };
        path.push('()');
      } else break;
    }
    const extent = this.from(start);
    return inside ? { kind: 'other', extent, inside } : { kind: 'name', extent, path };
  }

  /** How long the sign is that leads to a property: `.`, and Bicep's `.?`, `!.`, `::`. */
  private pathSign(): number {
    const [first, second] = [this.at(0), this.at(1)];
    if (first === '.') return second === '.' ? 0 : second === '?' ? 2 : 1;
    return (first === '!' && second === '.') || (first === ':' && second === ':') ? 2 : 0;
  }

  private splat(): string | undefined {
    if (this.at(0) !== '*') return undefined;
    this.position++;
    return '*';
  }

  private indexOf(index: Value | undefined): string {
    if (index?.kind === 'text' && index.text !== undefined) return index.text;
    const written = index ? this.text.slice(index.extent.start, index.extent.end) : '';
    return /^\d{1,9}$/.test(written) ? written : '*';
  }

  private inParentheses(): Value {
    const start = this.position++;
    const value = this.value();
    this.skipBlank(true);
    while (this.at(0) === ',') {
      // A lambda's parameters: nothing in them matters.
      this.position++;
      this.value();
      this.skipBlank(true);
    }
    if (this.at(0) === ')') this.position++;
    if (this.pathSign() === 0 && this.at(0) !== '[') return value;
    return this.afterValue(value, start);
  }

  /** `(value).property`: not followed. */
  private afterValue(value: Value, start: number): Value {
    while (this.pathSign() > 0) {
      this.position += this.pathSign();
      this.word();
    }
    return { kind: 'other', extent: this.from(start), inside: [value] };
  }

  /** What stands in brackets or parentheses, separated by commas or, in Bicep, by lines. */
  protected list(): Value {
    const start = this.position;
    const close = this.text[start] === '(' ? ')' : ']';
    this.position++;
    const items: Value[] = [];
    this.skipBlank(true);
    const looped = this.loop(items);
    for (;;) {
      this.skipBlank(true);
      const sign = this.at(0);
      if (sign === '' || sign === close) break;
      if (sign === ',') this.position++;
      else this.progress(() => items.push(this.value(looped || close === ')' ? {} : { atLine: 'unlessContinued' })));
    }
    this.position = Math.min(this.position + 1, this.text.length);
    const split = looped ? items.length - 1 : 0;
    return { kind: 'list', extent: this.from(start), items: items.slice(split), inside: items.slice(0, split), looped };
  }

  /** Reads `for x in y:`, if that is what stands here; the collection goes to `inside`. */
  private loop(inside: Value[]): boolean {
    const start = this.position;
    if (this.word() === 'for') {
      const afterWord = this.position;
      this.skipBlank(true);
      if (this.position > afterWord && (this.isAtWord() || this.at(0) === '(')) {
        for (;;) {
          inside.push(this.value({ atColon: true }));
          if (this.at(0) !== ',') break;
          this.position++;
        }
        if (this.at(0) === ':') this.position++;
        return true;
      }
    }
    this.position = start;
    return false;
  }

  protected object(): Value {
    const start = this.position++;
    const entries: Entry[] = [];
    this.skipBlank(true);
    const loop: Value[] = [];
    let open = this.loop(loop);
    for (;;) {
      this.skipBlank(true);
      const sign = this.at(0);
      if (sign === '' || sign === '}') break;
      if (this.startsWith('...')) {
        this.position += 3;
        open = true;
        entries.push({ ...this.unnamed(this.value({ atLine: 'unlessContinued' })), isSpread: true });
      } else if (open && loop.length > 0) this.progress(() => entries.push(this.unnamed(this.value())));
      else if (!this.statementInObject()) this.progress(() => this.entry(entries));
    }
    this.position = Math.min(this.position + 1, this.text.length);
    for (const value of loop) entries.push(this.unnamed(value));
    return { kind: 'object', extent: this.from(start), entries, open };
  }

  /** Bicep's child resources and decorators. */
  protected statementInObject(): boolean {
    return false;
  }

  private unnamed(value: Value): Entry {
    return { key: undefined, keyRange: value.extent, value };
  }

  private entry(entries: Entry[]): void {
    const start = this.position;
    const text = this.readText();
    const key = text ? text.text : (this.word() ?? this.digits());
    if (!text && key === undefined) {
      if (this.at(0) === '(') this.deeper(() => this.inParentheses());
      else return;
    }
    const keyRange = text ? (text.range.end > text.range.start ? text.range : text.extent) : this.from(start);
    this.skipBlank(false);
    if (this.at(0) === '' || !this.keySigns.includes(this.at(0))) return;
    this.position++;
    entries.push({ key, keyRange, value: this.value({ atLine: 'unlessContinued' }) });
  }

  /** If it is not too deep. */
  protected interpolation(markers: readonly string[]): TextPart | undefined {
    const marker = this.isShallow ? markers.find((sign) => this.startsWith(sign)) : undefined;
    if (marker === undefined) return undefined;
    const start = this.position;
    this.position += marker.length;
    const inside: Value[] = [];
    this.depth++;
    for (;;) {
      inside.push(this.value({ atLine: 'always' }));
      const sign = this.at(0);
      if (sign === '}') this.position++;
      if (sign === '}' || sign === '' || this.isAtLineEnd()) break;
      this.position++;
    }
    this.depth--;
    const range = this.from(start);
    const [only] = inside;
    return {
      range,
      literal: false,
      expression: inside.length === 1 && only ? only : { kind: 'other', extent: range, inside },
    };
  }

  /** Whether what is nested may still be read. */
  private get isShallow(): boolean {
    return this.depth < maxDepth;
  }

  protected deeper(read: () => Value): Value {
    if (!this.isShallow) return this.skipNested();
    this.depth++;
    const value = read();
    this.depth--;
    return value;
  }

  /** Past the bracket that matches the one at the position. */
  private skipNested(): Value {
    const start = this.position;
    let open = 0;
    do {
      const sign = this.at(0);
      if ('{[('.includes(sign)) open++;
      if ('}])'.includes(sign)) open--;
      if (!this.readText()) this.position++;
      this.skipBlank(true);
    } while (open > 0 && this.position < this.text.length);
    return { kind: 'other', extent: this.from(start), inside: [] };
  }

  private number(): Value | undefined {
    const start = this.position;
    return this.digits() === undefined ? undefined : { kind: 'other', extent: this.from(start), inside: [] };
  }
}
