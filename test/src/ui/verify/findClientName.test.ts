import { beforeEach, expect, it, vi } from 'vitest';
import { noteClient } from '../../../../src/ui/shared/clientName.ts';

const asked = vi.hoisted(() => [] as string[]);
const problem = vi.hoisted(() => ({ now: undefined as string | undefined }));
vi.mock('vscode', () => import('../vscodeDouble.ts'));
vi.mock('../../../../src/ui/verify/terminalPull.ts', () => ({ terminalProblem: () => problem.now }));
vi.mock('../../../../src/ui/verify/containerClient.ts', () => ({
  findContainerClient: async (setting: string) => {
    asked.push(setting);
    return asked.length === 1 ? Promise.reject(new Error('no answer')) : { client: { kind: 'podman', path: 'podman' } };
  },
}));
const { findClientName } = await import('../../../../src/ui/verify/findClientName.ts');

beforeEach(() => void (problem.now = undefined));

it('runs nothing where nothing may be run', async () => {
  problem.now = 'Restricted';
  expect(await findClientName()).toBe('docker');
  expect(asked).toEqual([]);
});

it('names the client that works, which is looked for until one was found', async () => {
  expect(await findClientName()).toBe('docker');
  expect(await findClientName()).toBe('podman');
  expect(await findClientName()).toBe('podman');
  expect(asked).toEqual(['auto', 'auto']);
  noteClient('nerdctl');
  expect(await findClientName()).toBe('nerdctl');
});
