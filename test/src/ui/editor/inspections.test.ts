import { setTimeout as wait } from 'node:timers/promises';
import { beforeEach, expect, test, vi } from 'vitest';
import { parseImageReference } from '../../../../src/domain/imageReference.ts';
import type { FoundReference, TextFile } from '../../../../src/files/types.ts';
import type { FileReader } from '../../../../src/files/worker/fileReader.ts';
import type { Unread } from '../../../../src/files/worker/readFindings.ts';
import { createObservations } from '../../../../src/inventory/observations.ts';
import type { InventoryChange, InventoryState } from '../../../../src/inventory/types.ts';
import * as vscode from '../vscodeDouble.ts';
import { registry } from '../../../samples.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));

/** Files that were asked for, and how many answers there were; while it is held, none. */
const reading = {
  files: [] as TextFile[],
  finished: 0,
  held: Promise.resolve(),
  unread: undefined as Unread | undefined,
};
let release = (): void => undefined;
function hold(): void {
  reading.held = new Promise((resolve) => (release = resolve));
}

/** One reference per line, so that these tests are about who reads when, not about finding. */
const reader: FileReader = {
  async read(file, isWanted = () => true) {
    reading.files.push(file);
    await reading.held;
    if (!isWanted()) return { unread: 'unwanted' };
    reading.finished++;
    return reading.unread ?? { references: referencesIn(file.text), ruleFile: { rules: [], articleScopes: [] } };
  },
  dispose() {},
};

function referencesIn(text: string): FoundReference[] {
  let start = 0;
  return text.split('\n').flatMap((line) => {
    const range = { start, end: start + line.length };
    start = range.end + 1;
    const image = parseImageReference(line.replace('?', ''));
    if (!image.ok) return [];
    const certain = !line.startsWith('?');
    const name = { kind: 'whole', range } as const;
    return [{ range, written: line, uses: [], usage: 'base', image: image.value, openTag: false, certain, name }];
  });
}

/** Until when the rules are being indexed. */
const indexing = { ready: Promise.resolve() };
vi.mock('../../../../src/ui/services/indexedResolver.ts', async (original) => {
  const { indexedResolver, isReference } =
    await original<typeof import('../../../../src/ui/services/indexedResolver.ts')>();
  return {
    isReference,
    indexedResolver: async (services: Parameters<typeof indexedResolver>[0]) => {
      const indexed = await indexedResolver(services);
      await indexing.ready;
      return indexed;
    },
  };
});
const { createInspections } = await import('../../../../src/ui/editor/inspections.lazy.ts');

const downstream = registry('downstream');
const registryId = downstream.id;

function fakeInventory() {
  const listeners = new Set<(change: InventoryChange) => void>();
  let state: InventoryState = {
    signedIn: 'unknown',
    cloudName: '',
    subscriptions: [],
    registries: new Map(),
    freshness: 'snapshot',
    failures: [],
  };
  return {
    get state() {
      return state;
    },
    onDidChange(listener: (change: InventoryChange) => void) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    know(): void {
      const rules = [
        {
          id: `${registryId}/cacheRules/go`,
          name: 'go',
          registryId,
          sourceRepository: 'upstream.example/go',
          targetRepository: 'go',
        },
      ];
      state = {
        ...state,
        registries: new Map([[registryId.toLowerCase(), { registry: downstream, rules, rulesFreshness: 'current' }]]),
      };
      for (let times = 0; times < 3; times++) for (const listener of listeners) listener({ registryId });
    },
  };
}

/** A document as VS Code keeps it: one object, another version. */
function fakeDocument(text: string, path = '/work/Dockerfile', languageId = 'dockerfile') {
  const document = {
    uri: new vscode.Uri('file', path),
    version: 1,
    languageId,
    isClosed: false,
    getText: () => text,
    type(next: string) {
      text = next;
      document.version++;
      vscode.changed.fire({ document, contentChanges: [{}] });
    },
    close() {
      document.isClosed = true;
      vscode.closed.fire(document);
    },
  };
  return document;
}

function make() {
  const inventory = fakeInventory();
  const warnings: string[] = [];
  const log = { warn: (line: string) => warnings.push(line) };
  const services = { inventory, observations: createObservations(), reader, log };
  const inspections = createInspections(services as never);
  const of = (document: unknown, token?: unknown) => inspections.of(document as never, token as never);
  return { inventory, inspections, of, warnings };
}

beforeEach(() => {
  Object.assign(reading, { files: [], finished: 0, held: Promise.resolve(), unread: undefined });
  vscode.files.clear();
  vscode.reads.length = 0;
});

test('a version is read once for all who ask, at the same time or later', async () => {
  const { of } = make();
  const document = fakeDocument('downstream.example/go:1');
  const both = await Promise.all([of(document), of(document)]);
  expect(both[0]).toBe(both[1]);
  expect(await of(document)).toBe(both[0]);
  expect(reading.files.length).toBe(1);
});

test('a question whose token fires has no answer, others have', async () => {
  hold();
  const { of } = make();
  const document = fakeDocument('downstream.example/go:1');
  const one = new vscode.CancellationTokenSource();
  const [first, second] = [of(document, one.token), of(document)];
  one.cancel();
  release();
  expect(await first).toBeUndefined();
  expect((await second)?.references.length).toBe(1);
  expect(reading.files.length).toBe(1);
});

