import { expect, it } from 'vitest';
import { publicCloud } from '../../../../src/azure/clouds.ts';
import { AzureError } from '../../../../src/azure/errors.ts';
import { listTags } from '../../../../src/ui/shared/tags.ts';
import { registry } from '../../../samples.ts';

const { signal } = new AbortController();
const tag = { name: '1.0', digest: `sha256:${'a'.repeat(64)}` };
const refusal = new AzureError('No.', { kind: 'forbidden', code: 'DENIED', status: 403 });

function azureOf(accountId: string, tags: () => Promise<unknown>) {
  const subscriptions = [{ id: 's', name: 's', tenantId: 't', accountId }];
  return { cloud: publicCloud, subscriptions, registry: () => ({ tags }) } as never;
}

it('tags that were read are offered when they cannot be read now, and to nobody else than who has read them', async () => {
  const read = (accountId: string, tags: () => Promise<unknown>) =>
    listTags(azureOf(accountId, tags), registry('upstream'), 'myapp', signal);
  expect(await read('one', () => Promise.resolve([tag]))).toEqual({ tags: [tag] });
  expect(await read('one', () => Promise.reject(refusal))).toEqual({ tags: [tag], failure: refusal });
  expect(await read('another', () => Promise.reject(refusal))).toEqual({ tags: [], failure: refusal });
});
