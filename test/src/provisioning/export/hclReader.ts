export type HclToken =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'word' | 'sign' | 'line'; readonly text: string };

/**
 * Splits HCL into words, signs, strings (unescaped) and ends of lines. Comments are left out.
 * @throws Error for anything that does not belong: an open string, a template, an unknown escape, a stray character
 */
export function hclTokens(text: string): HclToken[] {
  const tokens: HclToken[] = [];
  const pattern = /(\n)|([ \t]+|#[^\n]*)|([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)|([{}[\]()=,])|"((?:[^"\\\n]|\\.)*)"/y;
  for (let index = 0; index < text.length; index = pattern.lastIndex) {
    pattern.lastIndex = index;
    const match = pattern.exec(text);
    if (!match) throw new Error(`stray character at ${index}: ${text.slice(index, index + 30)}`);
    const [, line, , word, sign, string] = match;
    if (line !== undefined) tokens.push({ kind: 'line', text: line });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else if (string !== undefined) tokens.push({ kind: 'string', text: unescapeHcl(string) });
  }
  return tokens;
}

/** https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#quoted-literals; a template is refused. */
function unescapeHcl(inside: string): string {
  if (/[$%]\{/.test(inside)) throw new Error(`a template: ${inside}`);
  return inside.replace(/\\(u[0-9a-f]{4}|.)/gsu, (_, code: string) => {
    if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    const known = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' }[code];
    if (known === undefined) throw new Error(`unknown escape \\${code}`);
    return known;
  });
}

export interface HclBlock {
  /** `resource`, `azapi_resource`, `cacheRule`. */
  readonly header: readonly string[];
  /** `name`, `body.properties.sourceRepository`: strings as they are, other values as their tokens. */
  readonly values: Readonly<Record<string, string>>;
}

/** The blocks of a file with their attributes, nested blocks and objects as paths. @throws Error if it is not of this form */
export function hclBlocks(text: string): HclBlock[] {
  const tokens = hclTokens(text);
  const blocks: HclBlock[] = [];
  let position = 0;
  const peek = (): string => tokens[position]?.text ?? '';
  /** Goes past ends of lines; false at the end of the text. */
  const skipLines = (): boolean => {
    while (tokens[position]?.kind === 'line') position++;
    return position < tokens.length;
  };
  const isAt = (sign: string): boolean => tokens[position]?.kind === 'sign' && peek() === sign;
  const expectSign = (sign: string): void => {
    if (tokens[position]?.kind !== 'sign' || peek() !== sign) throw new Error(`${sign} expected, not ${peek()}`);
    position++;
  };
  function body(path: readonly string[], values: Record<string, string>): void {
    while (skipLines() && !isAt('}')) {
      const name = tokens[position++];
      if (name?.kind !== 'word') throw new Error(`a name expected, not ${name?.text ?? 'the end'}`);
      const inner = [...path, name.text];
      const isSign = tokens[position]?.kind === 'sign';
      if (isSign && peek() === '=') position++;
      if (tokens[position]?.kind === 'sign' && peek() === '{') {
        position++;
        body(inner, values);
        expectSign('}');
        continue;
      }
      const start = position;
      while (position < tokens.length && tokens[position]?.kind !== 'line') position++;
      values[inner.join('.')] = tokens
        .slice(start, position)
        .map((token) => token.text)
        .join(' ');
    }
  }
  while (skipLines()) {
    const header: string[] = [];
    while (position < tokens.length && !(tokens[position]?.kind === 'sign' && peek() === '{')) {
      const token = tokens[position++];
      if (token?.kind !== 'word' && token?.kind !== 'string') throw new Error(`not in a header: ${token?.text ?? ''}`);
      header.push(token.text);
    }
    expectSign('{');
    const values: Record<string, string> = {};
    body([], values);
    expectSign('}');
    blocks.push({ header, values });
  }
  return blocks;
}
