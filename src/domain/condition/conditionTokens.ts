import * as l10n from '@vscode/l10n';
import { shown } from '../../common/shown.ts';

/** Characters. Above Azure's own limit for a condition, so that whatever Azure stored can be read. */
export const maxTextLength = 32_768;

export interface Token {
  readonly kind: 'word' | 'string' | 'attribute' | 'symbol' | 'end';
  /** Word or number, symbol, or the inside of the quotes; for an attribute `Request[…]`. */
  readonly text: string;
}

/** Why a text is no condition, or none that can be read here. */
export class SyntaxProblem extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Splits a condition (learn.microsoft.com/azure/role-based-access-control/conditions-format). A quote after a backslash is refused:
 * Azure documents `\*` and `\?`, not what ends there.
 * @throws SyntaxProblem
 */
export function tokenize(text: string): Token[] {
  const form =
    /\s+|(&&|\|\||[(){}!,:])|'((?:[^'\\]|\\[^'])*)'|@([A-Za-z]+)\s*\[([^\][']*)\]|([A-Za-z0-9][A-Za-z0-9_.-]*)/y;
  const tokens: Token[] = [];
  while (form.lastIndex < text.length) {
    const start = form.lastIndex;
    const match = form.exec(text);
    if (!match) throw unexpected(text.slice(start, start + 20));
    const [, symbol, value, source, attribute, word] = match;
    if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else if (value !== undefined) tokens.push({ kind: 'string', text: value });
    else if (attribute !== undefined) tokens.push({ kind: 'attribute', text: `${source}[${attribute.trim()}]` });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
  }
  return tokens;
}

/** The condition's tokens in one normalized line, or undefined if it cannot be split: for comparing what is not understood. */
export function normalizedTokens(text: string): string | undefined {
  if (text.length > maxTextLength) return undefined;
  try {
    return tokenize(text)
      .map((token) => (token.kind === 'string' ? `'${token.text}'` : token.text))
      .join(' ');
  } catch (error) {
    if (error instanceof SyntaxProblem) return undefined;
    throw error;
  }
}

export function unexpected(text: string): SyntaxProblem {
  const message =
    text === ''
      ? l10n.t('The condition ends too early.')
      : l10n.t('The condition has an unexpected "{0}".', shown(text, 20));
  return new SyntaxProblem('condition.syntax', message);
}
