import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const installFolder = join(here, '.install');
const stampFile = join(installFolder, 'installed');

/** The VS Code server and workbench inside the npm package code-server. */
export const vscodeRoot = join(installFolder, 'node_modules', 'code-server', 'lib', 'vscode');

/**
 * Installs the embedded VS Code into an ignored folder; does nothing when it is there already.
 * Throws an Error naming the npm command that failed.
 */
export async function installVsCode(): Promise<void> {
  const stamp = createHash('sha256')
    .update(readFileSync(join(here, 'package-lock.json')))
    .update(process.versions.modules)
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;

  console.log('Installing the embedded VS Code (once, about a minute) …');
  rmSync(installFolder, { recursive: true, force: true });
  mkdirSync(installFolder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(here, name), join(installFolder, name));
  // Without scripts: code-server's own postinstall builds kerberos, which needs system headers and is not used here.
  await npm(installFolder, 'ci', '--ignore-scripts');
  await npm(vscodeRoot, 'install', '--omit=dev', '--ignore-scripts');
  await npm(vscodeRoot, 'rebuild', '@vscode/spdlog', '@vscode/native-watchdog', '@vscode/fs-copyfile');
  await npm(join(vscodeRoot, 'extensions'), 'install', '--omit=dev', '--ignore-scripts');
  writeFileSync(stampFile, stamp);
}

async function npm(folder: string, ...args: string[]): Promise<void> {
  const output: string[] = [];
  const child = spawn('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env: { ...process.env, ...systemHeaders() },
  });
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`npm ${args.join(' ')} in ${folder} ended with ${String(code)}:\n${output.join('')}`);
}

/**
 * Native modules are built with Node's headers, which node-gyp would download. Where the system has some they serve as well: the
 * modules use Node-API, whose binary interface is the same in all versions.
 */
function systemHeaders(): Record<string, string> {
  const isSet = process.env['npm_config_nodedir'] !== undefined;
  return !isSet && existsSync('/usr/include/node/node_api.h') ? { npm_config_nodedir: '/usr' } : {};
}

if (import.meta.main) await installVsCode();
