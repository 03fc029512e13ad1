import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The repository's root folder. */
export const root = join(import.meta.dirname, '..', '..');

/** What runs make: logs, screenshots, result files. Ignored by git. */
export const outFolder = join(root, 'test', '.out');

/**
 * Runs a program of this repository's node_modules, or any on the PATH, in the root folder; passes its output on as it comes,
 * unless `isQuiet`. Resolves with its exit code (1 if it could not be started or was ended by a signal) and its output: of one
 * that is quiet also what it wrote to its standard error.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  { isQuiet = false } = {},
): Promise<{ code: number; output: string }> {
  const output: string[] = [];
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', isQuiet ? 'pipe' : 'inherit'] });
  child.stdout?.on('data', (chunk: Buffer) => {
    output.push(chunk.toString());
    if (!isQuiet) process.stdout.write(chunk);
  });
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const code = await new Promise<number>((resolve) => {
    child.on('error', (error) => {
      output.push(`${error.message}\n`);
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (exitCode) => resolve(exitCode ?? 1));
  });
  return { code, output: output.join('') };
}

/** Makes Ctrl+C and `kill` run the handlers of 'exit', which end what this process has started. */
export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
}
