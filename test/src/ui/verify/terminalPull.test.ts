import { beforeEach, describe, expect, it, vi } from 'vitest';

interface Inspected {
  readonly globalValue?: object;
  readonly workspaceValue?: object;
  readonly workspaceFolderValue?: object;
}
const window: { isTrusted: boolean; settings: Inspected } = { isTrusted: true, settings: {} };
const inspect = vi.fn(() => window.settings);
vi.mock('vscode', async () => ({
  ...(await import('../vscodeDouble.ts')),
  workspace: {
    get isTrusted() {
      return window.isTrusted;
    },
    getConfiguration: (section: string) => ({ inspect: section === 'terminal.integrated.env' ? inspect : undefined }),
  },
  extensions: { getExtension: () => undefined },
  env: {},
}));
const { terminalProblem } = await import('../../../../src/ui/verify/terminalPull.ts');

const variables = { DOCKER_HOST: 'tcp://engine.example:2375' };

describe('a pull in the terminal', () => {
  beforeEach(() => {
    window.isTrusted = true;
    window.settings = {};
  });

  it.each<[string, Inspected]>([
    ['the workspace', { workspaceValue: variables }],
    ['one of its folders', { workspaceFolderValue: variables }],
  ])('gives no login to an engine that %s names', (_, settings) => {
    window.settings = settings;
    expect(terminalProblem()).toContain('terminal.integrated.env.');
  });

  it.each<[string, Inspected]>([
    ['nothing', {}],
    ['the user alone', { globalValue: variables }],
    ['no variable', { workspaceValue: {} }],
  ])('is made where %s is set', (_, settings) => {
    window.settings = settings;
    expect(terminalProblem()).toBeUndefined();
  });

  it('is not made in Restricted Mode', () => {
    window.isTrusted = false;
    expect(terminalProblem()).toBeDefined();
  });
});
