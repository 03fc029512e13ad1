import { beforeEach, describe, expect, it, vi } from 'vitest';
import { formatImageReference } from '../../../../src/domain/imageReference.ts';
import type { TextFile } from '../../../../src/files/types.ts';
import { readFindings } from '../../../../src/files/worker/readFindings.ts';
import { createObservations } from '../../../../src/inventory/observations.ts';
import type { InventoryState } from '../../../../src/inventory/types.ts';
import * as vscode from '../vscodeDouble.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
vi.mock('../../../../src/ui/workspace/scan/candidates.lazy.ts', () => ({
  maxFiles: 10,
  findCandidates: async () => ({
    uris: [...vscode.files.keys()]
      .filter((path) => !path.endsWith('.env'))
      .map((path) => new vscode.Uri('some-fs', path)),
    isCut: false,
  }),
}));
vi.mock('../../../../src/ui/workspace/scan/readFile.lazy.ts', () => ({
  createReader:
    () =>
    async ({ path }: vscode.Uri) => {
      const text = vscode.files.get(path);
      return text === undefined ? { skipped: 'none' } : { text };
    },
}));
const { scanWorkspace } = await import('../../../../src/ui/workspace/scan/scan.lazy.ts');
const { createInspections } = await import('../../../../src/ui/editor/inspections.lazy.ts');

const state: InventoryState = {
  signedIn: 'unknown',
  cloudName: '',
  subscriptions: [],
  registries: new Map(),
  freshness: 'snapshot',
  failures: [],
};
type Services = Parameters<typeof createInspections>[0];
const services = {
  inventory: { state, onDidChange: () => ({ dispose: () => undefined }) },
  observations: createObservations(),
  reader: { read: async (file: TextFile) => readFindings(file) },
  log: { error: (text: string) => expect.fail(text) },
} as unknown as Services;

/** The images of the one file, as the whole workspace's scan and as the editor read it. */
async function imagesOf(path: string, text: string): Promise<{ scanned: string[]; edited: string[] }> {
  vscode.files.set(path, text);
  const { files } = await scanWorkspace(services);
  const inspections = createInspections(services);
  const document = { uri: new vscode.Uri('some-fs', path), languageId: 'yaml', version: 1, getText: () => text };
  const inspection = await inspections.of(document as unknown as Parameters<typeof inspections.of>[0]);
  inspections.dispose();
  return {
    scanned: files.flatMap(({ references }) => references.map(({ image }) => formatImageReference(image))),
    edited: (inspection?.references ?? []).map(({ found }) => formatImageReference(found.image)),
  };
}

beforeEach(() => {
  vscode.files.clear();
  vscode.workspace.workspaceFolders = [{ uri: new vscode.Uri('some-fs', '/work') }];
});

describe("compose's .env", () => {
  const text = 'services:\n  app:\n    image: ${REG:-upstream.example}/team/app:1\n';

  it.each(['/work/deploy/compose.yaml', '/work/deploy/stack.yml'])(
    'counts for %s in the editor as in the workspace',
    async (path) => {
      vscode.files.set('/work/deploy/.env', 'REG=other.example\n');
      const images = ['other.example/team/app:1'];
      expect(await imagesOf(path, text)).toEqual({ scanned: images, edited: images });
    },
  );

  it('counts for neither if nobody writes so long a one', async () => {
    vscode.files.set('/work/deploy/.env', `REG=other.example\nX=${'x'.repeat(200_000)}\n`);
    const images = ['upstream.example/team/app:1'];
    expect(await imagesOf('/work/deploy/compose.yaml', text)).toEqual({ scanned: images, edited: images });
  });

  it('counts for no other kind of file', async () => {
    vscode.files.set('/work/.gitlab-ci.yml', '');
    vscode.files.set('/work/.env', 'REG=other.example\n');
    const gitlab = 'variables: { REG: upstream.example }\nimage: $REG/team/app:1\n';
    const images = ['upstream.example/team/app:1'];
    expect(await imagesOf('/work/.gitlab-ci.yml', gitlab)).toEqual({ scanned: images, edited: images });
  });
});
