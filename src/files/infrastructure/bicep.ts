import type { AzureResource, AzureTemplate } from './azureTemplate.ts';
import { newScope, type NamedValue, type Scope } from './expressions/evaluate.ts';
import { ExpressionReader } from './expressions/expressionReader.ts';
import { textOfParts, type TextValue, type Value } from './expressions/values.ts';

/**
 * Reads a Bicep file as far as it can be understood: https://learn.microsoft.com/azure/azure-resource-manager/bicep/file. Never throws.
 */
export function readBicep(text: string): AzureTemplate {
  return new BicepReader(text).file();
}

/** A resource that is being read: what is in its body comes before its end. */
type OpenResource = { -readonly [K in keyof AzureResource]: AzureResource[K] };

const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const codePoint = /^\\u\{([0-9a-f]{1,6})\}/i;

class BicepReader extends ExpressionReader {
  protected readonly lineComments = ['//'];
  protected readonly keySigns = ':';
  protected readonly identifier = word;
  private readonly resources: OpenResource[] = [];
  private readonly values: NamedValue[] = [];
  /** Variables, and parameters by their default. Of several with one name, as in a text that holds several files, the first. */
  private readonly named = new Map<string, Value>();
  private readonly bySymbol = new Map<string, AzureResource>();
  /** Of the file that these are parameters for. */
  private paths: readonly string[] = [];
  private readonly scope: Scope = newScope(([name = '', ...rest]) => {
    const value = this.named.get(name);
    if (value) return { value, scope: this.scope, rest };
    const resource = this.bySymbol.get(name);
    return resource && { value: resource.body, scope: this.scope, isResource: true, rest };
  });
  /** The resource whose body is being read. */
  private parent: OpenResource | undefined;

  file(): AzureTemplate {
    this.readAll(() => this.statement());
    for (const resource of this.resources) {
      if (resource.parent?.conditional) resource.conditional = true;
      if (!this.bySymbol.has(resource.symbol ?? '')) this.bySymbol.set(resource.symbol ?? '', resource);
    }
    return { resources: this.resources, values: this.values, bySymbol: this.bySymbol };
  }

  private statement(): void {
    const start = this.position;
    if (this.decorator()) return;
    switch (this.word()) {
      case 'resource':
        this.resource(start, true);
        break;
      case 'param':
      case 'var':
        this.definition(this.nextWord());
        break;
      case 'module':
        this.other(this.nextWord(), this.modulePath());
        break;
      case 'using': {
        const path = this.modulePath();
        if (path !== undefined) this.paths = ['using', path];
        break;
      }
      case 'output':
      case 'type':
        this.other(this.nextWord());
        break;
      case 'metadata':
        this.other('metadata');
        break;
      default:
        this.position = start;
        this.add([], this.value({ atLine: 'unlessContinued' }));
    }
  }

  protected override statementInObject(): boolean {
    if (this.decorator()) return true;
    const start = this.position;
    if (this.word() === 'resource' && this.nextWord() !== undefined) {
      this.position = start;
      this.word();
      this.resource(start, this.parent !== undefined);
      return true;
    }
    this.position = start;
    return false;
  }

  private add(names: readonly string[], value: Value): void {
    this.values.push({ value, scope: this.scope, names });
  }

  private decorator(): boolean {
    if (this.at(0) !== '@') return false;
    this.position++;
    const value = this.value({ atLine: 'unlessContinued' });
    // What else is said about a parameter than its values describes it.
    const isAllowed = value.kind === 'call' && /^(?:sys\.)?allowed$/.test(value.name);
    this.add(isAllowed ? [] : ['metadata'], value);
    return true;
  }

  private modulePath(): string | undefined {
    this.skipBlank(false);
    const path = this.readText();
    return path?.text;
  }

  private nextWord(): string | undefined {
    this.skipBlank(false);
    return this.word();
  }

  /** The rest of `param name type = value`. */
  private definition(name: string | undefined): void {
    const value = this.assigned();
    if (!value || name === undefined) return;
    this.add([...this.paths, name], value);
    if (!this.named.has(name)) this.named.set(name, value);
  }

  private other(...names: readonly (string | undefined)[]): void {
    const value = this.assigned();
    const known = names.filter((name) => name !== undefined);
    if (value) this.add(known, value);
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

  /** Behind the word `resource`. `counts`: it is at the top, or in the body of another. */
  private resource(start: number, counts: boolean): void {
    const symbol = this.nextWord() ?? '';
    this.skipBlank(false);
    const typeText = this.readText();
    if (!typeText) return;
    const head = this.from(start);
    const existing = this.nextWord() === 'existing';
    this.skipBlank(false);
    while (this.at(0) !== '' && this.at(0) !== '=' && !this.isAtLineEnd()) this.position++;
    const { type, apiVersion } = splitType(typeText);
    const { parent } = this;
    const resource: OpenResource = {
      symbol,
      head,
      type: parent && !type.includes('.') ? `${parent.type}/${type}` : type,
      ...(apiVersion && { apiVersion }),
      existing,
      conditional: false,
      body: typeText,
      scope: this.scope,
      ...(parent && { parent }),
    };
    if (counts) this.resources.push(resource);
    this.parent = counts ? resource : undefined;
    if (this.at(0) === '=') this.position++;
    Object.assign(resource, bodyOf(this.value({ atLine: 'unlessContinued' })));
    this.parent = parent;
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
      // https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings
      escape: () => this.escape(codePoint),
    });
    const range = this.from(inside);
    if (this.at(0) === "'") this.position++;
    return textOfParts(this.from(start), range, parts);
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
    return textOfParts(this.from(start), range, parts);
  }
}

/** Looks through `if (…) {…}` and `[for … : {…}]`. */
function bodyOf(written: Value): Required<Pick<AzureResource, 'body' | 'conditional' | 'collections'>> {
  const isLoop = written.kind === 'list' && written.looped;
  const [only] = written.kind === 'choice' ? written.options : isLoop ? written.items : [];
  if (!only) return { body: written, conditional: false, collections: [] };
  const { body, collections } = bodyOf(only);
  return { body, conditional: true, collections: isLoop ? [...written.inside, ...collections] : collections };
}

function splitType(text: TextValue): Pick<AzureResource, 'type' | 'apiVersion'> {
  const written = text.text ?? '';
  const at = written.indexOf('@');
  if (at < 0) return { type: written.toLowerCase() };
  const type = written.slice(0, at).toLowerCase();
  // Escapes would move it; nobody writes any there.
  const start = text.range.start + at + 1;
  return text.parts.length === 1 && start < text.range.end
    ? { type, apiVersion: { range: { start, end: text.range.end }, value: written.slice(at + 1) } }
    : { type };
}
