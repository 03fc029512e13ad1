/** Tokens of an Azure role assignment condition (version 2.0). */
export type ConditionToken =
  | { readonly kind: 'symbol'; readonly text: '(' | ')' | '{' | '}' | ',' | ':' }
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  /** `@Request[Microsoft.ContainerRegistry/registries/repositories:name]`, split. */
  | { readonly kind: 'attribute'; readonly source: string; readonly name: string }
  | { readonly kind: 'end' };

/** A condition that is not one: ARM answers 400 on write, and on the data plane the assignment grants nothing. */
export class ConditionSyntaxError extends Error {
  override readonly name = 'ConditionSyntaxError';
}

const space = /\s+/y;
const symbol = /[(){},:]/y;
const attribute = /@(\w+)\[([^\]]+)\]/y;
const string = /'((?:[^'\\]|\\.)*)'/y;
const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/iy;
const number = /-?[0-9]+(?:\.[0-9]+)?/y;
const logic = /!|&&|\|\|/y;
const word = /[A-Za-z][A-Za-z0-9]*/y;

/**
 * Splits a condition. Grammar: learn.microsoft.com/azure/role-based-access-control/conditions-format.
 * @throws ConditionSyntaxError with the position of what it does not know.
 */
export function tokenizeCondition(text: string): ConditionToken[] {
  const tokens: ConditionToken[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at += match[0].length;
    return match;
  };
  while (at < text.length) {
    if (take(space) !== null) continue;
    let match: RegExpExecArray | null;
    if ((match = take(attribute)) !== null) {
      tokens.push({ kind: 'attribute', source: match[1] ?? '', name: (match[2] ?? '').trim() });
    } else if ((match = take(string)) !== null) {
      tokens.push({ kind: 'string', text: (match[1] ?? '').replace(/\\(.)/g, '$1') });
    } else if ((match = take(guid)) !== null) {
      // The only value written without quotes: `GuidEquals {b93aa761-3e63-49ed-ac28-beffa264f7ac}`.
      tokens.push({ kind: 'string', text: match[0] });
    } else if ((match = take(number)) !== null) {
      tokens.push({ kind: 'string', text: match[0] });
    } else if ((match = take(logic)) !== null) {
      tokens.push({ kind: 'word', text: match[0] === '!' ? 'NOT' : match[0] === '&&' ? 'AND' : 'OR' });
    } else if ((match = take(word)) !== null) {
      tokens.push({ kind: 'word', text: match[0] });
    } else if ((match = take(symbol)) !== null) {
      tokens.push({ kind: 'symbol', text: match[0] as '(' | ')' | '{' | '}' | ',' | ':' });
    } else {
      throw new ConditionSyntaxError(`Unexpected '${text.charAt(at)}' at position ${at}.`);
    }
  }
  tokens.push({ kind: 'end' });
  return tokens;
}
