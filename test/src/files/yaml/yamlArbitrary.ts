import fc from 'fast-check';

/** A YAML stream, and what a test needs to know of how it was written. */
type Node =
  | { readonly kind: 'scalar'; readonly style: number; readonly words: readonly string[] }
  | {
      readonly kind: 'map';
      readonly entries: readonly (readonly [key: string, value: Node])[];
      readonly isFlow: boolean;
    }
  | { readonly kind: 'sequence'; readonly items: readonly Node[]; readonly isFlow: boolean }
  | { readonly kind: 'alias' }
  | { readonly kind: 'nothing' };

const word = fc.constantFrom(
  'a',
  'image',
  'web:1.0',
  'x-y',
  '10',
  'true',
  'ünï',
  '😀',
  'repo/app',
  "it's",
  'a#b',
  'q"r',
);
const key = fc.constantFrom('image', 'name', 'k-1', 'services', 'a b', '.tpl', '<<', 'x', 'é', '1');

const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('scalar' as const),
        style: fc.nat(7),
        words: fc.array(word, { minLength: 1, maxLength: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'alias' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'nothing' as const }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('map' as const),
        entries: fc.uniqueArray(fc.tuple(key, tie('node')), { selector: ([name]) => name, minLength: 1, maxLength: 6 }),
        isFlow: fc.nat(5).map((n) => n === 0),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('sequence' as const),
        items: fc.array(tie('node'), { minLength: 1, maxLength: 6 }),
        isFlow: fc.nat(5).map((n) => n === 0),
      }),
    },
  ),
}));

/** YAML of nested collections in all styles, with comments, anchors, odd indentation, blank lines, several documents. */
export const yamlStream: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(node, { minLength: 1, maxLength: 3 }),
    fc.array(fc.nat(), { minLength: 50, maxLength: 200 }),
    fc.boolean(),
  )
  .map(([documents, noise, isWindows]) => {
    const writer = new Writer(noise);
    const text = documents.map((document) => writer.document(document)).join('');
    return isWindows ? text.replaceAll('\n', '\r\n') : text;
  });

class Writer {
  readonly #noise: readonly number[];
  #at = 0;
  #anchors = 0;
  #isFirst = true;

  constructor(noise: readonly number[]) {
    this.#noise = noise;
  }

  document(root: Node): string {
    this.#anchors = 0;
    const start = this.#isFirst && this.#chance(2) ? '' : this.#chance(3) ? '--- # next\n' : '---\n';
    this.#isFirst = false;
    const body =
      root.kind === 'alias' || root.kind === 'nothing' ? 'a: 1\n' : this.#block(root, 0, '').replace(/^\n/, '');
    return `${start}${this.#comment(0)}${body}${this.#chance(5) ? '...\n' : ''}`;
  }

  #pick(below: number): number {
    this.#at += 1;
    return (this.#noise[this.#at % this.#noise.length] ?? 0) % below;
  }

