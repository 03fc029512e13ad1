import * as vscode from 'vscode';
import { shown, shownLines } from '../../common/shown.ts';

export interface Look {
  readonly id?: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon: vscode.ThemeIcon;
  readonly contextValue: string;
  readonly state?: vscode.TreeItemCollapsibleState;
  /** Id of what a click runs, and what it is handed. */
  readonly command?: readonly [id: string, argument: unknown];
  /** What a screen reader says: whole words, nothing that only an icon or colour shows. */
  readonly spoken: string;
}

/** Of a tooltip, and of what is spoken. */
const maxTooltip = 2000;

/** What is shown of an item may come from outside, all of it. */
export function item(look: Look): vscode.TreeItem {
  const result = new vscode.TreeItem(shown(look.label, 200), look.state ?? vscode.TreeItemCollapsibleState.None);
  if (look.id !== undefined) result.id = look.id;
  if (look.description !== undefined) result.description = shown(look.description, 400);
  result.tooltip = shownLines(look.tooltip ?? look.spoken, maxTooltip);
  result.iconPath = look.icon;
  result.contextValue = look.contextValue;
  if (look.command) {
    const [command, argument] = look.command;
    // The title is seen nowhere.
    result.command = { command, title: '', arguments: [argument] };
  }
  result.accessibilityInformation = { label: shown(look.spoken, maxTooltip) };
  return result;
}

/** `label: value` lines; those without value are left out. Plain text, so nothing in it is rendered; a value makes no line of its own. */
export function lines(pairs: readonly (readonly [string, string | undefined])[]): string {
  return pairs.flatMap(([label, value]) => (value ? [`${label}: ${shown(value, 400)}`] : [])).join('\n');
}
