/** A declaration of a Bicep file, with the paths of the properties that its body sets (`properties.sourceRepository`). */
export interface BicepDeclaration {
  readonly keyword: string;
  readonly symbol: string;
  /** `Microsoft.X/y@version` or a module's file. */
  readonly target: string;
  readonly isExisting: boolean;
  readonly properties: readonly string[];
}

export type BicepToken =
  | { readonly kind: 'string'; readonly text: string; readonly isInterpolated: boolean }
  | { readonly kind: 'word' | 'sign'; readonly text: string };

/**
 * Splits Bicep into words, signs and strings (unescaped; of an interpolated one, the literal parts). Comments are left out.
 * @throws Error for anything that does not belong: an open string, an unknown escape, a stray character
 */
export function bicepTokens(text: string): BicepToken[] {
  const tokens: BicepToken[] = [];
  const pattern = /(\s+|\/\/[^\r\n\u2028\u2029]*)|([A-Za-z_][A-Za-z0-9_]*)|([{}()[\]:=,.@?!&|-])|'/y;
  for (let index = 0; index < text.length;) {
    pattern.lastIndex = index;
    const match = pattern.exec(text);
    if (!match) throw new Error(`stray character at ${index}: ${text.slice(index, index + 30)}`);
    index = pattern.lastIndex;
    if (match[0] === "'") {
      const { end, value, isInterpolated } = stringAt(text, index);
      tokens.push({ kind: 'string', text: value, isInterpolated });
      index = end;
    } else if (match[2] !== undefined) tokens.push({ kind: 'word', text: match[2] });
    else if (match[3] !== undefined) tokens.push({ kind: 'sign', text: match[3] });
  }
  return tokens;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', "'": "'", '\\': '\\', $: '$' };

/** https://learn.microsoft.com/azure/azure-resource-manager/bicep/data-types#strings */
function stringAt(text: string, start: number): { end: number; value: string; isInterpolated: boolean } {
  let value = '';
  let isInterpolated = false;
  for (let index = start; index < text.length;) {
    const character = text[index] ?? '';
    if (character === "'") return { end: index + 1, value, isInterpolated };
    if (character === '\n' || character === '\r') break;
    if (character === '\\') {
      const unicode = /^\\u\{([0-9a-f]{1,6})\}/i.exec(text.slice(index, index + 12));
      const simple = escapes[text[index + 1] ?? ''];
      if (unicode?.[1] !== undefined) value += String.fromCodePoint(Number.parseInt(unicode[1], 16));
      else if (simple === undefined) throw new Error(`unknown escape at ${index}`);
      else value += simple;
      index += unicode ? unicode[0].length : 2;
    } else if (text.startsWith('${', index)) {
      const end = text.indexOf('}', index);
      if (end < 0) break;
      isInterpolated = true;
      index = end + 1;
    } else {
      value += character;
      index++;
    }
  }
  throw new Error(`a string does not end: ${text.slice(start, start + 40)}`);
}

/** The resources and modules of a Bicep file. @throws Error if its braces do not match */
export function bicepDeclarations(text: string): BicepDeclaration[] {
  const tokens = bicepTokens(text);
  const declarations: BicepDeclaration[] = [];
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'sign' && '{(['.includes(token.text)) depth++;
    if (token.kind === 'sign' && '})]'.includes(token.text)) depth--;
    if (depth < 0) throw new Error('a brace too many');
    if (depth > 0 || token.kind !== 'word' || !['resource', 'module'].includes(token.text)) continue;
    const [symbol, target, next] = tokens.slice(index + 1, index + 4);
    if (symbol?.kind !== 'word' || target?.kind !== 'string') continue;
    const isExisting = next?.text === 'existing';
    const body = tokens.slice(index + (isExisting ? 5 : 4));
    const properties = propertiesOf(body);
    declarations.push({ keyword: token.text, symbol: symbol.text, target: target.text, isExisting, properties });
  }
  if (depth !== 0) throw new Error('a brace is not closed');
  return declarations;
}

/** Property paths of the object that begins with the first token; keys that are strings count as `*`. */
function propertiesOf(tokens: readonly BicepToken[]): string[] {
  const paths: string[] = [];
  const stack: string[] = [];
  let key = '';
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token.kind === 'sign' && token.text === '{') {
      stack.push(key);
    } else if (token.kind === 'sign' && token.text === '}') {
      stack.pop();
      if (stack.length === 0) break;
    } else if (next?.kind === 'sign' && next.text === ':' && stack.length > 0 && !isTernary(tokens, index)) {
      key = token.kind === 'string' ? '*' : token.text;
      paths.push([...stack.slice(1), key].join('.'));
    }
  }
  return paths;
}

/** `condition ? a : b`: the word before this colon is a value. */
function isTernary(tokens: readonly BicepToken[], index: number): boolean {
  return tokens[index - 1]?.text === '?';
}
