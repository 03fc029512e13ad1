import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { logInClient, removeLeftLogins } from '../../../../src/ui/verify/clientLogin.ts';
import { findContainerClient } from '../../../../src/ui/verify/containerClient.ts';
import { runProcess } from '../../../../src/ui/verify/runProcess.ts';

/** Real programs on a PATH of their own: shell scripts that answer as the clients do. */
let folder: string;
let runtime: string;
const password = 'p4ssw0rd-of-the-registry';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'acr-clients-'));
  runtime = join(folder, 'runtime');
  await mkdir(runtime);
  vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
  vi.stubEnv('XDG_RUNTIME_DIR', runtime);
  vi.stubEnv('DOCKER_CONFIG', join(folder, 'own'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Where logins are kept. */
const parent = (): string => join(runtime, `acr-cache-${process.getuid?.()}`);
const loginsLeft = (): string[] => readdirSync(parent());

async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const noEngine = 'echo "Cannot connect to the Docker daemon" >&2; exit 1';

describe.skipIf(process.platform === 'win32')('finding a container client', () => {
  it('takes the first that works, and skips docker without an engine', async () => {
    await program('docker', noEngine);
    await program('podman', 'echo linux/amd64');
    expect(await findContainerClient('auto')).toEqual({
      client: { kind: 'podman', path: 'podman', platform: { os: 'linux', architecture: 'amd64' } },
    });
  });

  it('says why none can be used', async () => {
    await program('docker', noEngine);
    await program('podman', 'exit 125');
    await program('nerdctl', 'echo "cannot access containerd socket" >&2; exit 1');
    const search = await findContainerClient('auto');
    const said = [/docker.*Cannot connect to the Docker daemon/, /podman.*125/, /nerdctl.*cannot access containerd/];
    for (const reason of said) expect(search).toEqual({ reason: expect.stringMatching(reason) });
  });

  it('asks only the one that is named, and reads nerdctl’s machine names', async () => {
    await program('docker', 'echo linux/amd64');
    await program('nerdctl', 'echo linux/aarch64');
    expect(await findContainerClient('nerdctl')).toMatchObject({
      client: { kind: 'nerdctl', platform: { architecture: 'arm64' } },
    });
  });

  it('takes an absolute path, by whose name it knows the client', async () => {
    const path = await program('my-podman', 'echo linux/arm64');
    expect(await findContainerClient(path)).toMatchObject({ client: { kind: 'podman', path } });
    const absent = join(folder, 'absent');
    expect(await findContainerClient(absent)).toEqual({ reason: expect.stringContaining(absent) });
  });

  it('knows none, and refuses what is no client', async () => {
    for (const setting of ['none', './docker', 'docker; rm -rf /', 'buildah']) {
      expect(await findContainerClient(setting)).toEqual({ reason: expect.any(String) });
    }
  });

  it('can be cancelled', async () => {
    await program('docker', 'sleep 20');
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    await expect(findContainerClient('docker', abort.signal)).rejects.toHaveProperty('name', 'AbortError');
  });
});

describe.skipIf(process.platform === 'win32')('logging a client in', () => {
  /** Writes down what it was given, as `docker login` would use it. */
  const recorder = () =>
    `echo "$@" > ${folder}/args; env > ${folder}/env; cat > ${folder}/stdin; cat > "$DOCKER_CONFIG/config-seen" </dev/null`;
  const credentials = { username: '00000000-0000-0000-0000-000000000000', password };

  it('gives the password on stdin only, and a configuration of its own that is removed', async () => {
    const path = await program('docker', recorder());
    const login = await logInClient({ kind: 'docker', path }, 'myregistry.example', credentials);
    expect(await readFile(join(folder, 'args'), 'utf8')).toBe(
      `login myregistry.example --username ${credentials.username} --password-stdin\n`,
    );
    expect(await readFile(join(folder, 'env'), 'utf8')).not.toContain(password);
    expect(await readFile(join(folder, 'stdin'), 'utf8')).toBe(password);
    const config = login.env['DOCKER_CONFIG']!;
    expect(config.startsWith(runtime)).toBe(true);
    expect(statSync(join(config, '..')).mode & 0o777).toBe(0o700);
    expect(login.env['REGISTRY_AUTH_FILE']).toBe(join(config, 'auth.json'));
    expect(existsSync(config)).toBe(true);
    await login.dispose();
    expect(loginsLeft()).toEqual([]);
    expect(existsSync(join(folder, 'own'))).toBe(false);
  });

  it('keeps the choice of engine, and none of the user’s logins', async () => {
    await mkdir(join(folder, 'own'));
    await writeFile(
      join(folder, 'own', 'config.json'),
      JSON.stringify({ currentContext: 'remote', auths: { x: { auth: 'secret' } }, credsStore: 'desktop' }),
    );
    const path = await program('docker', 'exit 0');
    const login = await logInClient({ kind: 'docker', path }, 'myregistry.example', credentials);
    expect(JSON.parse(await readFile(join(login.env['DOCKER_CONFIG']!, 'config.json'), 'utf8'))).toEqual({
      auths: { 'acr-cache.invalid': {} },
      currentContext: 'remote',
    });
    await login.dispose();
  });

  it('keeps docker from the system’s credential store, which it would use for a configuration without logins', async () => {
    const docker = ['/usr/bin/docker', '/usr/local/bin/docker'].find((path) => existsSync(path));
    if (!docker) {
      console.warn('skipped: no docker client here');
      return;
    }
    await program('docker-credential-pass', `cat >> ${folder}/stored; echo "$@" >> ${folder}/stored`);
    await program('pass', 'exit 0');
    const server = createServer((request, response) => {
      response.writeHead(request.headers.authorization ? 200 : 401, { 'www-authenticate': 'Basic realm="registry"' });
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const login = await logInClient({ kind: 'docker', path: docker }, host, credentials);
      const config = await readFile(join(login.env['DOCKER_CONFIG']!, 'config.json'), 'utf8');
      expect(Object.keys((JSON.parse(config) as { auths: object }).auths)).toContain(host);
      expect(existsSync(join(folder, 'stored'))).toBe(false);
      await login.dispose();
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('a refused login says what the client said, without the password, and leaves nothing', async () => {
    const path = await program('podman', 'echo "invalid username/password: $(cat)" >&2; exit 125');
    const failure: unknown = await logInClient({ kind: 'podman', path }, 'myregistry.example', credentials).catch(
      (error: unknown) => error,
    );
    expect(String(failure)).toContain('invalid username/password');
    expect(String(failure)).not.toContain(password);
    expect(loginsLeft()).toEqual([]);
  });

  it('is removed by the next window when its own was killed', async () => {
    const script = `
      import { logInClient, removeLeftLogins } from ${JSON.stringify(join(import.meta.dirname, '../../../../src/ui/verify/clientLogin.ts'))};
      await logInClient({ kind: 'docker', path: 'true' }, 'myregistry.example', { username: 'u', password: 'p' });
      console.log('ready');
      setInterval(() => undefined, 1000);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    expect(loginsLeft()).toEqual([expect.stringContaining(`${child.pid}`)]);
    await removeLeftLogins();
    expect(loginsLeft()).toHaveLength(1);
    child.kill('SIGKILL');
    await ended;
    expect(loginsLeft()).toHaveLength(1);
    await removeLeftLogins();
    expect(loginsLeft()).toEqual([]);
  });

  it('is removed when it is of no use, whoever has its process id now', async () => {
    const left = join(parent(), `login-${process.pid}-old`);
    await mkdir(left, { recursive: true });
    await utimes(left, new Date(0), new Date(0));
    await removeLeftLogins();
    expect(loginsLeft()).toEqual([]);
  });

  it('sweeps nothing but logins, and removes links without what they lead to', async () => {
    const victim = join(folder, 'victim');
    await mkdir(victim);
    await writeFile(join(victim, 'file'), '');
    await mkdir(parent());
    await mkdir(join(parent(), 'other'));
    await symlink(victim, join(parent(), 'login-999999999-link'));
    await mkdir(join(parent(), 'login-999999999-folder'));
    await symlink(victim, join(parent(), 'login-999999999-folder', 'contexts'));
    await removeLeftLogins();
    expect(loginsLeft()).toEqual(['other']);
    expect(readdirSync(victim)).toEqual(['file']);
  });

  it('leaves what others may write alone: folders of the shared temporary folder', async () => {
    const stranger = join(runtime, 'acr-cache-login-stranger');
    await mkdir(stranger);
    await utimes(stranger, new Date(0), new Date(0));
    const path = await program('docker', 'exit 0');
    await (await logInClient({ kind: 'docker', path }, 'myregistry.example', credentials)).dispose();
    expect(existsSync(stranger)).toBe(true);
  });

  it('closes its folder to others, and takes none that is a link or somebody else’s', async () => {
    const path = await program('docker', 'exit 0');
    await mkdir(parent());
    await chmod(parent(), 0o777);
    await (await logInClient({ kind: 'docker', path }, 'myregistry.example', credentials)).dispose();
    expect(statSync(parent()).mode & 0o777).toBe(0o700);
    await rm(parent(), { recursive: true });

    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    await symlink(elsewhere, parent());
    await expect(logInClient({ kind: 'docker', path }, 'myregistry.example', credentials)).rejects.toThrow(parent());
    await removeLeftLogins();
    expect(readdirSync(elsewhere)).toEqual([]);
    await rm(parent());

    if (process.getuid?.() !== 0) return;
    await mkdir(parent());
    await chown(parent(), 12345, 12345);
    await expect(logInClient({ kind: 'docker', path }, 'myregistry.example', credentials)).rejects.toThrow(parent());
  });
});

describe.skipIf(process.platform === 'win32')('running a program', () => {
  it('ends one that takes too long', async () => {
    const path = await program('slow', 'exec sleep 20');
    expect(await runProcess(path, [], { timeoutMs: 200 })).toMatchObject({ code: null, timedOut: true });
  });

  it('uses no shell, and survives one that does not read', async () => {
    const path = await program('echo-args', 'printf "%s|" "$@"');
    const result = await runProcess(path, ['a b', '$(id)', ';'], { timeoutMs: 120_000, input: 'x'.repeat(1_000_000) });
    expect(result.stdout).toBe('a b|$(id)|;|');
  });
});
