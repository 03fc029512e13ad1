import { describe, expect, it, vi } from 'vitest';
import { findReferences } from '../../../files/findings.ts';
import { replacedNames } from '../../../../../src/files/replacedNames.ts';
import { createObservations } from '../../../../../src/inventory/observations.ts';
import { createResolver } from '../../../../../src/inventory/resolution.ts';
import { moveEdits } from '../../../../../src/ui/workspace/move/moveEdits.lazy.ts';
import { repositoriesOf } from '../../../../../src/ui/workspace/move/movePlan.lazy.ts';
import { planOf } from './movePlans.ts';
import { scannedFile } from '../scannedFile.ts';
import { inventoryState, registry, rule } from '../../../../samples.ts';

vi.mock('vscode', () => import('../../vscodeDouble.ts'));
const scan = vi.hoisted(() => ({ files: [] as unknown[] }));
vi.mock('../../../../../src/ui/workspace/scan/scan.lazy.ts', () => ({
  scanWorkspace: () => Promise.resolve({ files: scan.files, filesRead: 0, skipped: [] }),
}));
/** Paths of files that changed since they were looked at. */
const edited = vi.hoisted(() => new Set<string>());
vi.mock('../../../../../src/ui/workspace/edits.lazy.ts', () => ({
  createWorkspaceEdit: (files: unknown) => files,
  onlyUnchanged: async (files: readonly { readonly file: { readonly path: string } }[]) => {
    const of = (isEdited: boolean) => files.filter(({ file: { path } }) => edited.has(path) === isEdited);
    return { same: of(false), changed: of(true) };
  },
}));
const told = vi.hoisted(() => [] as string[]);
vi.mock('../../../../../src/ui/shared/messages.ts', () => ({
  showInformationMessage: async (text: string, ...buttons: string[]) => {
    told.push(text);
    return buttons[0];
  },
}));
const { provideRenameEdits } = await import('../../../../../src/ui/editor/rename.lazy.ts');
const { cachedNames } = await import('../../../../../src/ui/workspace/useCached/cachedNames.ts');
const { findInWorkspace } = await import('../../../../../src/ui/workspace/scan/references.lazy.ts');

const downstream = registry('downstream');
const appRule = rule('app', 'upstream.example/team/app', 'cached/app', { registryId: downstream.id });
const state = inventoryState(
  { registry: downstream, rules: [appRule], rulesFreshness: 'current' },
  { registry: registry('upstream'), rules: [], rulesFreshness: 'current' },
);
const observations = createObservations();

function file(path: string, text: string) {
  return scannedFile(path, text, findReferences({ path, text }));
}

const deployment = file(
  'base/deployment.yaml',
  `apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
      - image: upstream.example/team/app:1.14
      - image: upstream.example/team/app/more:1
`,
);
const kustomization = (path: string, entry: string) => file(`${path}/kustomization.yaml`, `images:\n- ${entry}\n`);
const overlay = kustomization('prod', '{ name: upstream.example/team/app, newTag: "1.25" }');
const compose = file('compose.yaml', 'services:\n  web:\n    image: upstream.example/team/app:1\n');

const kept = (...files: readonly ReturnType<typeof file>[]) => {
  const names = replacedNames(files);
  return files.flatMap(({ path, references }) =>
    references.filter((one) => names.has(one)).map(({ written }) => `${path}: ${written}`),
  );
};

