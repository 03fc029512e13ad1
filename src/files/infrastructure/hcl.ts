import type { TextRange } from '../types.ts';
import { ExpressionReader } from './expressions/expressionReader.ts';
import { textOfParts, type Entry, type ObjectValue, type TextValue } from './expressions/values.ts';

/** The blocks and attributes of an HCL file: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md. Never throws. */
export function readHcl(text: string): readonly Entry[] {
  return new HclReader(text).file();
}

const word = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const codePoint = /^\\(?:u([0-9a-f]{4})|U([0-9a-f]{8}))/i;

class HclReader extends ExpressionReader {
  protected readonly lineComments = ['#', '//'];
  protected readonly keySigns = '=:';
  protected readonly identifier = word;
  private bodies = 0;

  file(): readonly Entry[] {
    const entries: Entry[] = [];
    this.readAll(() => this.item(entries));
    return entries;
  }

  /** An attribute or a block. */
  private item(entries: Entry[]): void {
    const start = this.position;
    const key = this.word();
    if (key === undefined) {
      // What belongs to nothing, as while somebody types.
      this.value({ atLine: 'always' });
      return;
    }
    const labels: string[] = [];
    for (;;) {
      this.skipBlank(false);
      const label = this.label();
      if (label === undefined) break;
      labels.push(label);
    }
    if (this.at(0) === '=' && labels.length === 0) {
      const keyRange = { start, end: start + key.length };
      this.position++;
      entries.push({ key, keyRange, value: this.value({ atLine: 'unlessContinued' }) });
    } else if (this.at(0) === '{') {
      let end = this.position;
      while (end > start && ' \t'.includes(this.text[end - 1] ?? '')) end--;
      entries.push({ key, keyRange: { start, end }, value: this.body(), labels });
    } else this.toLineEnd();
  }

  private label(): string | undefined {
    const text = this.readText();
    return text ? (text.text ?? '') : this.word();
  }

  /** Blocks are nested by braces alone, deeper ones than any file has are read as part of the one they are in. */
  private body(): ObjectValue {
    const start = this.position++;
    const entries: Entry[] = [];
    this.bodies++;
    for (;;) {
      this.skipBlank(true);
      const sign = this.at(0);
      if (sign === '' || sign === '}') break;
      if (this.bodies > 60) this.toEndOfBody();
      else this.progress(() => this.item(entries));
    }
    this.bodies--;
    this.position = Math.min(this.position + 1, this.text.length);
    return { kind: 'object', extent: this.from(start), entries, open: false };
  }

  /** To the brace that closes the body, without looking at what is in it. */
  private toEndOfBody(): void {
    for (let open = 0; this.position < this.text.length;) {
      if (this.at(0) === '}' && open === 0) return;
      if (this.at(0) === '{') open++;
      if (this.at(0) === '}') open--;
      if (!this.readText()) this.position++;
      this.skipBlank(true);
    }
  }

  protected readText(): TextValue | undefined {
    if (this.startsWith('<<')) return this.heredoc();
    if (this.at(0) !== '"') return undefined;
    const start = this.position++;
    const inside = this.position;
    const parts = this.readParts({
      isEnd: () => this.at(0) === '"' || this.isAtLineEnd(),
      markers: ['${', '%{'],
      escape: () => this.escapedMarker() ?? this.escape(codePoint),
    });
    const range = this.from(inside);
    if (this.at(0) === '"') this.position++;
    return textOfParts(this.from(start), range, parts);
  }

  /** `<<END`, `<<-END`: up to a line that is nothing but END. Indentation is left as it is written. */
  private heredoc(): TextValue | undefined {
    const start = this.position;
    this.position += this.at(2) === '-' ? 3 : 2;
    const name = this.word();
    if (name === undefined || !this.isAtLineEnd()) {
      this.position = start;
      return undefined;
    }
    if (this.startsWith('\r\n')) this.position++;
    this.position++;
    const inside = this.position;
    let end: TextRange | undefined;
    const parts = this.readParts({
      isEnd: () => (end = this.endOfHeredoc(inside, name)) !== undefined,
      markers: ['${', '%{'],
      escape: () => this.escapedMarker(),
    });
    const range = this.from(inside);
    if (end) this.position = end.end;
    return textOfParts(this.from(start), range, parts);
  }

  private endOfHeredoc(inside: number, name: string): TextRange | undefined {
    if (this.position > inside && this.text[this.position - 1] !== '\n') return undefined;
    let start = this.position;
    // Each line is looked at once from its start.
    while (this.text[start] === ' ' || this.text[start] === '\t') start++;
    const end = start + name.length;
    const next = this.text[end];
    const isEnd = this.text.startsWith(name, start) && (next === undefined || next === '\n' || next === '\r');
    return isEnd ? { start, end } : undefined;
  }

  /** `$${` and `%%{` stand for `${` and `%{`. */
  private escapedMarker(): { length: number; text: string } | undefined {
    const sign = this.at(0);
    if ((sign !== '$' && sign !== '%') || this.at(1) !== sign || this.at(2) !== '{') return undefined;
    return { length: 3, text: `${sign}{` };
  }
}
