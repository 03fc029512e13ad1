import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { vscodeRoot } from './install.ts';

export interface VsCodeServerOptions {
  /** A new folder for settings, storage, logs and installed extensions. */
  readonly dataFolder: string;
  /** Extension folders to be there as if built in (linked), beside VS Code's own. */
  readonly extensions?: readonly string[];
  /** An extension package, installed as a user would. */
  readonly vsix?: string;
  /** User settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Reaches the extension host and its terminals. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Lets a page name an extension under development and its tests; modal dialogs are then refused. */
  readonly testMode?: boolean;
  /** Whether folders open in Restricted Mode, as they do for a user until they are trusted. Else all are trusted. */
  readonly restricted?: boolean;
  /** 0 or absent: any free port. */
  readonly port?: number;
}

export interface VsCodeServer {
  readonly port: number;
  /** `http://127.0.0.1:P/`: no trailing path. */
  readonly url: string;
  /** Everything the server has printed. */
  output(): string;
  stop(): Promise<void>;
}

const startTimeout = 60_000;

/** Quiet settings: nothing that pops up over what a test or a newcomer looks at. */
const baseSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  // A machine with many open ports would be warned of them.
  'remote.autoForwardPorts': false,
  // The folder opens in Restricted Mode at once, where there is any.
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'terminal.integrated.initialHint': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/** The sandbox brings its own account; these would clash with it, or only cost time. */
const leftOut = new Set(['microsoft-authentication', 'copilot', 'tunnel-forwarding']);

/**
 * Starts the VS Code server on loopback and waits until it accepts connections.
 * Throws an Error with the server's output if it ends or stays silent for a minute.
 */
export async function startServer(options: VsCodeServerOptions): Promise<VsCodeServer> {
  const builtIn = linkExtensions(options);
  const userFolder = join(options.dataFolder, 'data', 'User');
  mkdirSync(userFolder, { recursive: true });
  writeFileSync(join(userFolder, 'settings.json'), JSON.stringify(settingsOf(options), null, 2));

  const common = [
    join(vscodeRoot, 'out', 'server-main.js'),
    '--accept-server-license-terms',
    '--server-data-dir',
    options.dataFolder,
    '--builtin-extensions-dir',
    builtIn,
    '--disable-telemetry',
    ...(options.restricted ? [] : ['--disable-workspace-trust']),
  ];
  if (options.vsix) await installExtension([...common, '--install-extension', options.vsix]);

  const child = spawn(
    process.execPath,
    [
      ...common,
      '--host',
      '127.0.0.1',
      '--port',
      String(options.port ?? 0),
      '--without-connection-token',
      ...(options.testMode ? ['--enable-smoke-test-driver'] : []),
    ],
    { env: { ...environmentOfServer(), ...options.environment }, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  );
  endWithThisProcess(child);
  const output = collectOutput(child);
  const port = await listeningPort(child, output);
  return {
    port,
    url: `http://127.0.0.1:${String(port)}/`,
    output: () => output.join(''),
    stop: () => stopGroup(child),
  };
}

function settingsOf({ restricted = false, settings }: VsCodeServerOptions): Record<string, unknown> {
  return { ...baseSettings, 'security.workspace.trust.enabled': restricted, ...settings };
}

/** Makes the folder of built-in extensions: links to VS Code's own and to the given ones. */
function linkExtensions(options: VsCodeServerOptions): string {
  const folder = join(options.dataFolder, 'built-in');
  mkdirSync(folder, { recursive: true });
  const own = readdirSync(join(vscodeRoot, 'extensions'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !leftOut.has(entry.name))
    .map((entry) => join(vscodeRoot, 'extensions', entry.name));
  for (const extension of [...own, ...(options.extensions ?? [])])
    symlinkSync(extension, join(folder, basename(extension)));
  return folder;
}

async function installExtension(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { env: environmentOfServer(), stdio: ['ignore', 'pipe', 'pipe'] });
  const output = collectOutput(child);
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`VS Code could not install the extension:\n${output.join('')}`);
}

/** This process's environment without what would make the server believe that it runs inside another VS Code. */
function environmentOfServer(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_)/i.test(name));
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

function collectOutput(child: ChildProcess): string[] {
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  return output;
}

async function listeningPort(child: ChildProcess, output: readonly string[]): Promise<number> {
  const started = Date.now();
  while (Date.now() - started < startTimeout) {
    const match = /Extension host agent listening on (\d+)/.exec(output.join(''));
    if (match) return Number(match[1]);
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stopGroup(child);
  throw new Error(`The VS Code server did not start:\n${output.join('')}`);
}

/** A server outlives neither an uncaught error nor `process.exit` of the tool that started it. */
function endWithThisProcess(child: ChildProcess): void {
  const kill = (): void => signalGroup(child, 'SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}

/** Ends the server with its extension hosts and terminals (it leads a process group of its own). */
async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const killer = setTimeout(() => signalGroup(child, 'SIGKILL'), 3000);
  signalGroup(child, 'SIGTERM');
  await ended;
  clearTimeout(killer);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // Ended between the check and the signal.
  }
}
