import * as vscode from 'vscode';
import { runCommand } from '../shared/errors.ts';
import type { Services } from '../services/services.ts';

/**
 * Registers the commands, whose code is loaded when one of them is run. Each shows its own failures and never rejects.
 * @param ids those that package.json contributes; what they do is in `table.lazy.ts`
 */
export function registerCommands(services: Services, ids: readonly string[]): vscode.Disposable {
  const registrations = ids.map((id) =>
    vscode.commands.registerCommand(id, async (node?: unknown) => {
      const { commandTable } = await import('./table.lazy.ts');
      const command = commandTable()[id];
      if (command) await runCommand(command.activity, services.log, () => command.run(services, node));
    }),
  );
  return new vscode.Disposable(() => registrations.forEach((each) => void each.dispose()));
}

/** Ids of the commands in an extension's package.json. */
export function contributedCommands(packageJson: unknown): string[] {
  const { contributes } = packageJson as {
    readonly contributes: { readonly commands: { readonly command: string }[] };
  };
  return contributes.commands.map(({ command }) => command);
}
