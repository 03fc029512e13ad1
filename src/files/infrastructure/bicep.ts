import type { TextRange } from '../types.ts';
import { ExpressionReader } from './expressions/expressionReader.ts';
import { createStatements, type StatementReader } from './statements.ts';
import { literalOf, type TextValue, type Value } from './expressions/values.ts';

/** A `resource` as it is written; child resources inside its body are listed on their own. */
export interface WrittenResource {
  readonly symbol: string;
  /** From the word `resource` to the type. */
  readonly head: TextRange;
  readonly extent: TextRange;
  /** `Microsoft.X/y`, in lower case; of a child resource with its parent's. */
  readonly type: string;
  /** What stands behind the `@` of the type. */
  readonly apiVersion?: { readonly range: TextRange; readonly value: string };
  readonly existing: boolean;
  /** It is not always there, or there are many of it: `if`, `for`. */
  readonly conditional: boolean;
  /** The object between the braces, or what stands in its place. */
  readonly body: Value;
  /** What the `for` around it goes through. */
  readonly collections: readonly Value[];
  /** The resource in whose body it stands. */
  readonly parent?: WrittenResource;
}

/** What statements of Bicep declare: https://learn.microsoft.com/azure/azure-resource-manager/bicep/file */
export interface BicepStatements {
  /** Variables, and parameters with a default. */
  readonly definitions: readonly { readonly name: string; readonly value: Value }[];
  /** In the order of the text, children behind their parents. */
  readonly resources: readonly WrittenResource[];
  /** All other values: of modules, by symbol and path, of outputs, metadata, decorators. */
  readonly others: readonly { readonly names: readonly string[]; readonly value: Value }[];
}

/** Reads Bicep as far as it can be understood. Never throws. */
export const readBicepStatements = createStatements((text) => new BicepReader(text));

class BicepReader extends ExpressionReader implements StatementReader<BicepStatements> {
  protected readonly lineComments = ['//'];
  protected readonly keySigns = ':';
  protected readonly identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
  readonly made = {
    definitions: new Array<BicepStatements['definitions'][number]>(),
    resources: new Array<WrittenResource>(),
    others: new Array<BicepStatements['others'][number]>(),
  };
  /** Child resources seen in the body that is being read, to be given their parent. */
  private children: ((parent: WrittenResource) => void)[] = [];

  read(): void {
    const start = this.position;
    if (this.decorator()) return;
    switch (this.word()) {
      case 'resource':
        this.children = [];
        this.resource(start)?.(undefined);
        break;
      case 'param':
      case 'var':
        this.definition(this.nextWord());
        break;
      case 'module':
        this.other(this.nextWord(), this.modulePath());
        break;
      case 'using':
        this.using();
        break;
      case 'output':
      case 'type':
        this.other(this.nextWord());
        break;
      case 'metadata':
        this.other('metadata');
        break;
      default:
        this.position = start;
        this.progress(() => this.made.others.push({ names: [], value: this.value({ atLine: 'unlessContinued' }) }));
    }
  }

  protected override statementInObject(): boolean {
    if (this.decorator()) return true;
    const start = this.position;
    if (this.word() === 'resource' && this.nextWord() !== undefined) {
      this.position = start;
      this.word();
      const adopt = this.resource(start);
      if (adopt) this.children.push(adopt);
      return true;
    }
    this.position = start;
    return false;
  }

  private decorator(): boolean {
    if (this.at(0) !== '@') return false;
    this.position++;
    const value = this.value({ atLine: 'unlessContinued' });
    // What else is said about a parameter than its values describes it.
    const isAllowed = value.kind === 'call' && /^(?:sys\.)?allowed$/.test(value.name);
    this.made.others.push({ names: isAllowed ? [] : ['metadata'], value });
    return true;
  }

  /** What a file of parameters is for. */
  private using(): void {
    const path = this.modulePath();
    if (path !== undefined)
      this.made.others.push({ names: ['using', path], value: { kind: 'null', extent: this.from(this.position) } });
  }

  private modulePath(): string | undefined {
    this.skipBlank(false);
    const path = this.readText();
    return path && literalOf(path);
  }

  private nextWord(): string | undefined {
    this.skipBlank(false);
    return this.word();
  }

  /** The rest of `param name type = value`. */
  private definition(name: string | undefined): void {
    const value = this.assigned();
    if (value && name !== undefined) this.made.definitions.push({ name, value });
  }

  private other(...names: readonly (string | undefined)[]): void {
    const value = this.assigned();
    if (value) this.made.others.push({ names: names.filter((name) => name !== undefined), value });
  }

  /** The value behind the next `=` of the statement. */
  private assigned(): Value | undefined {
    while (this.at(0) !== '' && this.at(0) !== '=' && !this.isAtLineEnd())
      this.progress(() => {
        this.primary();
        this.skipBlank(false);
      });
    if (this.at(0) !== '=') return undefined;
    this.position++;
    return this.value({ atLine: 'unlessContinued' });
  }

