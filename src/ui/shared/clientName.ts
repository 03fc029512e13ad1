import * as vscode from 'vscode';
import type { ClientName } from '../../domain/pullCommand.ts';

const names: readonly ClientName[] = ['docker', 'podman', 'nerdctl'];

/** The container client for commands that are shown: that of the settings if it is one by name, else docker, which every reader knows. */
export function clientName(): ClientName {
  const setting = vscode.workspace.getConfiguration('acrCache').get<unknown>('containerClient');
  return names.find((name) => name === setting) ?? 'docker';
}
