import * as vscode from 'vscode';

/** Colours that themes give to states. */
const colors = {
  passed: 'testing.iconPassed',
  warning: 'list.warningForeground',
  error: 'list.errorForeground',
} as const;

/** An icon of VS Code's own set; a state is shown in the colour that the theme has for it. */
export function icon(name: string, color?: keyof typeof colors): vscode.ThemeIcon {
  return color ? new vscode.ThemeIcon(name, new vscode.ThemeColor(colors[color])) : new vscode.ThemeIcon(name);
}
