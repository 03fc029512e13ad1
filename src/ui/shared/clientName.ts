import * as vscode from 'vscode';
import type { ClientName } from '../../domain/pullCommand.ts';

const names: readonly ClientName[] = ['docker', 'podman', 'nerdctl'];

let found: ClientName | undefined;

/** Notes which client works on this machine, for commands that are shown later. */
export function noteClient(name: ClientName): void {
  found = name;
}

/** The container client of the settings if it is one by name, else the one that was found to work. */
export function knownClient(): ClientName | undefined {
  const setting = vscode.workspace.getConfiguration('acrCache').get<unknown>('containerClient');
  return names.find((name) => name === setting) ?? found;
}

/** For commands that are shown: the known client, else docker, which every reader knows. */
export function clientName(): ClientName {
  return knownClient() ?? 'docker';
}
