import type * as vscode from 'vscode';
import { plainText } from './plainText.ts';

/**
 * Makes rows of a quick pick fit to be shown: of icons only the one that a row, or its detail, begins with. It changes the rows
 * themselves, since VS Code tells by them what was chosen. What begins with a name that may be anything needs `plainText`, too.
 */
export function plainRows<T extends vscode.QuickPickItem>(rows: readonly T[]): readonly T[];
export function plainRows<T extends vscode.QuickPickItem>(rows: Promise<readonly T[]>): Promise<readonly T[]>;
export function plainRows<T extends vscode.QuickPickItem>(
  rows: readonly T[] | Promise<readonly T[]>,
): readonly T[] | Promise<readonly T[]> {
  if (rows instanceof Promise) return rows.then((loaded) => plainRows(loaded));
  for (const row of rows) {
    row.label = plainBehindIcon(row.label);
    if (row.detail !== undefined) row.detail = plainBehindIcon(row.detail);
    if (row.description !== undefined) row.description = plainText(row.description);
  }
  return rows;
}

function plainBehindIcon(text: string): string {
  const icon = /^\$\([a-z-]+\) /.exec(text)?.[0] ?? '';
  return icon + plainText(text.slice(icon.length));
}
