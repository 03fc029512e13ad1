import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EventEmitter } from '../vscodeDouble.ts';

interface Inspected {
  readonly globalValue?: object;
  readonly workspaceValue?: object;
  readonly workspaceFolderValue?: object;
}
const window: { isTrusted: boolean; settings: Inspected } = { isTrusted: true, settings: {} };
const inspect = vi.fn(() => window.settings);
const processEnded = new EventEmitter<unknown>();
const taskEnded = new EventEmitter<unknown>();
/** How the client answers to being ended: with this exit code; undefined: not at all. */
let exitCodeOfEnding: number | undefined;
const execution = {
  task: { name: 'pull' },
  terminate() {
    if (exitCodeOfEnding !== undefined) processEnded.fire({ execution, exitCode: exitCodeOfEnding });
  },
};
// The patience with a client that does not end.
vi.mock('node:timers/promises', () => ({ setTimeout: async (_ms: number, value: unknown) => value }));
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
  CancellationError: class extends Error {},
  Task: class {
    name = 'pull';
  },
  ProcessExecution: Object,
  TaskScope: {},
  TaskRevealKind: {},
  TaskPanelKind: {},
  tasks: {
    onDidEndTaskProcess: processEnded.event,
    onDidEndTask: taskEnded.event,
    executeTask: async () => execution,
  },
}));
const { pullInTerminal, terminalProblem } = await import('../../../../src/ui/verify/terminalPull.ts');

const client = { kind: 'docker', path: 'docker' } as const;
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

  it('has the exit code of the client', async () => {
    const pulling = pullInTerminal(client, 'registry/app:1', {}, new AbortController().signal, () => undefined);
    await vi.waitFor(() => processEnded.fire({ execution, exitCode: 3 }));
    expect(await pulling).toBe(3);
  });

  it.each([
    ['was ended', 143, []],
    ['was done already', 0, ['pulled']],
    ['still runs', undefined, ['notEnded']],
  ] as const)('that is cancelled says what became of it: %s', async (_, exitCode, stages) => {
    exitCodeOfEnding = exitCode;
    const cancel = new AbortController();
    const told: string[] = [];
    const pulling = pullInTerminal(client, 'registry/app:1', {}, cancel.signal, (stage) => told.push(stage));
    cancel.abort();
    await expect(pulling).rejects.toThrow();
    expect(told).toEqual(stages);
  });

  it('is not made in Restricted Mode', () => {
    window.isTrusted = false;
    expect(terminalProblem()).toBeDefined();
  });
});
