import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { TextFile } from '../../../../src/files/types.ts';
import { readFindings } from '../../../../src/files/worker/readFindings.ts';
import { createObservations } from '../../../../src/inventory/observations.ts';
import type { InventoryState } from '../../../../src/inventory/types.ts';
import * as double from '../vscodeDouble.ts';
import { inventoryState, registry, rule } from '../../../samples.ts';

vi.mock('vscode', () => ({
  ...double,
  CompletionItemKind: {},
  CompletionItem: class {
    readonly label: string;
    constructor(label: string) {
      this.label = label;
    }
  },
  CompletionList: class {
    readonly items: readonly unknown[];
    constructor(items: readonly unknown[]) {
      this.items = items;
    }
  },
  Range: class {
    readonly isSingleLine = true;
  },
}));
const { mayComplete, provideCompletionItems } = await import('../../../../src/ui/editor/completion.lazy.ts');

const downstream = registry('downstream');
const stateOf = (...names: string[]): InventoryState =>
  inventoryState({
    registry: downstream,
    rules: names.map((name) => rule(name, `upstream.example/${name}`, name, { registryId: downstream.id })),
    rulesFreshness: 'current',
  });

test('suggests by the rules that were indexed, even if others come to be known meanwhile', async () => {
  const text = `FROM ${downstream.loginServer}/`;
  const inventory = { state: stateOf('go') };
  const document = {
    uri: new double.Uri('file', '/work/Dockerfile'),
    languageId: 'dockerfile',
    version: 1,
    getText: () => text,
    offsetAt: () => text.length,
    positionAt: (offset: number) => offset,
  };
  const { token } = new double.CancellationTokenSource();
  const reader = { read: async (file: TextFile) => readFindings(file) };
  const services = { inventory, observations: createObservations(), reader };
  const asked = provideCompletionItems(services as never, document as never, {} as never, token);
  inventory.state = stateOf();
  const list = await asked;
  expect(list?.items.map(({ label }) => label)).toEqual(['go']);
});

const hosts = ['myregistry.example', 'localhost:5000'];
const names = ['myregistry.example/team/app'];

/** `|` is the caret. */
const may = (written: string) => mayComplete(written.replace('|', ''), written.indexOf('|'), hosts, names);

test.each([
  'FROM |',
  'FROM my|',
  'FROM MyReg|',
  'FROM app|',
  'FROM localhost:50|',
  'ARG A=my|',
  'image: ${IMAGE:-my|',
  'FROM myregistry.example/|',
  'FROM myregistry.example/team/app:1|',
  'uses: docker://myregistry.example/t|',
  'registry: myregistry.example\nrepository: team/|',
])('%j: yes', (written) => {
  expect(may(written)).toBe(true);
});

test.each(['image:|', 'zzz|', 'hostname: web-frontend-zz|', 'path: /usr/bin|', 'https://example.invalid/|', 'bash|'])(
  '%j: no',
  (written) => {
    expect(may(written)).toBe(false);
  },
);

test('every beginning of what is offered is let through', () => {
  fc.assert(
    fc.property(fc.constantFrom(...hosts, ...names), fc.nat(), (name, seed) => {
      const beginning = name.slice(0, seed % (name.length + 1));
      expect(may(`FROM ${beginning}|`)).toBe(true);
    }),
  );
});
