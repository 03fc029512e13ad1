import { beforeEach, expect, it, vi } from 'vitest';
import { chinaCloud, publicCloud, type Cloud } from '../../../../src/azure/clouds.ts';
import type { PageContext } from '../../../../src/ui/setUp/context.ts';
import type { Draft } from '../../../../src/ui/setUp/draft.ts';
import { pattern, registry } from '../../../samples.ts';

/** What the first page offers to continue, of each setup. */
const offered: (Draft | undefined)[] = [];
let azure: unknown;
let ending: 'cancelled' | 'apply' = 'cancelled';
const said: Partial<Draft> = {
  downstream: registry('downstream'),
  upstream: registry('upstream'),
  sources: [pattern('myapp')],
};
vi.mock('vscode', () => import('../vscodeDouble.ts'));
vi.mock('../../../../src/ui/pages/opening.ts', () => ({
  whileOpening: (_services: unknown, _title: string, read: (azure: unknown) => unknown) => read(azure),
}));
vi.mock('../../../../src/ui/review/apply.ts', () => ({ applyWithProgress: () => undefined }));
vi.mock('../../../../src/ui/setUp/found.ts', () => ({ prefetch: () => undefined }));
vi.mock('../../../../src/ui/setUp/steps/downstream.ts', () => ({
  askDownstream: ({ left }: PageContext, draft: Draft) => {
    offered.push(left?.());
    return { kind: 'next', state: { ...draft, ...said }, isWhole: true };
  },
}));
vi.mock('../../../../src/ui/setUp/steps/upstream.ts', () => ({ askUpstream: () => ({ kind: 'cancelled' }) }));
vi.mock('../../../../src/ui/setUp/steps/repositories.ts', () => ({ askRepositories: () => ({ kind: 'cancelled' }) }));
vi.mock('../../../../src/ui/setUp/steps/review.ts', () => ({
  askReview: (_context: unknown, state: Draft) => ({ kind: ending, state }),
}));
const { runSetUp } = await import('../../../../src/ui/setUp/setUp.ts');

const services = { inventory: { entry: () => undefined } } as never;
const of = (accountId: string, cloud: Cloud = publicCloud) => ({
  cloud,
  subscriptions: [{ id: 's', name: 's', tenantId: 't', accountId }],
});

beforeEach(() => {
  offered.length = 0;
  ending = 'cancelled';
  azure = of('one');
});

it('a setup that was left is offered to the same accounts in the same cloud alone', async () => {
  await runSetUp(services);
  await runSetUp(services);
  azure = of('another');
  await runSetUp(services);
  azure = of('another', chinaCloud);
  await runSetUp(services);
  expect(offered.map((draft) => draft?.upstream?.name)).toEqual([undefined, 'upstream', undefined, undefined]);
});

it('it stays when another flow has made its own setup, and goes when it was made itself', async () => {
  await runSetUp(services);
  ending = 'apply';
  await runSetUp(services, {}, {});
  await runSetUp(services);
  await runSetUp(services);
  expect(offered.map((draft) => draft?.upstream?.name)).toEqual([undefined, undefined, 'upstream', undefined]);
});
