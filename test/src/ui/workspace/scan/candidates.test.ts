import { beforeEach, expect, test, vi } from 'vitest';
import { CancellationTokenSource, RelativePattern, Uri } from '../../vscodeDouble.ts';

/** An address with an authority, as remote and virtual folders have it. */
class FullUri extends Uri {
  readonly authority = '';
  static override joinPath({ scheme, path }: Uri, ...parts: string[]): FullUri {
    return new FullUri(scheme, [path, ...parts].join('/'));
  }
}
const folder = (scheme: string, path: string) => ({ uri: new FullUri(scheme, path) });
const workspace = {
  workspaceFolders: [] as { uri: FullUri }[],
  textDocuments: [] as { uri: FullUri; languageId: string }[],
  getWorkspaceFolder: ({ scheme }: Uri) => workspace.workspaceFolders.find(({ uri }) => uri.scheme === scheme),
  getConfiguration: () => ({ get: () => ({ '**/out': true }) }),
  findFiles: vi.fn(async ({ base }: { base: { uri: FullUri } }) => {
    // A scheme that nobody searches: VS Code waits for somebody who does.
    if (!['file', 'vscode-remote', 'vscode-vfs'].includes(base.uri.scheme)) return new Promise<never>(() => undefined);
    return ['sub/Dockerfile', 'Dockerfile']
      .map((path) => `/work/${path}`)
      .filter((path) => path.startsWith(`${base.uri.path}/`))
      .map((path) => new FullUri(base.uri.scheme, path));
  }),
  fs: {
    readDirectory: vi.fn(async ({ path }: Uri) => {
      if (path !== '/work') throw new Error('no such folder');
      return [
        ['notes.txt', 1],
        ['out', 2],
        ['compose.yaml', 1],
        ['Dockerfile', 1 | 64],
      ];
    }),
  },
};
vi.mock('vscode', () => ({ Uri: FullUri, RelativePattern, FileType: { Directory: 2, SymbolicLink: 64 }, workspace }));
const { findCandidates } = await import('../../../../../src/ui/workspace/scan/candidates.lazy.ts');

const { token } = new CancellationTokenSource();
const find = async () => (await findCandidates(token as never)).uris.map(String);

beforeEach(() => {
  vi.clearAllMocks();
  workspace.textDocuments = [];
});

test.each(['file', 'vscode-remote', 'vscode-vfs'])('%s is searched', async (scheme) => {
  workspace.workspaceFolders = [folder(scheme, '/work')];
  expect(await find()).toEqual([`${scheme}:/work/Dockerfile`, `${scheme}:/work/sub/Dockerfile`]);
  expect(workspace.fs.readDirectory).not.toHaveBeenCalled();
});

test('another scheme is walked, and does not wait for a search', async () => {
  workspace.workspaceFolders = [folder('memfs', '/work'), folder('nobody', '/gone'), folder('file', '/work')];
  expect(await find()).toEqual(
    ['memfs:/work/compose.yaml', 'file:/work/Dockerfile', 'file:/work/sub/Dockerfile'].sort(byPath),
  );
  expect(workspace.findFiles).toHaveBeenCalledOnce();
});

test('each file counts once, though folders lie in each other and it is open; what is untitled does not', async () => {
  workspace.workspaceFolders = [folder('file', '/work/sub'), folder('file', '/work')];
  workspace.textDocuments = [
    { uri: new FullUri('file', '/work/b'), languageId: 'dockerfile' },
    { uri: new FullUri('file', '/work/sub/Dockerfile'), languageId: 'dockerfile' },
    { uri: new FullUri('untitled', 'Untitled-1'), languageId: 'dockerfile' },
  ];
  expect(await find()).toEqual(['file:/work/Dockerfile', 'file:/work/b', 'file:/work/sub/Dockerfile']);
});

function byPath(a: string, b: string): number {
  return a.slice(a.indexOf(':')) < b.slice(b.indexOf(':')) ? -1 : 1;
}
