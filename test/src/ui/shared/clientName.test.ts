import { afterEach, expect, it, vi } from 'vitest';
import { clientName, noteClient } from '../../../../src/ui/shared/clientName.ts';
import { workspace } from '../vscodeDouble.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
afterEach(() => vi.restoreAllMocks());

it('names the client of the settings, else the one that was found, else docker', () => {
  expect(clientName()).toBe('docker');
  noteClient('podman');
  expect(clientName()).toBe('podman');
  const get = vi.spyOn(workspace, 'getConfiguration');
  get.mockReturnValue({ get: () => 'nerdctl' } as never);
  expect(clientName()).toBe('nerdctl');
  get.mockReturnValue({ get: () => '/usr/bin/other' } as never);
  expect(clientName()).toBe('podman');
});