  /** Behind the word `resource`. What it gives adds the resource to the file, once its parent is known. */
  private resource(start: number): ((parent: WrittenResource | undefined) => void) | undefined {
    const symbol = this.nextWord() ?? '';
    this.skipBlank(false);
    const typeText = this.readText();
    if (!typeText) return undefined;
    const head = this.from(start);
    const existing = this.nextWord() === 'existing';
    this.skipBlank(false);
    while (this.at(0) !== '' && this.at(0) !== '=' && !this.isAtLineEnd()) this.position++;
    const outer = this.children;
    this.children = [];
    if (this.at(0) === '=') this.position++;
    const written = this.value({ atLine: 'unlessContinued' });
    const inner = this.children;
    this.children = outer;
    const extent = this.from(start);
    const { body, conditional, collections } = bodyOf(written);
    const { type, apiVersion } = splitType(typeText);
    return (parent) => {
      const resource: WrittenResource = {
        symbol,
        head,
        extent,
        type: parent && !type.includes('.') ? `${parent.type}/${type}` : type,
        ...(apiVersion && { apiVersion }),
        existing,
        conditional: conditional || (parent?.conditional ?? false),
        body,
        collections,
        ...(parent && { parent }),
      };
      this.made.resources.push(resource);
      for (const adopt of inner) adopt(resource);
    };
  }

  protected override afterWord(word: string, start: number): Value {
    if (word === 'if') this.skipBlank(true);
    if (word === 'if' && this.at(0) === '(') {
      const condition = this.primary();
      this.skipBlank(true);
      const option = this.primary();
      return {
        kind: 'choice',
        extent: this.from(start),
        options: option ? [option] : [],
        inside: condition ? [condition] : [],
      };
    }
    return super.afterWord(word, start);
  }

  protected readText(): TextValue | undefined {
    const start = this.position;
    // `$'''…${}…'''`: as many signs begin an expression as stand before the text.
    let signs = 0;
    while (signs < 8 && this.at(signs) === '$') signs++;
    if (this.text.startsWith("'''", start + signs)) return this.multiLineText(start, signs);
    if (this.at(0) !== "'") return undefined;
    this.position++;
    const inside = this.position;
    const parts = this.readParts({
      isEnd: () => this.at(0) === "'" || this.isAtLineEnd(),
      markers: ['${'],
      escape: () => this.escape(),
    });
    const range = this.from(inside);
    if (this.at(0) === "'") this.position++;
    return { kind: 'text', extent: this.from(start), range, parts };
  }

  private multiLineText(start: number, signs: number): TextValue {
    this.position += signs + 3;
    // The first end of line is not part of it.
    if (this.startsWith('\r\n')) this.position += 2;
    else if (this.isAtLineEnd()) this.position++;
    const inside = this.position;
    const parts = this.readParts({
      isEnd: () => this.startsWith("'''"),
      markers: signs > 0 ? [`${'$'.repeat(signs)}{`] : [],
      escape: () => undefined,
    });
    const range = this.from(inside);
    this.position = Math.min(this.position + 3, this.text.length);
    return { kind: 'text', extent: this.from(start), range, parts };
  }

  /** https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings; others stand for their last character. */
  private escape(): { length: number; text: string } | undefined {
    if (this.at(0) !== '\\' || this.at(1) === '' || this.at(1) === '\n' || this.at(1) === '\r') return undefined;
    const code = /^\\u\{([0-9a-f]{1,6})\}/i.exec(this.text.slice(this.position, this.position + 10));
    const point = Number.parseInt(code?.[1] ?? '', 16);
    if (code && point <= 0x10ffff) return { length: code[0].length, text: String.fromCodePoint(point) };
    const sign = this.at(1);
    return { length: 2, text: { n: '\n', r: '\r', t: '\t' }[sign] ?? sign };
  }
}

/** Looks through `if (…) {…}` and `[for … : {…}]`. */
function bodyOf(written: Value): Pick<WrittenResource, 'body' | 'conditional' | 'collections'> {
  const isLoop = written.kind === 'list' && written.looped;
  const [only] = written.kind === 'choice' ? written.options : isLoop ? written.items : [];
  if (!only) return { body: written, conditional: false, collections: [] };
  const { body, collections } = bodyOf(only);
  return { body, conditional: true, collections: isLoop ? [...written.inside, ...collections] : collections };
}

function splitType(text: TextValue): Pick<WrittenResource, 'type' | 'apiVersion'> {
  const written = literalOf(text) ?? '';
  const at = written.indexOf('@');
  if (at < 0) return { type: written.toLowerCase() };
  const type = written.slice(0, at).toLowerCase();
  // Escapes would move it; nobody writes any there.
  const start = text.range.start + at + 1;
  return text.parts.length === 1 && start < text.range.end
    ? { type, apiVersion: { range: { start, end: text.range.end }, value: written.slice(at + 1) } }
    : { type };
}
