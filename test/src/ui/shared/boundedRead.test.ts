import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as vscode from '../vscodeDouble.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const { createBoundedReader } = await import('../../../../src/ui/shared/boundedRead.ts');
const { createEnvironments } = await import('../../../../src/ui/shared/composeEnvironment.lazy.ts');
const { createReader } = await import('../../../../src/ui/workspace/scan/readFile.lazy.ts');

type Uri = Parameters<ReturnType<typeof createBoundedReader>>[0];
const limit = 1000;
let base: string;
let folder: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'bounded-')));
  folder = join(base, 'workspace');
  mkdirSync(folder);
  vscode.workspace.workspaceFolders = [{ uri: new vscode.Uri('file', folder) }];
});
afterEach(() => {
  vscode.workspace.workspaceFolders = undefined;
  rmSync(base, { recursive: true, force: true });
});

const uriOf = (path: string): Uri => new vscode.Uri('file', path) as unknown as Uri;
const read = (name: string) => createBoundedReader()(uriOf(join(folder, name)), limit);
const textOf = async (name: string): Promise<string> => {
  const found = await read(name);
  return 'bytes' in found ? new TextDecoder().decode(found.bytes) : found.unread;
};

describe('a file of the folder', () => {
  it.each([0, 1, limit - 1, limit])('is read whole (%i bytes)', async (length) => {
    writeFileSync(join(folder, 'file'), 'x'.repeat(length));
    expect(await textOf('file')).toBe('x'.repeat(length));
  });

  it('is not read beyond the limit', async () => {
    writeFileSync(join(folder, 'file'), 'x'.repeat(limit + 1));
    expect(await textOf('file')).toBe('tooLong');
  });

  it.skipIf(process.platform !== 'linux')('is not read beyond the limit when it says it is empty', async () => {
    // The kernel's own table is such a file; here it is inside of what is opened.
    vscode.workspace.workspaceFolders = [{ uri: new vscode.Uri('file', '/proc') }];
    expect(await createBoundedReader()(uriOf('/proc/self/mountinfo'), 10)).toEqual({ unread: 'tooLong' });
    const whole = await createBoundedReader()(uriOf('/proc/self/status'), 100_000);
    expect('bytes' in whole && whole.bytes.length).toBeGreaterThan(100);
  });

  it('may be a link to another one, or be below a linked folder that is opened', async () => {
    writeFileSync(join(folder, 'file'), 'text');
    symlinkSync('file', join(folder, 'link'));
    expect(await textOf('link')).toBe('text');
    symlinkSync(folder, join(base, 'alias'));
    vscode.workspace.workspaceFolders = [{ uri: new vscode.Uri('file', join(base, 'alias')) }];
    expect(await createBoundedReader()(uriOf(join(base, 'alias', 'link')), limit)).toMatchObject({
      bytes: Buffer.from('text'),
    });
  });

  it('is read beside a file that is in no opened folder', async () => {
    vscode.workspace.workspaceFolders = undefined;
    writeFileSync(join(folder, '.env'), 'A=1');
    expect(await textOf('.env')).toBe('A=1');
    symlinkSync('../secret', join(folder, 'link'));
    writeFileSync(join(base, 'secret'), 'A=1');
    expect(await textOf('link')).toBe('linkOutside');
  });
});

describe.skipIf(process.platform === 'win32')('what is no file of the folder', () => {
  it.each(['/proc/self/environ', '/proc/kmsg', '/dev/zero', '/etc/passwd', '/'])(
    'is not read: a link to %s',
    async (to) => {
      symlinkSync(to, join(folder, 'link'));
      expect(['linkOutside', 'notFile']).toContain(await textOf('link'));
    },
  );

  it('is not read: a file below a linked folder, or in one that begins alike', async () => {
    mkdirSync(join(base, 'workspace2'));
    writeFileSync(join(base, 'workspace2', 'file'), 'text');
    symlinkSync('../workspace2', join(folder, 'linked'));
    expect(await textOf('linked/file')).toBe('linkOutside');
  });

  it('is not waited for: a pipe, a socket, a folder', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await textOf('pipe')).toBe('notFile');
    mkdirSync(join(folder, 'directory'));
    expect(await textOf('directory')).toBe('notFile');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
    await expect(read('socket')).rejects.toThrow();
    server.close();
  });

  it('counts neither as an environment nor as a file of the workspace', async () => {
    writeFileSync(join(base, 'secret'), 'TAG=1');
    symlinkSync('../secret', join(folder, '.env'));
    symlinkSync('/proc/self/environ', join(folder, 'Dockerfile'));
    execFileSync('mkfifo', [join(folder, 'compose.yaml')]);
    const environments = createEnvironments();
    expect(await environments.beside(uriOf(join(folder, 'compose.yaml')))).toBeUndefined();
    environments.dispose();
    const scan = createReader();
    for (const name of ['.env', 'Dockerfile', 'compose.yaml']) {
      expect(await scan(uriOf(join(folder, name)))).toHaveProperty('skipped');
    }
  });
});

describe('a file system of VS Code', () => {
  const uri = new vscode.Uri('some-fs', '/work/.env') as unknown as Uri;
  const stat = vscode.workspace.fs.stat;
  beforeEach(() => {
    vscode.files.set('/work/.env', 'A=1');
    vscode.reads.length = 0;
  });
  afterEach(() => {
    vscode.workspace.fs.stat = stat;
    vscode.files.clear();
  });

  it('is asked where the disk is not ours', async () => {
    expect(await createBoundedReader()(uri, limit)).toMatchObject({ bytes: new TextEncoder().encode('A=1') });
    expect(await createBoundedReader()(uri, 2)).toEqual({ unread: 'tooLong' });
  });

  it.each([vscode.FileType.File | vscode.FileType.SymbolicLink, vscode.FileType.Unknown, vscode.FileType.Directory])(
    'is not asked for what is no plain file (%i)',
    async (type) => {
      vscode.workspace.fs.stat = async () => ({ size: 0, type });
      expect(await createBoundedReader()(uri, limit)).toHaveProperty('unread');
      expect(vscode.reads).toEqual([]);
    },
  );
});
