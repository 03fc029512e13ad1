import { shownLine, shownLines } from './shown.ts';

/** The only code that puts text from outside into Markdown, as VS Code's hovers (marked) and preview (markdown-it) read it. */

/** Text as one line of plain text: nothing in it becomes markup, a link, an icon, mathematics, HTML or another cell. */
export function escapeMarkdown(text: string, limit = 2000): string {
  return (
    shownLine(text, limit)
      // Every link that is made without brackets has an @, a // or a dot inside a word.
      .replace(/[\\`*_{}[\]<>#|~&!@]|(?<=\/)\/|\.(?=\S)/g, '\\$&')
      // Hovers make icons of what is left of `\$(name)`, but not of this.
      .replaceAll('$', '&#36;')
      .replace(/^[-+=:]/, '\\$&')
      .replace(/^(\d{1,9})([.)])/, '$1\\$2')
  );
}

/** Text as a code span. What code spans cannot hold everywhere (icons in hovers, cells of tables) makes it plain text. */
export function codeSpan(text: string, limit = 2000): string {
  const line = shownLine(text, limit);
  return line === '' || /[`|]|\$\(/.test(line) ? escapeMarkdown(text, limit) : `\`${line}\``;
}

/** A fenced block that nothing inside it can end. */
export function fenced(text: string, language: string, limit = 200_000): string {
  const lines = shownLines(text, limit);
  let fence = '```';
  for (const [run] of lines.matchAll(/`{3,}/g)) {
    if (run.length >= fence.length) fence = `${run}\``;
  }
  return `${fence}${language}\n${lines}\n${fence}`;
}

/** A table; the cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A list; the items are Markdown already. */
export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/**
 * A link that runs a command, for reports: VS Code runs those of `linkedCommands` (ui/documents/documentPage.lazy.ts) and no others.
 * @param argument what the command is given; it has to check it
 * @param label plain text
 */
export function commandLink(command: string, argument: Readonly<Record<string, unknown>>, label: string): string {
  const written = encodeURIComponent(JSON.stringify([argument])).replace(
    /[()!'*~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `[${escapeMarkdown(label)}](command:${command}?${written})`;
}

/** For what is read elsewhere, where nothing runs commands: their labels are left. */
export function withoutCommandLinks(markdown: string): string {
  return markdown.replace(/(?<!\\)\[((?:\\.|[^[\]\\])*)\]\(command:[^\s()]*\)/g, '$1');
}
