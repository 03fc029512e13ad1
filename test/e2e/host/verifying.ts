import * as vscode from 'vscode';
import { runVerify } from '../../../src/ui/verify/verify.ts';
import { connected, until } from './extensionUnderTest.ts';

/** Verifies a rule by a tag, and gives what the user is told of it, and what was started in the terminal. */
export async function verify(ruleId: string, tag = 'latest') {
  const { services } = await connected();
  const told: string[] = [];
  const started: string[] = [];
  const listener = vscode.tasks.onDidStartTask(({ execution }) => started.push(execution.task.name));
  const functions = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'] as const;
  const own = Object.fromEntries(functions.map((name) => [name, vscode.window[name]]));
  const tell = (message: string) => {
    told.push(message);
    return Promise.resolve(undefined);
  };
  Object.assign(vscode.window, Object.fromEntries(functions.map((name) => [name, tell])));
  try {
    const proof = await runVerify(services, { ruleId, tag });
    await until('what came of it is told', () => told.length > 0);
    return { proof, message: told.join('\n'), started };
  } finally {
    listener.dispose();
    Object.assign(vscode.window, own);
  }
}
