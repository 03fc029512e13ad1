import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A docker engine that keeps everything in a folder of its own. */
export interface DockerEngine {
  /** Address of the containerd that it brings along, for `ctr`; absent: it shares one that runs on this machine already. */
  readonly containerd?: string;
  stop(): Promise<void>;
}

const startTimeout = 60_000;

/** Where an engine in `folder` listens, for DOCKER_HOST; until one does, docker there cannot reach the user's own engine either. */
export function dockerHostIn(folder: string): string {
  return `unix://${socketIn(folder)}`;
}

/**
 * Starts a real docker engine (Linux, as root) and waits until it answers. No bridge, no firewall rules, and of its
 * configuration in /etc only what the engine itself puts there. `environment` has its proxy and authorities, since it pulls by itself.
 * @param folder an absolute path, short: a socket's has 107 characters at most
 * @returns the engine, or in one sentence why none can run
 */
export async function startDockerEngine(
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<DockerEngine | string> {
  mkdirSync(folder, { recursive: true });
  const configuration = join(folder, 'daemon.json');
  writeFileSync(configuration, '{}');
  const execRoot = join(folder, 'exec');
  const options = {
    'config-file': configuration,
    'data-root': join(folder, 'data'),
    'exec-root': execRoot,
    pidfile: join(folder, 'pid'),
    host: dockerHostIn(folder),
    // Overlays are refused in many containers.
    'storage-driver': 'vfs',
    bridge: 'none',
    iptables: false,
    ip6tables: false,
  };
  const child = spawn(
    'dockerd',
    Object.entries(options).map(([name, value]) => `--${name}=${value}`),
    { env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let problem: string | undefined;
  let lastLine = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (lastLine = text.trim().split('\n').at(-1) ?? ''));
  const ended = new Promise<void>((resolve) => {
    const settle = (reason: string): void => {
      problem ??= reason;
      process.off('exit', terminate);
      resolve();
    };
    child.once('error', ({ message }) => settle(message));
    // Not `exit`: its containerd writes to the same standard error, and has ended too.
    child.once('close', () => settle(lastLine));
  });
  // By its own id: it ends its containerd itself.
  const terminate = (): boolean => child.kill('SIGTERM');
  process.once('exit', terminate);
  const stop = async (): Promise<void> => {
    terminate();
    await ended;
  };
  const end = Date.now() + startTimeout;
  while (problem === undefined && !(await answers(folder))) {
    if (Date.now() > end) problem = 'it does not answer.';
    await sleep(200);
  }
  const containerd = join(execRoot, 'containerd', 'containerd.sock');
  if (problem === undefined) return { ...(existsSync(containerd) && { containerd }), stop };
  await stop();
  return `No docker engine can run here: ${problem}`;
}

function socketIn(folder: string): string {
  return join(folder, 'docker.sock');
}

async function answers(folder: string): Promise<boolean> {
  const signal = AbortSignal.timeout(5000);
  const asked = request({ socketPath: socketIn(folder), path: '/_ping', signal }).end();
  try {
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode === 200;
  } catch {
    return false;
  }
}
