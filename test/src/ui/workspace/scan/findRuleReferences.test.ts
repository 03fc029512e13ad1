import { expect, it, vi } from 'vitest';
import { Uri } from '../../vscodeDouble.ts';

const tell = vi.fn();
let skipped: { uri: unknown; reason: string }[] = [];
vi.mock('vscode', async () => {
  const double = await import('../../vscodeDouble.ts');
  return {
    ...double,
    ProgressLocation: {},
    window: {},
    workspace: { ...double.workspace, asRelativePath: ({ path }: Uri) => path },
  };
});
vi.mock('../../../../../src/ui/shared/messages.ts', () => ({
  showInformationMessage: tell,
  withProgress: (_options: unknown, run: (...args: unknown[]) => unknown) => run({ report: () => undefined }, {}),
}));
vi.mock('../../../../../src/ui/shared/pickResource.ts', () => ({
  pickRule: async () => ({ rule: { id: '/rule', name: 'MyRule' }, registry: { name: 'myregistry' } }),
}));
vi.mock('../../../../../src/ui/workspace/scan/ruleReferences.lazy.ts', () => ({
  concernsRules: () => () => true,
  locationsOf: () => [],
  findInWorkspace: async (_1: unknown, _2: unknown, { onSkipped }: { onSkipped: (some: unknown) => void }) => {
    onSkipped(skipped);
    return [];
  },
}));
const { findRuleReferences } = await import('../../../../../src/ui/workspace/scan/findRuleReferences.lazy.ts');

it('says that no file names an image of a rule only if all were looked at', async () => {
  const none = 'No file of the workspace names an image of cache rule MyRule of myregistry.';
  await findRuleReferences({} as never, undefined);
  expect(tell).toHaveBeenLastCalledWith(none);
  skipped = [{ uri: new Uri('file', 'large.yaml'), reason: 'It is longer.' }];
  await findRuleReferences({} as never, undefined);
  const text = String(tell.mock.lastCall?.[0]);
  expect(text).toMatch(/^In what was looked at, no file names .* Not looked at, .*: large\.yaml\.$/);
});
