import { expect, it, vi } from 'vitest';

const tell = vi.fn();
let skipped: { path: string; reason: string }[] = [];
vi.mock('vscode', async () => ({ ...(await import('../../vscodeDouble.ts')), window: {} }));
vi.mock('../../../../../src/ui/shared/messages.ts', () => ({ showInformationMessage: tell }));
vi.mock('../../../../../src/ui/pages/pickResource.ts', () => ({
  pickRule: async () => ({ rule: { id: '/rule', name: 'MyRule' }, registry: { name: 'myregistry' } }),
}));
vi.mock('../../../../../src/ui/workspace/scan/scan.lazy.ts', () => ({
  whileScanning: (_title: string, look: (options: object) => unknown) => look({}),
}));
vi.mock('../../../../../src/ui/workspace/scan/references.lazy.ts', () => ({
  concernsRules: () => () => true,
  locationsOf: () => [],
  findInWorkspace: async () => ({ references: [], skipped }),
}));
const { findRuleReferences } = await import('../../../../../src/ui/workspace/scan/findRuleReferences.lazy.ts');

it('says that no file names an image of a rule only if all were looked at', async () => {
  await findRuleReferences({} as never, undefined);
  skipped = [{ path: 'large.yaml', reason: 'It is longer.' }];
  await findRuleReferences({} as never, undefined);
  expect(tell.mock.calls).toMatchSnapshot();
});
