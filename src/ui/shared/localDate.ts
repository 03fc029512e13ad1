import * as vscode from 'vscode';

/** ISO 8601 in the user's language; as it came if it is no date. */
export function localDate(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime())
    ? text
    : date.toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}
