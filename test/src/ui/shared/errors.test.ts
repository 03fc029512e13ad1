import { expect, it, vi } from 'vitest';
import { AzureError } from '../../../../src/azure/errors.ts';
import { explainError } from '../../../../src/ui/shared/errors.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));

it('an Owner whom a registry lets read no images is not sent to an owner', () => {
  const refused = (status: number) =>
    explainError(new AzureError('Refused.', { kind: 'forbidden', code: 'UNAUTHORIZED', status }));
  expect(refused(401)).not.toBe(refused(403));
  expect(refused(401)).not.toMatch(/owner/i);
});
