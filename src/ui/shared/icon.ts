import * as vscode from 'vscode';

/** Colours that themes give to states. */
const colors = {
  passed: 'testing.iconPassed',
  warning: 'list.warningForeground',
  error: 'list.errorForeground',
} as const;

/**
 * An icon of VS Code's own set, in the colour that the theme has for a state. VS Code draws the colour in trees, not in a quick pick
 * (microsoft/vscode#231218): shape and words alone say what a row is.
 */
export function icon(name: string, color?: keyof typeof colors): vscode.ThemeIcon {
  return color ? new vscode.ThemeIcon(name, new vscode.ThemeColor(colors[color])) : new vscode.ThemeIcon(name);
}
