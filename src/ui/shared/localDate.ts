import * as vscode from 'vscode';

/** ISO 8601 in the user's language; as it came if it is no date. */
export function localDate(text: string): string {
  return inWords(text, { dateStyle: 'medium', timeStyle: 'short' });
}

/** As `localDate`, of today the time alone. */
export function localTime(text: string): string {
  const isToday = new Date(text).toDateString() === new Date().toDateString();
  return isToday ? inWords(text, { timeStyle: 'short' }) : localDate(text);
}

function inWords(text: string, style: Intl.DateTimeFormatOptions): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : date.toLocaleString(vscode.env.language, style);
}
