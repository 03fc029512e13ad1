import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { trustSandbox } from '../sandbox/src/trust.ts';
import type { LogEntry, SandboxInfo, Scenario } from '../sandbox/src/types.ts';
import { root } from '../tools/command.ts';

/** Added by the sandbox to every answer. Milliseconds. */
export const latencyMs = 100;

/** A sandbox in a process of its own, so that it and what is measured do not share one event loop. */
export interface SandboxProcess {
  readonly info: SandboxInfo;
  /** Requests since the last call, without those of the control endpoint; times in milliseconds since its start. */
  takeLog(): Promise<LogEntry[]>;
  /** A token of a principal for an audience, as VS Code would give it from its cache: outside of log and latency. */
  token(principal: string, audience: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a sandbox and makes this process trust it. @throws Error with its output if it does not start */
export async function startSandboxProcess(scenario: Scenario): Promise<SandboxProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'acr-bench-'));
  const scenarioFile = join(folder, 'scenario.json');
  writeFileSync(scenarioFile, JSON.stringify(scenario));
  const child = spawn(
    process.execPath,
    [
      join(root, 'test', 'sandbox', 'src', 'main.ts'),
      ...['--latencyMs', String(latencyMs), '--scenario', scenarioFile, '--folder', folder],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);

  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', kill);
    rmSync(folder, { recursive: true, force: true });
  }

  const info = await firstLine(child.stdout, ended).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  trustSandbox({ ca: readFileSync(info.ca, 'utf8'), info });

  async function control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(new URL(path, info.control), {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`sandbox: ${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  return {
    info,
    async takeLog() {
      const entries = (await control('GET', 'log')) as LogEntry[];
      await control('DELETE', 'log');
      return entries;
    },
    async token(principal, audience) {
      const { accessToken } = (await control('POST', 'signin', { principal, audience })) as { accessToken: string };
      return accessToken;
    },
    stop,
  };
}

async function firstLine(output: NodeJS.ReadableStream, ended: Promise<void>): Promise<SandboxInfo> {
  const lines = createInterface({ input: output });
  const line = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    ended.then(() => undefined),
  ]);
  if (line === undefined) throw new Error('The sandbox did not start.');
  return JSON.parse(line) as SandboxInfo;
}
