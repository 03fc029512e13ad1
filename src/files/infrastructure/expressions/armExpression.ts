import type { TextRange } from '../../types.ts';
import { ExpressionReader } from './expressionReader.ts';
import type { TextValue, Value } from './values.ts';

/** Longer expressions are left alone. */
const maxLength = 10_000;

/** Most expressions. */
const named = /^\[(parameters|variables)\('([^']+)'\)\]$/i;
const word = /[\w+-]+/y;
/** A quote inside is doubled. */
const quoted = /'((?:[^']|'')*)'?/y;

/**
 * The value of a string of an ARM template: a text, or what stands in `[…]`
 * (https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions). `range` is where all of it is written;
 * parts have no ranges of their own, since JSON's escapes move them. `literal`: it is written without escapes.
 */
export function armValue(value: string, range: TextRange, literal: boolean): Value {
  if (!value.startsWith('[')) return new PlainText(value, range, literal);
  if (value.startsWith('[[')) return new PlainText(value.slice(1), range, false);
  if (!value.endsWith(']') || value.length > maxLength) return new PlainText(value, range, literal);
  const [, kind, name] = named.exec(value) ?? [];
  if (kind !== undefined && name !== undefined)
    return { kind: 'name', extent: range, path: [kind.toLowerCase(), name] };
  return new ArmExpressionReader(value.slice(1, -1), range).whole();
}

/** Without an expression in it. Few of a file are asked for their parts. */
class PlainText implements TextValue {
  readonly kind = 'text';
  readonly extent: TextRange;
  readonly text: string;
  private readonly literal: boolean;

  constructor(text: string, extent: TextRange, literal: boolean) {
    this.extent = extent;
    this.text = text;
    this.literal = literal;
  }

  get range(): TextRange {
    return this.extent;
  }

  get parts(): TextValue['parts'] {
    const { extent: range, text, literal } = this;
    return range.end > range.start ? [{ range, text, literal }] : [];
  }
}

class ArmExpressionReader extends ExpressionReader {
  protected readonly lineComments = [];
  protected readonly keySigns = '';
  protected readonly identifier = word;
  private readonly extent: TextRange;

  constructor(text: string, extent: TextRange) {
    super(text);
    this.extent = extent;
  }

  whole(): Value {
    const value = this.value();
    return this.position === this.text.length ? value : this.other([value]);
  }

  protected override from(): TextRange {
    return this.extent;
  }

  protected readText(): TextValue | undefined {
    quoted.lastIndex = this.position;
    const [written, inside = ''] = quoted.exec(this.text) ?? [];
    if (written === undefined) return undefined;
    this.position += written.length;
    return new PlainText(inside.replaceAll("''", "'"), this.extent, false);
  }

  /** `parameters('x').y[0]` and `variables('x')` are names; other calls with something behind them are not followed. */
  protected override afterWord(name: string): Value {
    // A number, or a word that no function has.
    if (this.at(0) !== '(') return this.other([]);
    const given = this.itemsInside();
    const path: string[] = [];
    for (;;) {
      if (this.at(0) === '.') {
        this.position++;
        path.push(this.word() ?? '');
      } else if (this.at(0) === '[') {
        const [index] = this.itemsInside();
        path.push(index?.kind === 'text' ? (index.text ?? '') : '*');
      } else break;
    }
    const [first] = given;
    const { extent } = this;
    const lower = name.toLowerCase();
    if ((lower === 'parameters' || lower === 'variables') && given.length === 1 && first?.kind === 'text')
      return { kind: 'name', extent, path: [lower, first.text ?? '', ...path] };
    if (path.length > 0) return this.other(given);
    if (lower === 'null') return { kind: 'null', extent };
    if (lower === 'if' && given.length === 3)
      return { kind: 'choice', extent, options: given.slice(1), inside: given.slice(0, 1) };
    return { kind: 'call', extent, name, arguments: given };
  }

  /** What stands between the bracket at the position and the one that closes it. */
  private itemsInside(): readonly Value[] {
    const list = this.deeper(() => this.list());
    return list.kind === 'list' ? list.items : [];
  }

  private other(inside: readonly Value[]): Value {
    return { kind: 'other', extent: this.extent, inside };
  }
}
