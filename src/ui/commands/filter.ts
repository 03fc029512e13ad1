import * as vscode from 'vscode';
import { showInput } from '../pages/keyboard.ts';
import type { Command } from '../services/services.ts';

/** Filters the tree while typing; Escape brings back the filter from before. */
export const filter: Command = async ({ tree }) => {
  const before = tree.filter;
  const input = vscode.window.createInputBox();
  input.title = vscode.l10n.t('Filter Registries');
  input.placeholder = vscode.l10n.t(
    'Text in names of registries, resource groups, subscriptions and loaded cache rules',
  );
  input.value = before;
  const accepted = await new Promise<boolean>((resolve) => {
    input.onDidChangeValue((text) => (tree.filter = text));
    input.onDidAccept(() => {
      resolve(true);
      input.hide();
    });
    input.onDidHide(() => resolve(false));
    showInput(input);
  });
  input.dispose();
  if (!accepted) tree.filter = before;
};

export const clearFilter: Command = ({ tree }) => {
  tree.filter = '';
  return Promise.resolve();
};