test('what was is not wanted any more after a change, nor after closing', async () => {
  hold();
  const { of } = make();
  const document = fakeDocument('downstream.example/go:1');
  const old = of(document);
  document.type('downstream.example/go:22');
  const now = of(document);
  const closed = fakeDocument('downstream.example/go:3');
  const gone = of(closed);
  closed.close();
  release();
  expect([await old, await gone]).toEqual([undefined, undefined]);
  expect((await now)?.version).toBe(2);
  expect((await now)?.references[0]?.found.image.tag).toBe('22');
  expect(reading.finished).toBe(1);
});

test('what is too hard to read is said to be so, once for each version', async () => {
  reading.unread = { unread: 'tooHard' };
  const { of, warnings } = make();
  const document = fakeDocument('downstream.example/go:1');
  expect([await of(document), await of(document)]).toEqual([undefined, undefined]);
  expect(warnings).toEqual([expect.stringContaining('/work/Dockerfile')]);
  reading.unread = undefined;
  document.type('downstream.example/go:2');
  expect((await of(document))?.references.length).toBe(1);
});

test('what changed while the rules were indexed is not told as it was', async () => {
  const { of } = make();
  const document = fakeDocument('downstream.example/go:1');
  let ready = (): void => undefined;
  indexing.ready = new Promise((resolve) => (ready = resolve));
  const old = of(document);
  await expect.poll(() => reading.finished).toBe(1);
  document.type('downstream.example/go:22');
  ready();
  expect(await old).toBeUndefined();
  expect((await of(document))?.version).toBe(2);
});

test('typing starts nothing by itself', async () => {
  const { of } = make();
  const document = fakeDocument('downstream.example/go:1');
  await of(document);
  for (let version = 2; version < 20; version++) document.type(`downstream.example/go:${version}`);
  await wait(30);
  expect(reading.files.length).toBe(1);
});

test('what was in a document that was closed is dropped', async () => {
  const { of } = make();
  const document = fakeDocument('downstream.example/go:1');
  await of(document);
  document.close();
  await of(document);
  expect(reading.files.length).toBe(2);
});

test('new rules give new answers without reading again; a burst of changes is told once', async () => {
  const { of, inventory, inspections } = make();
  const document = fakeDocument('downstream.example/go:1\n?upstream.example/go:1\n?nobody.example/go:1');
  const told: unknown[] = [];
  inspections.onDidChange((which) => told.push(which));
  expect((await of(document))?.references.map(({ resolution }) => resolution.verdict)).toEqual(['unknown']);
  inventory.know();
  await expect.poll(() => told.length).toBeGreaterThan(0);
  await wait(200);
  expect(told).toEqual([undefined]);
  // What only looks like a reference is one now, as its host is the source of a rule.
  const now = await of(document);
  expect(now?.references.map(({ resolution }) => resolution.verdict)).toEqual(['served', 'bypassed']);
  expect(await of(document)).toBe(now);
  expect(reading.files.length).toBe(1);
});

test("compose's .env is read once, and again when it changes; other files have none", async () => {
  const { of } = make();
  vscode.workspace.workspaceFolders = [{ uri: new vscode.Uri('some-fs', '/work') }];
  const virtual = (document: ReturnType<typeof fakeDocument>) =>
    Object.assign(document, { uri: new vscode.Uri('some-fs', document.uri.path) });
  vscode.files.set('/work/.env', 'TAG=1\nREGISTRY="downstream.example"\n');
  const compose = virtual(fakeDocument('image: $REGISTRY/go:$TAG', '/work/compose.yaml', 'dockercompose'));
  await of(compose);
  await of(virtual(fakeDocument('image: $REGISTRY/go:$TAG', '/work/docker-compose.yml', 'dockercompose')));
  await of(virtual(fakeDocument('FROM $REGISTRY/go:$TAG')));
  expect(reading.files.map(({ environment }) => environment && Object.fromEntries(environment))).toEqual([
    { TAG: '1', REGISTRY: 'downstream.example' },
    { TAG: '1', REGISTRY: 'downstream.example' },
    undefined,
  ]);
  expect(vscode.reads).toEqual(['/work/.env']);
  vscode.files.set('/work/.env', 'TAG=2');
  vscode.fileChanged.fire(new vscode.Uri('file', '/work/.env'));
  await of(compose);
  expect(Object.fromEntries(reading.files.at(-1)?.environment ?? [])).toEqual({ TAG: '2' });
  vscode.files.set('/work/.env', `A=${'x'.repeat(200_000)}`);
  vscode.fileChanged.fire(new vscode.Uri('file', '/work/.env'));
  await of(compose);
  expect(reading.files.at(-1)?.environment).toBeUndefined();
  vscode.workspace.workspaceFolders = undefined;
});

test("files that are no kind of ours, and documents that are nobody's files, are not read", async () => {
  const { of, warnings } = make();
  const document = fakeDocument('downstream.example/go:1', '/work/notes.txt', 'plaintext');
  expect(await of(document)).toBeUndefined();
  const old = { ...fakeDocument('downstream.example/go:1'), uri: new vscode.Uri('git', '/work/Dockerfile') };
  expect(await of(old)).toBeUndefined();
  expect(reading.files).toEqual([]);
  // A virtual workspace: its files are of the folder's scheme.
  const virtual = { ...fakeDocument('downstream.example/go:1'), uri: new vscode.Uri('some-fs', '/work/Dockerfile') };
  expect(await of(virtual)).toBeUndefined();
  vscode.workspace.workspaceFolders = [{ uri: new vscode.Uri('some-fs', '/work') }];
  expect((await of(virtual))?.references.length).toBe(1);
  vscode.workspace.workspaceFolders = undefined;
  expect(warnings).toEqual([]);
});
