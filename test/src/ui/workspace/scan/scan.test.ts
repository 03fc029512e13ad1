import { beforeEach, expect, it, vi } from 'vitest';
import { armIdKey } from '../../../../../src/domain/armId.ts';
import type { FileReader } from '../../../../../src/files/worker/fileReader.ts';
import { readFindings, type Unread } from '../../../../../src/files/worker/readFindings.ts';
import { createObservations } from '../../../../../src/inventory/observations.ts';
import { registry } from '../../../inventory/fakeAzure.ts';
import * as vscode from '../../vscodeDouble.ts';

vi.mock('vscode', () => import('../../vscodeDouble.ts'));
vi.mock('../../../../../src/ui/workspace/scan/candidates.lazy.ts', () => ({
  maxFiles: 10,
  uriKey: String,
  findCandidates: async () => ({
    uris: [...vscode.files.keys()].sort().map((path) => new vscode.Uri('some-fs', path)),
    isCut: false,
  }),
}));
const { scanWorkspace } = await import('../../../../../src/ui/workspace/scan/scan.lazy.ts');

const upstream = registry('upstream');
const registries = new Map([[armIdKey(upstream.id), { registry: upstream, rules: [], rulesFreshness: 'current' }]]);
const unread = new Map<string, Unread>();
const reader: FileReader = {
  read: async (file, isWanted = () => true) =>
    isWanted() ? (unread.get(file.path) ?? readFindings(file)) : { unread: 'unwanted' },
  dispose() {},
};
const services = { inventory: { state: { registries } }, observations: createObservations(), reader } as never;
const image = `FROM ${upstream.loginServer}/app:1\n`;

beforeEach(() => {
  vscode.files.clear();
  unread.clear();
  vscode.workspace.workspaceFolders = [{ uri: new vscode.Uri('some-fs', '/work') }];
});

it('reads what is left when one file is too hard to read, and says which was', async () => {
  for (const name of ['a', 'b', 'c']) vscode.files.set(`/work/${name}/Dockerfile`, image);
  unread.set('/work/b/Dockerfile', { unread: 'tooHard' });
  const { files, filesRead, skipped } = await scanWorkspace(services);
  expect(files.map(({ path }) => path)).toEqual(['/work/a/Dockerfile', '/work/c/Dockerfile']);
  expect([filesRead, skipped.map(({ path }) => path)]).toEqual([2, ['/work/b/Dockerfile']]);
});

it('leaves out texts that only look like references unless their host is known', async () => {
  vscode.files.set('/work/main.bicep', `var a = 'nowhere.example/a:1'\nvar b = '${upstream.loginServer}/b:1'\n`);
  vscode.files.set('/work/other.bicep', "var a = 'nowhere.example/a:1'\n");
  const { files } = await scanWorkspace(services);
  expect(files.map(({ path, references }) => [path, references.map(({ image }) => image.repository)])).toEqual([
    ['/work/main.bicep', ['b']],
  ]);
});

it('looks at a file that is asked for besides, once', async () => {
  vscode.files.set('/work/Dockerfile', image);
  const besides = new vscode.Uri('some-fs', '/work/Dockerfile') as never;
  expect((await scanWorkspace(services, { besides })).files).toHaveLength(1);
  vscode.files.set('/work/Dockerfile', 'FROM scratch\n');
  vscode.workspace.textDocuments = [
    { uri: new vscode.Uri('untitled', '/Dockerfile'), getText: () => image, languageId: 'dockerfile' } as never,
  ];
  const open = new vscode.Uri('untitled', '/Dockerfile') as never;
  expect((await scanWorkspace(services, { besides: open })).files.map(({ text }) => text)).toEqual([image]);
  vscode.workspace.textDocuments = [];
});

it('tells how far it is, and stops when nobody wants it any more', async () => {
  for (let index = 0; index < 40; index++) vscode.files.set(`/work/${index}/Dockerfile`, image);
  const steps: number[] = [];
  await scanWorkspace(services, { onProgress: (done) => steps.push(done) });
  expect(steps.at(-1)).toBe(40);
  const source = new vscode.CancellationTokenSource();
  source.cancel();
  expect((await scanWorkspace(services, { token: source.token })).filesRead).toBe(0);
});
