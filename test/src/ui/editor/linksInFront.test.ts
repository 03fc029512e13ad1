import { beforeEach, expect, test, vi } from 'vitest';
import * as double from '../vscodeDouble.ts';

type Provider = { provideDocumentLinks(document: unknown, token: unknown): Promise<unknown> };

const registered = new Set<Provider>();
const shown = { links: Promise.resolve<unknown>([]), looks: 0 };

vi.mock('vscode', () => ({
  ...double,
  Disposable: class {
    readonly dispose: () => void;
    constructor(dispose: () => void) {
      this.dispose = dispose;
    }
  },
  commands: {
    executeCommand() {
      shown.looks++;
      return shown.links;
    },
  },
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
async function ask(document: unknown = {}): Promise<void> {
  for (const provider of [...registered]) await provider.provideDocumentLinks(document, {});
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

test('what is shown is looked at when a document is opened and when another provider comes, not for each change', async () => {
  shown.links = Promise.resolve([{ range, target: 'ours' }]);
  const links = begin();
  const document = { version: 1 };
  const looksAt = async (version: number) => {
    shown.looks = 0;
    document.version = version;
    await ask(document);
    await new Promise(setImmediate);
    return shown.looks;
  };
  expect([await looksAt(1), await looksAt(2), await looksAt(3), await looksAt(3)]).toEqual([1, 0, 0, 1]);
  links.dispose();
});
