import * as vscode from 'vscode';

/** The client named in the settings if it is one by name, else docker, which every reader knows. */
function containerClientName(): string {
  const setting = vscode.workspace.getConfiguration('acrCache').get<unknown>('containerClient');
  return typeof setting === 'string' && ['docker', 'podman', 'nerdctl'].includes(setting) ? setting : 'docker';
}

/** `docker pull host/repository:tag`, to be shown or copied; never run from here. */
export function pullCommand(loginServer: string, repository: string, tag: string): string {
  return `${containerClientName()} pull ${loginServer}/${repository}:${tag}`;
}
