import { expect, test, vi } from 'vitest';
import { createListings } from '../../../../src/inventory/listings.ts';
import type { InventoryState } from '../../../../src/inventory/types.ts';
import * as double from '../vscodeDouble.ts';
import { registry } from '../wizardSamples.ts';

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
const { provideCompletionItems } = await import('../../../../src/ui/editor/completion.lazy.ts');

const downstream = registry('downstream');
const stateOf = (...names: string[]): InventoryState => ({
  signedIn: true,
  cloudName: '',
  subscriptions: [],
  registries: new Map([
    [
      downstream.id.toLowerCase(),
      {
        registry: downstream,
        rules: names.map((name) => ({
          id: `${downstream.id}/cacheRules/${name}`,
          name,
          registryId: downstream.id,
          sourceRepository: `upstream.example/${name}`,
          targetRepository: name,
        })),
        rulesFreshness: 'current',
      },
    ],
  ]),
  freshness: 'current',
  failures: [],
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
  const services = { inventory, listings: createListings() };
  const asked = provideCompletionItems(services as never, {} as never, document as never, {} as never, token);
  inventory.state = stateOf();
  const list = await asked;
  expect(list?.items.map(({ label }) => label)).toEqual(['go']);
});
