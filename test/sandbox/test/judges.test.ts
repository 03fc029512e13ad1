import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { startSandbox } from '../src/sandbox.ts';
import type { SandboxOptions } from '../src/options.ts';

/** `../shared/judges` beside the repository: programs that know nothing of this code. */
const folder = path.resolve(import.meta.dirname, '../../../../shared/judges');
const isThere = existsSync(folder);
if (!isThere) process.stderr.write(`skipped: ${folder} is absent, so nobody else judges the sandbox\n`);

/** Lines that a judge prints about a sandbox of its own. */
async function judge(name: string, options: SandboxOptions = {}): Promise<string[]> {
  const sandbox = await startSandbox({ hosts: 'ports', ...options });
  const home = await mkdtemp(path.join(tmpdir(), 'judge-'));
  try {
    const file = path.join(home, 'info');
    await writeFile(file, `${JSON.stringify(sandbox.info)}\n`);
    const env = { ...process.env, SANDBOX_INFO: file };
    const output = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, [path.join(folder, name)], { env, maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
        error ? reject(new Error(`${error.message}\n${stdout}\n${stderr}`)) : resolve(stdout),
      );
    });
    return output.trim().split('\n');
  } finally {
    await sandbox.close();
    await rm(home, { recursive: true, force: true });
  }
}

const totals = (lines: readonly string[], line: RegExp): number[][] =>
  lines.flatMap((one) => {
    const match = line.exec(one);
    return match ? [match.slice(1).map(Number)] : [];
  });

it.skipIf(!isThere)('answers as Azure did in recordings', async () => {
  const lines = await judge('recordings.mjs');
  expect(lines.filter((line) => line.startsWith('DIFF'))).toEqual([]);
  const [[checks = 0, same] = []] = totals(lines, /^(\d+) checks, (\d+) same/);
  expect(checks).toBeGreaterThan(50);
  expect(same).toBe(checks);
});

// This judge takes content as the answer of GET; that the specification also allows a redirect is tested beside it.
it.skipIf(!isThere)('follows the OCI distribution specification', async () => {
  const lines = await judge('conformance.mjs', { blobRedirect: false });
  expect(lines.filter((line) => line.startsWith('FAIL'))).toEqual([]);
  const parts = totals(lines, /^[a-z]+: (\d+)\/(\d+), MUST failed/);
  expect(parts.length).toBeGreaterThan(3);
  for (const [passed, all] of parts) expect(passed).toBe(all);
});

it.skipIf(!isThere)('survives raw HTTP that no library sends', async () => {
  const lines = await judge('abuse.mjs');
  expect(lines.filter((line) => line.includes('<<<'))).toEqual([]);
  expect(lines.at(-1)).toMatch(/^cases that broke something: 0 alive \d+ \d+$/);
});
