import { spawn } from 'node:child_process';
import { homedir } from 'node:os';

export interface ProcessResult {
  /** null: killed, by us or by the system. */
  readonly code: number | null;
  /** Both bounded to their last characters (`maxOutput`). */
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface RunOptions {
  /** Written to stdin, which is then closed. Secrets belong here, never into `args`. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Characters of each output that are kept, the last ones; 20,000 unless said otherwise. */
  readonly maxOutput?: number;
  readonly signal?: AbortSignal;
}

const usualMaxOutput = 20_000;

/**
 * Runs a program without a shell, in the home folder: a program of the same name in the workspace is never taken.
 * @throws Error with `code` ENOENT if there is none; AbortError when `signal` is aborted
 */
export function runProcess(file: string, args: readonly string[], options: RunOptions): Promise<ProcessResult> {
  const { maxOutput = usualMaxOutput } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], {
      cwd: homedir(),
      env: { ...process.env, ...options.env },
      shell: false,
      windowsHide: true,
      stdio: 'pipe',
      signal: options.signal,
    });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, options.timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = (stdout + text).slice(-maxOutput)));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-maxOutput)));
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr, timedOut });
    });
    // A program that ends without reading must not bring us down.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}
