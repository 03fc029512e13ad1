import { beforeEach, expect, it, vi } from 'vitest';
import { unreadReport } from '../../../../src/provisioning/ruleReport/readRuleReport.ts';
import { isQuiet } from '../../../../src/ui/shared/quietly.ts';
import { EventEmitter, Uri } from '../vscodeDouble.ts';

const reads: { readonly ruleId: string; readonly quiet: boolean }[] = [];
vi.mock('vscode', async () => ({
  ...(await import('../vscodeDouble.ts')),
  ProgressLocation: { Window: 10 },
  window: { withProgress: (_options: unknown, work: () => Promise<unknown>) => work() },
}));
vi.mock('../../../../src/provisioning/ruleReport/readRuleReport.ts', async (original) => ({
  ...(await original<object>()),
  readRuleReport: async (_azure: unknown, ruleId: string) => {
    await Promise.resolve();
    reads.push({ ruleId, quiet: isQuiet() });
    return unreadReport(ruleId);
  },
}));
const { notePull } = await import('../../../../src/ui/reports/pulls.ts');
const { readRuleDocument, restoreRuleDocument } = await import('../../../../src/ui/reports/ruleDocument.lazy.ts');

const ruleId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r/cacheRules/rule';

function servicesOf(connect: () => Promise<unknown>) {
  const [updated, closed]: [string[], EventEmitter<Uri>] = [[], new EventEmitter()];
  const changed = new EventEmitter<{ readonly registryId?: string }>();
  const services = {
    account: { connect },
    log: { warn: () => undefined },
    inventory: {
      ...{ state: { registries: new Map() }, entry: () => undefined, knowledge: () => ({}) },
      onDidChange: changed.event,
    },
    documents: { update: (_uri: Uri, text: string) => updated.push(text), onDidClose: closed.event },
  };
  return { services: services as never, updated, closed, changed };
}

beforeEach(() => {
  reads.length = 0;
});

it('what is read unasked, of a restored editor or after a pull, asks nobody to sign in; what was asked for may', async () => {
  const uri = new Uri('acr-cache-rule', '/r/rule.md') as never;
  const { services } = servicesOf(() => Promise.resolve({}));
  restoreRuleDocument(services, uri, ruleId);
  await vi.waitFor(() => expect(reads).toEqual([{ ruleId, quiet: true }]));
  notePull({ id: ruleId } as never, { image: 'app:1', at: '', proof: { verdict: 'cached', evidence: [] } } as never);
  await vi.waitFor(() => expect(reads.slice(1)).toEqual([{ ruleId, quiet: true }]));
  await readRuleDocument(services, {} as never, uri, ruleId);
  expect(reads.slice(2)).toEqual([{ ruleId, quiet: false }]);
});

it('why a restored document cannot be read is said in it; one that was closed meanwhile is not read', async () => {
  const uri = new Uri('acr-cache-rule', '/r/other.md');
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const { services, updated, closed } = servicesOf(() => promise);
  restoreRuleDocument(services, uri as never, `${ruleId}2`);
  closed.fire(uri);
  resolve({});
  await new Promise((done) => setImmediate(done));
  expect([reads, updated]).toEqual([[], []]);

  const offline = servicesOf(() => Promise.reject(new Error('no network')));
  restoreRuleDocument(offline.services, uri as never, `${ruleId}2`);
  await vi.waitFor(() => expect(offline.updated.at(-1)).toContain('no network'));
});

it('a document is written anew when its own registry changes, or everything, and not for each of the others', () => {
  const uri = new Uri('acr-cache-rule', '/r/followed.md');
  const { services, updated, changed } = servicesOf(() => new Promise(() => undefined));
  const registryId = `/subscriptions/${crypto.randomUUID()}/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/own`;
  restoreRuleDocument(services, uri as never, `${registryId}/cacheRules/rule`);
  for (let index = 0; index < 1000; index++) changed.fire({ registryId: registryId.replace(/own$/, `other${index}`) });
  expect(updated).toHaveLength(0);
  changed.fire({ registryId: registryId.toUpperCase() });
  changed.fire({});
  expect(updated).toHaveLength(2);
});
