import { expect, it, vi } from 'vitest';
import type { Change } from '../../../../src/ui/review/change.ts';
import { rule } from '../../../samples.ts';

const runVerify = vi.fn<(services: unknown, target: object) => Promise<void>>();
vi.mock('vscode', () => import('../vscodeDouble.ts'));
vi.mock('../../../../src/ui/pages/opening.ts', () => ({
  whileOpening: () => Promise.resolve({ azure: {}, registry: { name: 'myregistry' } }),
}));
vi.mock('../../../../src/ui/review/review.ts', () => ({
  askAndReview: async (_services: unknown, _azure: unknown, ask: () => Promise<Change>) => ({
    kind: 'apply',
    change: await ask(),
  }),
}));
/** Evicts, and takes the first offer of the message. */
vi.mock('../../../../src/ui/review/apply.ts', () => ({
  applyWithProgress: async (services: never, _azure: unknown, change: Change) =>
    change.offers[0]?.run(services, {} as never),
}));
vi.mock('../../../../src/ui/verify/verify.ts', () => ({ runVerify }));
const { resetTag } = await import('../../../../src/ui/changes/resetTag.lazy.ts');

it('a tag of a wildcard that was evicted is verified without asking for its repository again', async () => {
  const wildcard = rule('Wildcard', 'upstreamregistry.example/*', '*');
  await resetTag({} as never, wildcard, { repository: 'team/app', tag: '1.0' });
  expect(runVerify.mock.calls.map(([, target]) => target)).toEqual([
    { ruleId: wildcard.id, repository: 'team/app', tag: '1.0' },
  ]);
});
