import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ContainerClient } from './containerClient.ts';
import type { PullStage } from './pullAndProve.ts';

/** Milliseconds that a client which is told to end is given. */
const endingMs = 10_000;

/**
 * Pulls in the integrated terminal, where its progress and errors are seen, as a task: no shell, so nothing to quote.
 * @returns the client's exit code, or undefined if it was ended before it had one (terminal closed, could not start)
 * @param onStage is told what became of a pull that was cancelled, if it was not ended: it was done already, or still runs
 * @throws CancellationError when `signal` is aborted, once the client has ended or ten seconds have passed
 */
export async function pullInTerminal(
  client: ContainerClient,
  image: string,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
  onStage: (stage: PullStage) => void,
): Promise<number | undefined> {
  const task = new vscode.Task(
    { type: 'process' },
    vscode.TaskScope.Workspace,
    `${client.kind} pull ${image}`,
    vscode.l10n.t('ACR Cache'),
    new vscode.ProcessExecution(client.path, ['pull', image], { cwd: homedir(), env: { ...env } }),
    [],
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    echo: true,
    clear: true,
    focus: false,
    showReuseMessage: false,
  };
  const listeners: vscode.Disposable[] = [];
  try {
    const started: { execution?: vscode.TaskExecution } = {};
    const ended = new Promise<number | undefined>((resolve) => {
      // Events may come before executeTask has told which execution is ours.
      const isOurs = (other: vscode.TaskExecution) =>
        started.execution ? other === started.execution : other.task.name === task.name;
      listeners.push(
        vscode.tasks.onDidEndTaskProcess((event) => {
          if (isOurs(event.execution)) resolve(event.exitCode);
        }),
        // A process that could not be started never ends; its task does. The process event, if any, comes first.
        vscode.tasks.onDidEndTask((event) => {
          if (isOurs(event.execution)) setTimeout(() => resolve(undefined), 1000);
        }),
      );
    });
    const execution = await vscode.tasks.executeTask(task);
    started.execution = execution;
    const end = await Promise.race([ended.then((exitCode) => ({ exitCode })), aborted(signal)]);
    if (end) return end.exitCode;
    execution.terminate();
    const last = await Promise.race([ended, sleep(endingMs, 'notEnded' as const, { ref: false })]);
    if (last === 'notEnded') onStage(last);
    else if (last === 0) onStage('pulled');
    throw new vscode.CancellationError();
  } finally {
    for (const listener of listeners) listener.dispose();
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** Why tasks cannot run beside this extension, or undefined if they can. */
export function terminalProblem(): string | undefined {
  if (!vscode.workspace.isTrusted) {
    return vscode.l10n.t(
      'In Restricted Mode no terminal command runs. Trust the workspace ("Workspaces: Manage Workspace Trust") to pull with a container client.',
    );
  }
  const environment = workspaceEnvironment();
  if (environment !== undefined) {
    return vscode.l10n.t(
      "This workspace sets terminal variables ({0}) that could send the registry's sign-in somewhere else.",
      environment,
    );
  }
  const extension = vscode.extensions.getExtension('acr-artifact-cache.acr-artifact-cache');
  // The terminal is on the remote machine, the extension and the client it found are on this one.
  const isApart = vscode.env.remoteName !== undefined && extension?.extensionKind === vscode.ExtensionKind.UI;
  return isApart ? vscode.l10n.t('The terminal is on another machine than the extension.') : undefined;
}

/**
 * The setting by which the opened workspace gives variables to each terminal, tasks included. One of them could name another engine
 * (`DOCKER_HOST`), program (`PATH`) or proxy, which would get the registry's token. The user's own settings may.
 */
function workspaceEnvironment(): string | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform === 'darwin' ? 'osx' : 'linux';
  const found = vscode.workspace.getConfiguration('terminal.integrated.env').inspect<object>(system);
  const isSet = [found?.workspaceValue, found?.workspaceFolderValue].some(
    (value) => Object.keys(value ?? {}).length > 0,
  );
  return isSet ? `terminal.integrated.env.${system}` : undefined;
}
