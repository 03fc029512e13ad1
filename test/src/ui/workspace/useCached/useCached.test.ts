import { beforeEach, expect, it, vi } from 'vitest';
import { parseImageReference } from '../../../../../src/domain/imageReference.ts';
import { literalPiece, readReference } from '../../../../../src/files/text/pieces.ts';
import type { ResolvedReference } from '../../../../../src/ui/workspace/scan/references.lazy.ts';
import { registry, rule } from '../../../inventory/fakeAzure.ts';
import { scannedFile } from '../scannedFile.ts';
import * as double from '../../vscodeDouble.ts';

const downstream = registry('downstream');
const cached = rule(downstream);
/** Whoever is offered details looks at them. */
const tell = vi.fn(async (_text: string, ...buttons: string[]) => buttons[0]);
const showReport = vi.fn();
const edits: unknown[] = [];
/** The texts that documents have now, by path; a file that is not here cannot be opened. */
const texts = new Map<string, string>();
const found = { references: [] as ResolvedReference[], skipped: [] as { path: string; reason: string }[] };

vi.mock('vscode', () => ({
  ...double,
  workspace: {
    ...double.workspace,
    openTextDocument: async ({ path }: double.Uri) => {
      const text = texts.get(path);
      if (text === undefined) throw new Error('gone');
      return { getText: () => text };
    },
    applyEdit: async (edit: unknown) => edits.push(edit) > 0,
  },
  Range: Object,
  WorkspaceEdit: class {
    readonly size = 1;
    replace(): void {}
    createFile(): void {}
  },
}));
vi.mock('../../../../../src/ui/shared/messages.ts', () => ({ showInformationMessage: tell, showWarningMessage: tell }));
vi.mock('../../../../../src/ui/workspace/scan/scan.lazy.ts', () => ({
  whileScanning: (_title: string, look: (options: object) => unknown) => look({}),
}));
vi.mock('../../../../../src/ui/workspace/scan/references.lazy.ts', async (original) => ({
  ...(await original<object>()),
  findInWorkspace: async () => found,
}));
const { useCachedInWorkspace } = await import('../../../../../src/ui/workspace/useCached/useCached.lazy.ts');

/** A file with one image that the rule maps. */
function concerned(path: string): ResolvedReference {
  const text = 'upstream.example/app:1';
  const reference = readReference(text, [literalPiece(text, { start: 0, end: text.length })], { usage: 'image' });
  const image = parseImageReference('downstream.example/app:1');
  if (!reference || !image.ok) throw new Error('no reference');
  texts.set(`/${path}`, text);
  const use = { match: { rule: cached }, image: image.value };
  const resolution = { cachedBy: [use] } as unknown as ResolvedReference['resolution'];
  return { file: scannedFile(path, text, [reference]), found: reference, resolution };
}

beforeEach(() => {
  tell.mockClear();
  showReport.mockClear();
  edits.length = 0;
  texts.clear();
  Object.assign(found, { references: [], skipped: [] });
});

const run = () => useCachedInWorkspace({ documents: { showReport } } as never, { ruleId: cached.id });
const said = () => `${tell.mock.lastCall?.[0]} ${showReport.mock.lastCall?.[1]}`;

it('says that there is no image only if every file was looked at', async () => {
  await run();
  const none = String(tell.mock.lastCall?.[0]);
  found.skipped = [{ path: 'big.yaml', reason: 'long' }];
  await run();
  expect(said()).not.toContain(none);
  await vi.waitFor(() => expect(said()).toMatch(/big.{1,2}yaml/));
  expect(edits).toEqual([]);
});

it('changes what is as it was looked at, and names what is not', async () => {
  found.references = [concerned('same'), concerned('edited'), concerned('gone')];
  texts.set('/edited', 'something else');
  texts.delete('/gone');
  await run();
  expect(edits).toHaveLength(1);
  expect(said()).toContain('(2): edited, gone.');
  expect(showReport).not.toHaveBeenCalled();
});

it('is silent about what is seen', async () => {
  found.references = [concerned('same')];
  await run();
  expect(edits).toHaveLength(1);
  expect(tell).not.toHaveBeenCalled();
});
