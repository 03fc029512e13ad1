import type * as vscode from 'vscode';
import { middleCut, sentencesWithin, shown } from '../../common/shown.ts';
import { plainText } from './plainText.ts';

/** Characters of a row that surely fit into the list: VS Code cuts what is longer off at its end. `line`: label and description. */
export const rowLimits = { label: 60, line: 84, detail: 80 } as const;

/**
 * Makes rows of a quick pick fit to be shown: no icons within the text, and no text that is longer than a row. It changes the rows
 * themselves, since VS Code tells by them what was chosen.
 */
export function plainRows<T extends vscode.QuickPickItem>(rows: readonly T[]): readonly T[] {
  /** Of the separator, which stands at the right of the row that follows it. */
  let beside = 0;
  for (const row of rows) {
    row.label = middleCut(plainText(row.label), rowLimits.label);
    if (row.detail !== undefined) row.detail = sentencesOf(row.detail, rowLimits.detail - beside);
    if (row.description !== undefined) {
      row.description = beginningOf(row.description, rowLimits.line - row.label.length - beside);
    }
    beside = isSeparator(row) ? row.label.length : 0;
  }
  return rows;
}

/** Of all kinds only a separator's is a number other than 0. */
function isSeparator({ kind }: vscode.QuickPickItem): boolean {
  return Boolean(kind);
}

/** Of several sentences those that fit; the rest is told elsewhere. */
function sentencesOf(text: string, limit: number): string {
  return beginningOf(sentencesWithin(text, limit - 1) ?? text, limit);
}

/** Of a long name both ends tell something, of a sentence its beginning. */
function beginningOf(text: string, limit: number): string {
  return shown(plainText(text), Math.max(1, limit - 1));
}
