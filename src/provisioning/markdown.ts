/** Markdown from texts of any origin: names, tags and messages of Azure are shown as they are and never read as markup. */

/** Control and bidirectional characters, which could hide or reorder what is shown. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** Plain text on one line: no emphasis, link, image, HTML, table cell or automatic link comes of it. */
export function escapeMarkdown(text: string, limit = 2000): string {
  return cut(text, limit)
    .replace(unseen, ' ')
    .replace(/[\\`*_{}[\]<>#|~&$]/g, (character) => `\\${character}`)
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
    .replace(/:\/\//g, '&#58;//')
    .replace(/@/g, '&#64;')
    .replace(/www\./gi, (match) => `${match.slice(0, 3)}&#46;`);
}

/** A code span; what it holds is literal, also within a table. */
export function code(text: string, limit = 1000): string {
  const shown = cut(text, limit).replace(unseen, ' ').replace(/\|/g, '¦');
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') || shown === '' ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** A fenced block that nothing inside it can end. */
export function fenced(text: string, language: string, limit = 200_000): string {
  const shown = cut(text, limit).replace(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?![\n\t])\p{Cc}/gu, '·');
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${shown}\n${fence}`;
}

/** A table; the cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
