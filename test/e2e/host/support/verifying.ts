import * as vscode from 'vscode';
import { runVerify } from '../../../../src/ui/verify/verify.ts';
import { connected, until } from './extensionUnderTest.ts';
import { withMessages } from './messages.ts';

/** Verifies a rule by a tag, and gives what the user is told of it, and what was started in the terminal. */
export async function verify(ruleId: string, tag = 'latest') {
  const { services } = await connected();
  const started: string[] = [];
  const listener = vscode.tasks.onDidStartTask(({ execution }) => started.push(execution.task.name));
  try {
    return await withMessages(async (told) => {
      const proof = await runVerify(services, { ruleId, tag });
      await until('what came of it is told', () => told.length > 0);
      return { proof, message: told.map(({ text }) => text).join('\n'), started };
    });
  } finally {
    listener.dispose();
  }
}
