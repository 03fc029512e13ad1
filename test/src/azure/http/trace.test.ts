import { afterEach, describe, expect, it } from 'vitest';
import { traceRequests, type RequestTrace } from '../../../../src/azure/http/trace.ts';
import { createMemo } from '../../../../src/provisioning/engine/memo.ts';
import { failureOf, startAzure, type AzureUnderTest } from '../harness.ts';

let under: AzureUnderTest;
afterEach(() => under.close());

async function traced(run: () => Promise<unknown>): Promise<RequestTrace[]> {
  const traces: RequestTrace[] = [];
  await traceRequests((trace) => traces.push(trace), run);
  return traces;
}

describe('traceRequests', () => {
  it('hears of its own requests only, of our clients, the SDK and the registry', async () => {
    under = await startAzure();
    const id = under.id('myregistry');
    const [registry, identities, content] = await Promise.all([
      traced(() => under.azure.registries.get(id)),
      traced(() => under.azure.identities.list(under.subscriptionId)),
      traced(async () => under.azure.registry(await under.registry('upstreamregistry')).repositories()),
    ]);
    expect(registry.map(({ request, status }) => `${request} ${status}`)).toEqual([
      `GET ${under.sandbox.info.arm.replace(/\/$/, '')}${id} 200`,
    ]);
    expect(registry[0]?.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(identities.map(({ request }) => request).join()).toMatch(/userAssignedIdentities$/);
    expect(content.some(({ request }) => request.endsWith('/acr/v1/_catalog'))).toBe(true);
  });

  it('hears of retries and of what failed; nothing of the query', async () => {
    under = await startAzure();
    const traces: RequestTrace[] = [];
    await under.withFaults([{ match: 'registries/myregistry', status: 503 }], () =>
      failureOf(
        traceRequests(
          (trace) => traces.push(trace),
          () => under.azure.registries.get(under.id('myregistry')),
        ),
      ),
    );
    expect(traces.length).toBeGreaterThan(1);
    expect(new Set(traces.map(({ status }) => status))).toEqual(new Set([503]));
    expect(traces.map(({ request }) => request).join()).not.toContain('?');
  });

  it('tells an outer trace too', async () => {
    under = await startAzure();
    let inner: RequestTrace[] = [];
    const outer = await traced(async () => {
      inner = await traced(() => under.azure.registries.get(under.id('myregistry')));
    });
    expect(outer).toEqual(inner);
    expect(outer).toHaveLength(1);
  });
});

describe('a memo', () => {
  it('tells later readers which requests gave the answer, also of a failure', async () => {
    under = await startAzure();
    const { memo } = createMemo();
    const read = (): Promise<unknown> =>
      memo({ kind: 'registry', id: 'r' }, () => under.azure.registries.get(under.id('myregistry')));
    const first = await traced(read);
    expect(first).toHaveLength(1);
    expect(await traced(read)).toEqual(first);

    const failing = (): Promise<unknown> =>
      memo({ kind: 'registry', id: 'f' }, () =>
        under.azure.registries.get(under.id('myregistry').replace('myregistry', 'nosuchone')),
      ).catch(() => undefined);
    const failed = await traced(failing);
    expect(failed.map(({ status }) => status)).toEqual([404]);
    expect(await traced(failing)).toEqual(failed);
  });
});
