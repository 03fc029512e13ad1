import { rmSync } from 'node:fs';
import { access, chmod, constants, lstat, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import type { ContainerClient } from './containerClient.ts';
import { readBoundedText } from '../../common/readBounded.ts';
import { hasCode, isProcessRunning } from '../../common/systemErrors.ts';
import { runProcess } from './runProcess.ts';

/** A login that only processes with `env` see. */
export interface ClientLogin {
  readonly env: Readonly<Record<string, string>>;
  /** Removes it. Never rejects. */
  dispose(): Promise<void>;
}

/** `login-<process id>-<random>`. */
const loginFolder = /^login-(\d{1,10})-/;
/** A registry's refresh token lasts about three hours: what is older is of no use to anyone. */
const staleMs = 4 * 60 * 60 * 1000;
const loginTimeoutMs = 60_000;
/** A client's configuration has some kilobytes. Bytes. */
const maxConfig = 1_000_000;
/** Reserved by RFC 2606: no registry is ever there. */
const placeholderHost = 'acr-cache.invalid';

/**
 * Logs the client in to one registry, the password on stdin only, with an auth file of its own in a new folder that only
 * this user can read and that is removed afterwards. The user's own logins, credential helpers and default auth file are
 * neither read nor changed, and nothing needs to be logged out, which could end a login the user made.
 * @throws Error with what the client said, without the password
 */
export async function logInClient(
  client: ContainerClient,
  loginServer: string,
  { username, password }: { readonly username: string; readonly password: string },
  signal?: AbortSignal,
): Promise<ClientLogin> {
  const parent = await ownFolder();
  await removeLeft(parent);
  const folder = await mkdtemp(join(parent, `login-${process.pid}-`));
  const removeOnExit = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeOnExit);
  const login: ClientLogin = {
    // Both: podman falls back to docker's file, and a program called docker may be podman.
    env: { DOCKER_CONFIG: folder, REGISTRY_AUTH_FILE: join(folder, 'auth.json') },
    async dispose() {
      process.off('exit', removeOnExit);
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    },
  };
  try {
    await prepare(folder);
    const result = await runProcess(client.path, ['login', loginServer, '--username', username, '--password-stdin'], {
      input: password,
      env: login.env,
      timeoutMs: loginTimeoutMs,
      signal,
    });
    if (result.code === 0) return login;
    const said = (result.stderr.trim() || result.stdout.trim()).replaceAll(password, '***').slice(-1000);
    throw new Error(
      result.timedOut
        ? l10n.t('{0} did not finish signing in to {1}.', client.path, loginServer)
        : l10n.t('{0} could not sign in to {1}: {2}', client.path, loginServer, said),
    );
  } catch (error) {
    await login.dispose();
    throw error;
  }
}

/** Memory-backed and private where the system has such a folder, else the temporary one. */
async function baseFolder(): Promise<string> {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  if (!runtime) return tmpdir();
  return access(runtime, constants.W_OK).then(
    () => runtime,
    () => tmpdir(),
  );
}

/**
 * An empty auth file for podman; for docker a configuration with its choice of engine, which lives in the same file, and with an
 * entry under `auths`: docker takes a configuration without one as new and would keep the login in the system's credential
 * store (docker/cli `DetectDefaultStore`), over the user's own and out of our reach.
 */
async function prepare(folder: string): Promise<void> {
  await writeFile(join(folder, 'auth.json'), '{}', { mode: 0o600 });
  const own = process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker');
  const context = await currentContext(join(own, 'config.json'));
  const config = { auths: { [placeholderHost]: {} }, currentContext: context };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  if (context !== undefined) {
    await symlink(join(own, 'contexts'), join(folder, 'contexts'), 'junction').catch(() => undefined);
  }
}

async function currentContext(configFile: string): Promise<string | undefined> {
  try {
    const config: unknown = JSON.parse((await readBoundedText(configFile, maxConfig)) ?? '');
    const context =
      typeof config === 'object' && config !== null && 'currentContext' in config && config.currentContext;
    return typeof context === 'string' && context !== '' ? context : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the logins that windows left behind which were killed. Never rejects. */
export async function removeLeftLogins(): Promise<void> {
  await ownFolder().then(removeLeft, () => undefined);
}

/**
 * The folder of all logins: no other user can look into it, or put something else into its place while it is swept.
 * @throws Error if somebody else has made it
 */
async function ownFolder(): Promise<string> {
  // Windows has neither user ids nor modes; its temporary folder is the user's own.
  const user = process.getuid?.();
  const path = join(await baseFolder(), user === undefined ? 'acr-cache' : `acr-cache-${user}`);
  await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
    if (!hasCode(error, 'EEXIST')) throw error;
  });
  const info = await lstat(path);
  if (!info.isDirectory() || (user !== undefined && info.uid !== user)) {
    throw new Error(l10n.t("{0} belongs to another user, so the client's sign-in cannot be stored there.", path));
  }
  if (user !== undefined && (info.mode & 0o077) !== 0) await chmod(path, 0o700);
  return path;
}

/** Of processes that are gone, and what is too old: a process id may be in use again. */
async function removeLeft(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const [, id] = loginFolder.exec(name) ?? [];
    if (id === undefined) continue;
    const path = join(parent, name);
    // Links are not followed, here and by `rm`.
    const info = await lstat(path).catch(() => undefined);
    const isLeft = info && (!isProcessRunning(Number(id)) || Date.now() - info.mtimeMs > staleMs);
    if (isLeft) await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
