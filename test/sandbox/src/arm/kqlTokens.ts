/** Tokens of the part of the Kusto query language that `kql.ts` understands. */
export type KqlToken =
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'string' | 'number'; readonly text: string; readonly at: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

/** The query is not understood; `at` is the character where. */
export class KqlError extends Error {
  override readonly name = 'KqlError';
  readonly at: number;
  readonly token: string;
  readonly code: string;

  constructor(token: { readonly text: string; readonly at: number }, code = 'ParserFailure') {
    super(code);
    this.at = token.at;
    this.token = token.text;
    this.code = code;
  }
}

const space = /\s+|\/\/[^\n]*/y;
const name = /!?[A-Za-z_][A-Za-z0-9_]*~?/y;
const number = /\d+(?:\.\d+)?/y;
const quoted = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|@"[^"]*"|@'[^']*'/y;
const symbol = /=~|!~|==|!=|<=|>=|[|()[\],.=<>*+-]/y;

/** @throws KqlError */
export function tokenizeKql(text: string): KqlToken[] {
  const tokens: KqlToken[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const blank = match(space);
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const string = match(quoted);
    if (string !== undefined) {
      tokens.push({ kind: 'string', text: unquote(string), at });
      at += string.length;
      continue;
    }
    const [kind, found] =
      (
        [
          ['name', match(name)],
          ['number', match(number)],
          ['symbol', match(symbol)],
        ] as const
      ).find(([, one]) => one !== undefined) ?? [];
    if (kind === undefined || found === undefined) throw new KqlError({ text: text[at] ?? '', at });
    tokens.push({ kind, text: found, at });
    at += found.length;
  }
  return [...tokens, { kind: 'end', text: '', at }];
}

function unquote(text: string): string {
  if (text.startsWith('@')) return text.slice(2, -1);
  return text
    .slice(1, -1)
    .replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character === 't' ? '\t' : character));
}
