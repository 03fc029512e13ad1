import { shown } from './shown.ts';

/** Untrusted text as one line of plain text inside Markdown: nothing in it becomes markup, a link, HTML or another cell. */
export function escapeMarkdown(text: string, limit = 2000): string {
  return oneLine(text, limit)
    .replace(/[\\`*_{}[\]<>#|~&!()$]/g, '\\$&')
    .replace(/:(?=\/\/)|@(?=\w)|(?<=\bwww)\./gi, '\\$&')
    .replace(/^([-+=]|\d+[.)])/, '\\$1');
}

/** Untrusted text as a code span. */
export function codeSpan(text: string, limit = 2000): string {
  const line = oneLine(text, limit);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 || line === '' ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

function oneLine(text: string, limit: number): string {
  return shown(text.replace(/\s+/g, ' ').trim(), limit);
}
