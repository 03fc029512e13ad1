import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheRuleArmId, identityArmId } from '../../../src/domain/armId.ts';
import type { FaultRule } from '../../sandbox/src/types.ts';
import { failureOf, startAzure, type AzureUnderTest } from './harness.ts';

let under: AzureUnderTest;
let input: { sourceRepository: string; identityId: string };
beforeAll(async () => {
  under = await startAzure({ operationMs: 300, retryAfterSeconds: 0 });
  const identityId = identityArmId(under.subscriptionId, 'MyResourceGroup', 'CacheIdentity');
  await under.azure.identities.create(identityId, 'eastus');
  input = { sourceRepository: `${(await under.registry('upstreamregistry')).loginServer}/myapp`, identityId };
});
afterAll(() => under.close());

const ruleId = (name: string): string => cacheRuleArmId(under.id('myregistry'), name);

function create(name: string, faults: readonly FaultRule[], signal?: AbortSignal): Promise<unknown> {
  const rule = { ...input, targetRepository: `cache/${name}` };
  return under.withFaults(faults, () => failureOf(under.azure.cacheRules.create(ruleId(name), rule, { signal })));
}

/** Whether Azure ends the write after all. */
async function isWritten(name: string): Promise<void> {
  await expect.poll(async () => (await under.azure.cacheRules.get(ruleId(name))).provisioningState).toBe('Succeeded');
}

const polled = ['GET .*/operationStatuses/', 'GET .*/cacheRules/'];

describe('a write that Azure has taken', () => {
  it.each([
    ['the session ends', 'expired', { status: 401 }, 'unauthenticated'],
    ['the connection breaks', 'broken', { reset: 'before' }, 'network'],
    ['the service fails', 'failing', { status: 503 }, 'unavailable'],
  ] as const)('is said to be under way when %s while waiting', async (_, name, fault, kind) => {
    const error = await create(
      name,
      polled.map((match): FaultRule => ({ match, ...fault })),
    );
    expect(error).toMatchObject({ kind, writeAccepted: true });
    await isWritten(name);
  });

  it('is said to be under way when the waiting is cancelled', async () => {
    under.sandbox.setOptions({ operationMs: 60_000 });
    const abort = new AbortController();
    void under.asked(/^GET .*operationStatuses/).then(() => abort.abort());
    expect(await create('cancelled', [], abort.signal)).toMatchObject({ kind: 'cancelled', writeAccepted: true });
    under.sandbox.setOptions({ operationMs: 300 });
    await under.sandbox.advance(60_000);
    await isWritten('cancelled');
  });

  it('has ended when Azure says that it failed', async () => {
    const failOperation = { code: 'InternalServerError', message: 'It broke.' };
    const error = await create('ended', [{ match: 'PUT .*/cacheRules/', failOperation }]);
    expect(error).toMatchObject({ kind: 'operationFailed', writeAccepted: undefined });
  });

  it('is not one that was refused', async () => {
    const error = await create('refused', [{ match: 'PUT .*/cacheRules/', status: 403 }]);
    expect(error).toMatchObject({ kind: 'forbidden', writeAccepted: undefined });
  });

  it('may be a deletion or the registration of a feature', async () => {
    await under.azure.cacheRules.create(ruleId('deleted'), { ...input, targetRepository: 'cache/deleted' });
    const faults: FaultRule[] = [
      ...polled,
      'GET .*/features/',
      'GET .*/operationresults/',
      'GET .*/operationResults/',
    ].map((match) => ({ match, status: 401 }));
    const [deletion, registration] = await under.withFaults(faults, () =>
      Promise.all([
        failureOf(under.azure.cacheRules.delete(ruleId('deleted'))),
        failureOf(
          under.azure.features.register(
            under.subscriptionId,
            'Microsoft.ContainerRegistry',
            'ArtifactCacheManagedIdentityAuthentication',
          ),
        ),
      ]),
    );
    expect(deletion).toMatchObject({ kind: 'unauthenticated', writeAccepted: true });
    expect(registration).toMatchObject({ kind: 'unauthenticated', writeAccepted: true });
  });
});
