import type * as vscode from 'vscode';
import { middleCut, shown } from '../../common/shown.ts';
import { icon } from './icon.ts';
import { plainText } from './plainText.ts';

/** Characters of a row that surely fit into the list: VS Code cuts what is longer off at its end. */
export const rowLimits = { label: 60, description: 70, detail: 80 } as const;

/**
 * Makes rows of a quick pick fit to be shown: no icons within the text, and no text that is longer than a row. It changes the rows
 * themselves, since VS Code tells by them what was chosen.
 */
export function plainRows<T extends vscode.QuickPickItem>(rows: readonly T[]): readonly T[];
export function plainRows<T extends vscode.QuickPickItem>(rows: Promise<readonly T[]>): Promise<readonly T[]>;
export function plainRows<T extends vscode.QuickPickItem>(
  rows: readonly T[] | Promise<readonly T[]>,
): readonly T[] | Promise<readonly T[]> {
  if (rows instanceof Promise) return rows.then((loaded) => plainRows(loaded));
  for (const row of rows) {
    // Until every row has its icon in `iconPath`.
    const [, name, rest] = /^\$\(([a-z~-]+)\) ([^]*)$/.exec(row.label) ?? [];
    if (name !== undefined && row.kind === undefined) {
      row.iconPath ??= icon(name);
      row.label = rest ?? '';
    }
    row.detail = row.detail?.replace(/^\$\(blank\) /, '');
    row.label = fitting(row.label, 'label');
    if (row.detail !== undefined) row.detail = fitting(row.detail, 'detail');
    if (row.description !== undefined) row.description = fitting(row.description, 'description');
  }
  return rows;
}

/** Of a long name both ends tell something, of a sentence its beginning. */
function fitting(text: string, part: keyof typeof rowLimits): string {
  const [plain, limit] = [plainText(text), rowLimits[part]];
  return part === 'label' ? middleCut(plain, limit) : shown(plain, limit - 1);
}
