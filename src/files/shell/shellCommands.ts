import type { TextRange } from '../types.ts';
import { continuationLength, endOfExpression } from './shellWord.ts';

/** One simple command of a shell script. */
export interface ShellCommand {
  /** With assignments before it, without redirections. Quotes and all are inside the ranges: `readWord` takes them apart. */
  readonly words: readonly TextRange[];
  /** It is inside a function, a condition, a loop, a subshell or a substitution. */
  readonly isNested: boolean;
}

/** Substitutions inside one another; deeper ones are words without commands. */
const maxDepth = 20;

const maxPlaceholderLength = 100;
const placeholder = /^<[A-Za-z][^<>\n;|&()"`$]*(?<![ \t])>/;

/** By code; what lies beyond is plain, too. */
const isPlain = new Uint8Array(128).fill(1);
for (const sign of ' \t\r\n;&|()<>\\\'"`$@') isPlain[sign.charCodeAt(0)] = 0;

const opening = new Set(['if', 'case', 'for', 'while', 'until', 'select', '{', 'function']);
const closing = new Set(['fi', 'esac', 'done', '}']);

/**
 * The simple commands of a POSIX shell script (pubs.opengroup.org/onlinepubs/9799919799, "Shell Command Language"), those inside `$(…)`
 * and backticks before the ones they are part of. Comments and here-documents are left out. Linear but for the depth of substitutions;
 * never throws, whatever the text is. `escape`: `\\`, or PowerShell's backtick, which then substitutes no command. `indent`: so many
 * blanks before each line belong to the file that the script is written in, as in a block of YAML.
 */
export function shellCommands(text: string, range: TextRange, escape: string, indent: number): readonly ShellCommand[] {
  const found: ShellCommand[] = [];
  new CommandReader(text, range, escape, indent, found, 0).readUntil(undefined);
  return found;
}

/** The words up to the parenthesis that closes the one before `range`; undefined if none in it does. */
export function listWords(text: string, escape: string, range: TextRange): readonly TextRange[] | undefined {
  const found: ShellCommand[] = [];
  const end = new CommandReader(text, range, escape, 0, found, maxDepth).readUntil(')');
  return text[end - 1] === ')' ? found.flatMap(({ words }) => words) : undefined;
}

class CommandReader {
  readonly #text: string;
  readonly #end: number;
  readonly #escape: string;
  readonly #indent: number;
  readonly #depth: number;
  readonly #hereDocuments: { readonly name: string; readonly isTabbed: boolean }[] = [];
  readonly #found: ShellCommand[];
  /** Of the command that is being read. */
  #words: TextRange[] = [];
  #parentheses = 0;
  #nesting = 0;
  #at: number;

  constructor(
    text: string,
    { start, end }: TextRange,
    escape: string,
    indent: number,
    found: ShellCommand[],
    depth: number,
  ) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
    this.#escape = escape;
    this.#indent = indent;
    this.#found = found;
    this.#depth = depth;
  }

  get #char(): string {
    return this.#at < this.#end ? (this.#text[this.#at] ?? '') : '';
  }

  get #isPowerShell(): boolean {
    return this.#escape === '`';
  }

  /** Up to the end, or behind the parenthesis that closes a substitution. Returns where that is. */
  readUntil(until: ')' | undefined): number {
    /** What comes next is where a redirection goes, not a word. */
    let isTarget = false;
    while (this.#at < this.#end) {
      const char = this.#char;
      const continued = char === this.#escape ? continuationLength(this.#text, this.#at, this.#end) : 0;
      if (continued > 0) this.#at += continued;
      else if (char === ' ' || char === '\t' || char === '\r') this.#at++;
      else if (char === '#') this.#skipLine();
      else if (this.#isPowerShell && this.#text.startsWith('<#', this.#at)) this.#skipTo('#>');
      else if (char === '(' && this.#isArithmetic()) this.#skipTo('))');
      else if ((char === '<' || char === '>') && this.#placeholderLength() === 0) {
        this.#dropDescriptor();
        isTarget = this.#redirection();
      } else if ('\n;&|()'.includes(char)) {
        this.#endCommand();
        isTarget = false;
        this.#at++;
        if (char === '(') this.#parentheses++;
        else if (char === ')') {
          if (this.#parentheses === 0 && until === ')') return this.#at;
          this.#parentheses = Math.max(0, this.#parentheses - 1);
        } else if (char === '\n') this.#skipHereDocuments();
      } else {
        const word = this.#word();
        if (!isTarget) this.#words.push(word);
        isTarget = false;
      }
    }
    this.#endCommand();
    return this.#at;
  }

  #endCommand(): void {
    const words = this.#words;
    const [first] = words;
    if (!first) return;
    const name = this.#text.slice(first.start, Math.min(first.end, first.start + 10));
    if (closing.has(name)) this.#nesting = Math.max(0, this.#nesting - 1);
    else if (opening.has(name)) this.#nesting++;
    this.#found.push({ words, isNested: this.#depth + this.#nesting + this.#parentheses > 0 });
    this.#words = [];
  }

  /** The `2` of `2>`: a word that nothing separates from it. */
  #dropDescriptor(): void {
    const last = this.#words.at(-1);
    if (last?.end === this.#at && /^\d+$/.test(this.#text.slice(last.start, last.end))) this.#words.pop();
  }

  /** Behind the operator. Whether a word follows that belongs to it. */
  #redirection(): boolean {
    if (this.#text.startsWith('<<<', this.#at)) this.#at += 3;
    else if (this.#text.startsWith('<<', this.#at)) {
      this.#at += 2;
      const isTabbed = this.#char === '-';
      if (isTabbed) this.#at++;
      while (this.#char === ' ' || this.#char === '\t') this.#at++;
      const count = this.#found.length;
      const { start, end } = this.#word();
      // What its name has in it is not run.
      this.#found.length = count;
      const name = this.#text.slice(start, end).replace(/["'\\]/g, '');
      if (name !== '') this.#hereDocuments.push({ name, isTabbed });
      return false;
    } else {
      this.#at++;
      if (this.#char === '>' || this.#char === '&' || this.#char === '|') this.#at++;
      // A process: its commands are read as they come.
      if (this.#char === '(') return false;
    }
    return true;
  }

  #skipHereDocuments(): void {
    if (this.#hereDocuments.length === 0) return;
    for (const { name, isTabbed } of this.#hereDocuments.splice(0)) {
      for (let isInside = true; isInside && this.#at < this.#end;) {
        const start = this.#at;
        this.#skipLine();
        const line = withoutIndent(this.#text.slice(start, this.#at), this.#indent).replace(/\r$/, '');
        this.#at = Math.min(this.#at + 1, this.#end);
        isInside = (isTabbed ? line.replace(/^\t+/, '') : line) !== name;
      }
    }
  }

  /** To the line break. */
  #skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 || end > this.#end ? this.#end : end;
  }

  #word(): TextRange {
    const start = this.#at;
    while (this.#skipPlain() < this.#end) {
      const placeholder = this.#placeholderLength();
      if (placeholder > 0) this.#at += placeholder;
      else if (' \t\r\n;&|()<>'.includes(this.#char)) break;
      else if (this.#char === '@' && this.#isPowerShell) this.#hereString();
      else this.#next();
    }
    return { start, end: this.#at };
  }

  /** Of `<your registry name>`, which stands for a word in documentation: in redirections, a blank is before the `>`. */
  #placeholderLength(): number {
    if (this.#char !== '<') return 0;
    const written = this.#text.slice(this.#at, Math.min(this.#end, this.#at + maxPlaceholderLength));
    return placeholder.exec(written)?.[0].length ?? 0;
  }

  /** Behind what means nothing but itself in any word. */
  #skipPlain(): number {
    let at = this.#at;
    while (at < this.#end && isPlain[this.#text.charCodeAt(at)] !== 0) at++;
    this.#at = at;
    return at;
  }

  /** Over one character, escape, quoted part or substitution. */
  #next(): void {
    const char = this.#char;
    if (char === this.#escape) this.#at = Math.min(this.#at + 2, this.#end);
    else if (char === "'") this.#skipTo("'");
    else if (char === '"') this.#double();
    else if (char === '`') this.#backtick();
    else if (char === '$') this.#dollar();
    else this.#at++;
  }

  #double(): void {
    this.#at++;
    while (this.#skipPlain() < this.#end && this.#char !== '"') {
      if (this.#char === "'") this.#at++;
      else this.#next();
    }
    this.#at = Math.min(this.#at + 1, this.#end);
  }

  #dollar(): void {
    const next = this.#text[this.#at + 1];
    const expressionEnd = endOfExpression(this.#text, this.#at, this.#end);
    if (expressionEnd !== undefined) this.#at = expressionEnd;
    else if (next === '(' && this.#depth < maxDepth) {
      this.#at = this.#readInner({ start: this.#at + 2, end: this.#end }, ')');
    } else if (next === '{') {
      this.#braces();
    } else this.#at++;
  }

  /** `${NAME:-${OTHER}}`: to the brace that closes the first, or the end of the line. */
  #braces(): void {
    let open = 0;
    do {
      if (this.#text.startsWith('${', this.#at)) {
        open++;
        this.#at += 2;
      } else {
        if (this.#char === '}') open--;
        this.#at += this.#char === this.#escape ? 2 : 1;
      }
    } while (open > 0 && this.#at < this.#end && this.#char !== '\n');
    this.#at = Math.min(this.#at, this.#end);
  }

  #backtick(): void {
    const start = this.#at + 1;
    this.#skipTo('`');
    if (this.#depth < maxDepth) this.#readInner({ start, end: Math.max(start, this.#at - 1) }, undefined);
  }

  #readInner(range: TextRange, until: ')' | undefined): number {
    return new CommandReader(this.#text, range, this.#escape, this.#indent, this.#found, this.#depth + 1).readUntil(
      until,
    );
  }

  /** PowerShell's text of several lines, between `@"` and a line that begins with `"@`. */
  #hereString(): void {
    const quote = /^@(["'])[ \t]*\r?\n/.exec(this.#text.slice(this.#at, this.#at + 80))?.[1];
    if (quote === undefined) this.#at++;
    else this.#skipTo(`\n${' '.repeat(this.#indent)}${quote}@`);
  }

  /** `((size << n))`: no here-document begins in it. It ends on its line, which nested subshells seldom do so. */
  #isArithmetic(): boolean {
    return /^\(\([^(\n][^\n]*?\)\)/.test(this.#text.slice(this.#at, Math.min(this.#at + 200, this.#end)));
  }

  /** Behind the next one; the end if there is none. */
  #skipTo(sign: string): void {
    const close = this.#text.indexOf(sign, this.#at + 1);
    this.#at = close < 0 ? this.#end : Math.min(close + sign.length, this.#end);
  }
}

function withoutIndent(line: string, indent: number): string {
  let at = 0;
  while (at < indent && line[at] === ' ') at++;
  return line.slice(at);
}