  #chance(oneIn: number): boolean {
    return this.#pick(oneIn) === 0;
  }

  #comment(column: number): string {
    switch (this.#pick(12)) {
      case 0:
        return '\n';
      case 1:
        return `${' '.repeat(column)}# image: no\n`;
      case 2:
        return '  \n';
      case 3:
        return '# at the margin\n';
      default:
        return '';
    }
  }

  #anchor(): string {
    if (!this.#chance(4)) return '';
    this.#anchors += 1;
    return `&a${String(this.#pick(2) === 0 ? this.#anchors : 1)} `;
  }

  /** What follows a key's colon or a dash, with the end of the line. `column`: of that key or dash. */
  #block(value: Node, column: number, before: string): string {
    switch (value.kind) {
      case 'nothing':
        return `${this.#chance(6) ? ' # nothing' : ''}\n`;
      case 'alias':
        return this.#anchors === 0 ? ' none\n' : ` *a1${this.#chance(5) ? ' # again' : ''}\n`;
      case 'scalar':
        return this.#scalar(value.style, value.words, column, before);
      default: {
        if (value.isFlow) return ` ${this.#anchor()}${this.#flow(value, column)}${this.#chance(5) ? ' # flow' : ''}\n`;
        const anchor = this.#anchor();
        const isSequence = value.kind === 'sequence';
        const isRoot = before === '';
        const inner = isRoot
          ? 0
          : isSequence && before === ':' && this.#chance(2)
            ? column
            : column + 1 + this.#pick(4);
        if (before === '-' && anchor === '' && this.#chance(2)) {
          const gap = 1 + this.#pick(3);
          return ' '.repeat(gap) + this.#entries(value, column + 1 + gap).trimStart();
        }
        const header = isRoot
          ? anchor === ''
            ? ''
            : `--- ${anchor.trim()}\n`
          : `${anchor === '' ? '' : ` ${anchor.trim()}`}${this.#chance(6) ? ' # below' : ''}\n`;
        return header + this.#comment(inner) + this.#entries(value, inner);
      }
    }
  }

  #entries(value: Exclude<Node, { kind: 'scalar' | 'alias' | 'nothing' }>, column: number): string {
    const indent = ' '.repeat(column);
    if (value.kind === 'map') {
      return value.entries
        .map(([name, entry], index) => {
          const quote = this.#chance(6) ? '"' : '';
          const comment = index === 0 ? '' : this.#comment(column);
          return `${comment}${indent}${quote}${name}${quote}:${this.#block(entry, column, ':')}`;
        })
        .join('');
    }
    return value.items
      .map((item, index) => `${index === 0 ? '' : this.#comment(column)}${indent}-${this.#block(item, column, '-')}`)
      .join('');
  }

  #flow(value: Node, column: number): string {
    const gap = this.#chance(4) ? `\n${' '.repeat(column + 2)}` : ' ';
    switch (value.kind) {
      case 'map':
        return `{${gap}${value.entries.map(([name, entry]) => `${name}: ${this.#flow(entry, column)}`).join(`,${gap}`)}${gap}}`;
      case 'sequence':
        return `[${gap}${value.items.map((item) => this.#flow(item, column)).join(`,${gap}`)}${gap}]`;
      case 'scalar':
        return value.style % 2 === 0
          ? `"${value.words.join(' ').replaceAll('"', '\\"')}"`
          : `'${value.words.join(' ').replaceAll("'", "''")}'`;
      case 'alias':
        return this.#anchors === 0 ? 'none' : '*a1 ';
      case 'nothing':
        return '~';
    }
  }

  #scalar(style: number, words: readonly string[], column: number, before: string): string {
    const anchor = before === '' ? '' : this.#anchor();
    const lead = before === '' ? '' : ' ';
    const indent = ' '.repeat((before === '' ? 0 : column) + 1 + this.#pick(3));
    const more = `\n${indent}`;
    const comment = this.#chance(6) ? ' # said' : '';
    switch (style) {
      case 0:
        return `${lead}${anchor}${words.join(' ')}${comment}\n`;
      case 1:
        return `${lead}${anchor}${words.join(more)}\n`;
      case 2:
        return `${lead}${anchor}"${words.join(' ').replaceAll('"', '\\"')}"${comment}\n`;
      case 3:
        return `${lead}${anchor}"${words.join(more).replaceAll('"', '\\u0022')}"${comment}\n`;
      case 4:
        return `${lead}${anchor}'${words.join(more).replaceAll("'", "''")}'${comment}\n`;
      case 5:
        return before === ''
          ? 'plain\n'
          : `${lead}${anchor}|${this.#chance(3) ? '-' : ''}${comment}\n${words.map((text) => `${indent}${text}\n`).join('')}`;
      case 6:
        return before === ''
          ? "'quoted'\n"
          : `${lead}${anchor}>${this.#chance(3) ? '+' : ''}\n${words.map((text) => `${indent}${text}\n`).join('')}${this.#chance(3) ? '\n' : ''}`;
      default:
        return `${lead}${anchor}''${comment}\n`;
    }
  }
}
