/**
 * Untrusted text as it may appear inside a message: control and bidirectional characters become `·`, at most `limit` characters.
 */
export function shown(text: string, limit = 80): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '·');
}
