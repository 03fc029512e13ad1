import { beforeEach, expect, test, vi } from 'vitest';
import * as double from '../vscodeDouble.ts';

type Provider = { provideDocumentLinks(document: unknown, token: unknown): Promise<unknown> };

const registered = new Set<Provider>();
const shown = { links: Promise.resolve<unknown>([]) };

vi.mock('vscode', () => ({
  ...double,
  Disposable: class {
    readonly dispose: () => void;
    constructor(dispose: () => void) {
      this.dispose = dispose;
    }
  },
  commands: { executeCommand: () => shown.links },
  extensions: { getExtension: () => ({}) },
  languages: {
    match: () => 10,
    registerDocumentLinkProvider(_selector: unknown, provider: Provider) {
      registered.add(provider);
      return { dispose: () => registered.delete(provider) };
    },
  },
}));
const { linksInFront } = await import('../../../../src/ui/editor/linksInFront.lazy.ts');

const range = { isEqual: (other: unknown) => other === range };
const begin = () => linksInFront([], [], () => Promise.resolve([{ range, target: 'ours' }] as never));

/** VS Code asks for the links of a Dockerfile, and the provider is given time to look at what is shown. */
async function ask(): Promise<void> {
  for (const provider of [...registered]) await provider.provideDocumentLinks({}, {});
}

beforeEach(() => registered.clear());

test('another extension came later: ours is registered again, until it is in front', async () => {
  const links = begin();
  const [first] = registered;
  await ask();
  await vi.waitFor(() => expect(registered.has(first!)).toBe(false));
  expect(registered.size).toBe(1);
  shown.links = Promise.resolve([{ range, target: 'ours' }]);
  const [second] = registered;
  await ask();
  await shown.links;
  expect([...registered]).toEqual([second]);
  links.dispose();
  expect(registered.size).toBe(0);
});

test('nothing is registered any more for who was disposed while it looked', async () => {
  const looking = Promise.withResolvers<unknown>();
  shown.links = looking.promise;
  const links = begin();
  await ask();
  links.dispose();
  looking.resolve([]);
  await new Promise(setImmediate);
  expect(registered.size).toBe(0);
});

test('what is shown could not be found out: ours stays, and nobody is left with the error', async () => {
  shown.links = Promise.reject(new Error('Canceled'));
  const links = begin();
  const [first] = registered;
  await ask();
  await new Promise(setImmediate);
  expect([...registered]).toEqual([first]);
  links.dispose();
});
