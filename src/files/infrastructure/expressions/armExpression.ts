import type { TextRange } from '../../types.ts';
import type { TextValue, Value } from './values.ts';

/** Longer expressions are left alone. */
const maxLength = 10_000;
const maxDepth = 50;

/**
 * The value of a string of an ARM template: a text, or what stands in `[…]`
 * (https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions). `range` is where all of it is written;
 * parts have no ranges of their own, since JSON's escapes move them. `literal`: it is written without escapes.
 */
export function armValue(value: string, range: TextRange, literal: boolean): Value {
  if (value.startsWith('[') && !value.startsWith('[[') && value.endsWith(']') && value.length <= maxLength) {
    const reader = new ArmExpressionReader(value.slice(1, -1), range);
    return reader.whole();
  }
  return textValue(value.startsWith('[[') ? value.slice(1) : value, range, literal && !value.startsWith('[['));
}

function textValue(text: string, range: TextRange, literal: boolean): TextValue {
  const extent = range;
  return { kind: 'text', extent, range, parts: range.end > range.start ? [{ range, text, literal }] : [] };
}

class ArmExpressionReader {
  private readonly text: string;
  private readonly extent: TextRange;
  private position = 0;
  private depth = 0;

  constructor(text: string, extent: TextRange) {
    this.text = text;
    this.extent = extent;
  }

  whole(): Value {
    const value = this.value();
    this.skipBlank();
    return this.position === this.text.length ? value : this.other([value]);
  }

  private value(): Value {
    this.skipBlank();
    const sign = this.text[this.position];
    if (sign === "'") return this.string();
    const word = this.word();
    if (word === undefined) {
      this.position = this.text.length;
      return this.other([]);
    }
    if (word.toLowerCase() === 'null' || this.text[this.position] !== '(') return this.other([]);
    return this.afterCall(word, this.arguments());
  }

  /** `parameters('x').y[0]` and `variables('x')` are names; other calls with something behind them are not followed. */
  private afterCall(name: string, given: readonly Value[]): Value {
    const path: string[] = [];
    for (;;) {
      const sign = this.text[this.position];
      if (sign === '.') {
        this.position++;
        path.push(this.word() ?? '');
      } else if (sign === '[') {
        const [index] = this.arguments();
        path.push(index?.kind === 'text' ? (index.parts[0]?.text ?? '') : '*');
      } else break;
    }
    const [first] = given;
    const lower = name.toLowerCase();
    if (lower === 'null' && path.length === 0) return { kind: 'null', extent: this.extent };
    if ((lower === 'parameters' || lower === 'variables') && given.length === 1 && first?.kind === 'text') {
      const key = first.parts[0]?.text ?? '';
      return { kind: 'name', extent: this.extent, path: [lower, key, ...path] };
    }
    if (path.length > 0) return this.other(given);
    if (lower === 'if' && given.length === 3)
      return { kind: 'choice', extent: this.extent, options: given.slice(1), inside: given.slice(0, 1) };
    return { kind: 'call', extent: this.extent, name, arguments: given };
  }

  /** What stands between the bracket at the position and the one that closes it. */
  private arguments(): Value[] {
    const values: Value[] = [];
    const close = this.text[this.position] === '(' ? ')' : ']';
    this.position++;
    if (++this.depth > maxDepth) this.position = this.text.length;
    for (;;) {
      this.skipBlank();
      const sign = this.text[this.position];
      if (sign === undefined) break;
      if (sign === close) {
        this.position++;
        break;
      }
      if (sign === ',') this.position++;
      else values.push(this.value());
    }
    this.depth--;
    return values;
  }

  /** A quote inside is doubled. */
  private string(): Value {
    let value = '';
    for (this.position++; this.position < this.text.length; this.position++) {
      const sign = this.text[this.position] ?? '';
      if (sign === "'") {
        if (this.text[this.position + 1] !== "'") break;
        this.position++;
      }
      value += sign;
    }
    this.position = Math.min(this.position + 1, this.text.length);
    return {
      kind: 'text',
      extent: this.extent,
      range: this.extent,
      parts: [{ range: this.extent, text: value, literal: false }],
    };
  }

  private word(): string | undefined {
    const form = /[\w+-]+/y;
    form.lastIndex = this.position;
    const [word] = form.exec(this.text) ?? [];
    this.position += word?.length ?? 0;
    return word;
  }

  private skipBlank(): void {
    while (/\s/.test(this.text[this.position] ?? '')) this.position++;
  }

  private other(inside: readonly Value[]): Value {
    return { kind: 'other', extent: this.extent, inside };
  }
}