describe('names that a kustomization looks for', () => {
  it('stay in manifests and templates, and nowhere else', () => {
    const template = file(
      'chart/templates/web.yaml',
      'a: {{ .b }}\nspec:\n  image: upstream.example/team/app:{{ .tag }}\n',
    );
    expect(kept(deployment, overlay, compose, template)).toEqual([
      'base/deployment.yaml: upstream.example/team/app:1.14',
      'chart/templates/web.yaml: upstream.example/team/app:{{ .tag }}',
    ]);
    expect(kept(deployment, compose, template)).toEqual([]);
    expect(kept(deployment, kustomization('prod', '{ name: team/app, newTag: a }'))).toEqual([]);
  });

  it('stay where an overlay looks for the newName of another', () => {
    const base = kustomization('base', '{ name: app, newName: upstream.example/team/app }');
    expect(kept(base, overlay)).toEqual(['base/kustomization.yaml: upstream.example/team/app']);
    expect(kept(overlay, kustomization('dev', '{ name: upstream.example/team/app, newTag: a }'))).toEqual([]);
  });

  it('are fixed in the plan of a move, while the entry gets its newName', () => {
    const plan = planOf([deployment, overlay, compose], createResolver(state, observations), downstream);
    const app = repositoriesOf(plan).find(({ repository }) => repository === 'team/app');
    expect(app?.fixed.map(({ file, found }) => [file.path, found.name])).toEqual([
      ['base/deployment.yaml', { kind: 'fixed', because: 'kustomizeName' }],
    ]);
    const { files } = moveEdits(plan, new Set([app?.key ?? '']));
    expect(files.map((one) => [one.file.path, one.changes.map(({ text }) => text)])).toEqual([
      ['prod/kustomization.yaml', [', newName: downstream.example/cached/app']],
      ['compose.yaml', ['downstream.example/cached/app']],
    ]);
  });

  it('are left by a rename in the workspace, with the reason, even if the entry itself is not concerned', async () => {
    const elsewhere = kustomization('prod', '{ name: upstream.example/team/app, newName: other.example/app }');
    scan.files = [deployment, elsewhere, compose];
    const found = await findInWorkspace(
      { inventory: { state }, observations } as never,
      ({ image }) => image.repository === 'team/app',
      {},
    );
    const { changes, left } = cachedNames(found?.references ?? [], appRule.id);
    expect(changes).toHaveLength(1);
    expect(left.map(({ written, name }) => [written, name])).toEqual([
      ['upstream.example/team/app:1.14', { kind: 'fixed', because: 'kustomizeName' }],
    ]);
  });

  /** What a rename of the image in a file changes. */
  async function renamedFrom(here: ReturnType<typeof file>): Promise<string[]> {
    scan.files = [deployment, overlay, compose];
    told.length = 0;
    const resolver = createResolver(state, observations);
    const inspection = {
      text: here.text,
      references: here.references.map((found) => ({ found, resolution: resolver.resolve(found.image) })),
    };
    const documents = { showReport: async (_: unknown, text: string) => told.push(text) };
    const edits = await provideRenameEdits(
      { inventory: { state }, observations, documents } as never,
      { uri: here.uri, offsetAt: () => here.references[0]?.range.start } as never,
      inspection as never,
      undefined as never,
      'downstream.example/x',
      {} as never,
    );
    return (edits as unknown as { uri: unknown; changes: { text: string }[] }[])
      .flatMap(({ uri, changes }) => changes.map(({ text }) => `${String(uri)} ${text}`))
      .sort();
  }

  it.each([
    ['the manifest itself', deployment],
    ['another file', compose],
  ])('are left when %s is where F2 was pressed', async (_, here) => {
    expect(await renamedFrom(here)).toEqual([
      'file:/compose.yaml downstream.example/x',
      'file:/prod/kustomization.yaml , newName: downstream.example/x',
    ]);
    await vi.waitFor(() =>
      expect(told).toEqual([expect.stringContaining('1'), expect.stringContaining('kustomization')]),
    );
  });

  it('a rename leaves a file that changed since it was looked at, and says so', async () => {
    edited.add('compose.yaml');
    expect(await renamedFrom(compose)).toEqual(['file:/prod/kustomization.yaml , newName: downstream.example/x']);
    await vi.waitFor(() => expect(told.join()).toMatch(/compose.{1,2}yaml/));
    edited.clear();
  });
});
