import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { isAzureError } from '../../../src/azure/errors.ts';
import { createCertificates } from '../../sandbox/src/network/ca.ts';
import { startProxy, type Proxy, type ProxyOptions } from '../../sandbox/src/network/proxy.ts';
import { connected, hook } from './extensionUnderTest.ts';
import type { HostTests } from './hostTest.ts';

const armAuthority = 'management.azure.sandbox:443';

/** VS Code itself gives requests their proxy; these tests notice when it no longer reaches this extension's. */
export const tests: HostTests = {
  'requests go by the proxy of the settings, with user and password from its address': () =>
    withProxy({ credentials: 'dev:secret' }, async (proxy) => {
      const withUser = proxy.url.replace('//', '//dev:secret@');
      for (const proxySupport of ['override', 'on'] as const) {
        const before = proxy.log.length;
        await withSettings({ proxy: withUser, proxySupport }, async () => assert.equal(await outcome(), 'answered'));
        assert.ok(proxy.log.slice(before).includes(`${armAuthority} 200`), `${proxySupport}: ${proxy.log.join(', ')}`);
      }
      await withSettings({ proxy: proxy.url }, async () =>
        assert.equal(await outcome(), 'ProxyAuthenticationRequired'),
      );
    }),

  'hosts of http.noProxy, and all without proxy support, are asked without a proxy': () =>
    withProxy({}, async (proxy) => {
      // Without a proxy nobody knows the name.
      await withSettings({ proxy: proxy.url, noProxy: ['azure.sandbox'] }, async () =>
        assert.match(await outcome(), /^(ENOTFOUND|EAI_AGAIN)$/),
      );
      await withSettings({ proxy: proxy.url, proxySupport: 'off' }, async () =>
        assert.match(await outcome(), /^(ENOTFOUND|EAI_AGAIN)$/),
      );
      assert.deepEqual(proxy.log, []);
    }),

  'what a proxy refuses, or cannot do, is not taken for an answer of Azure': async () => {
    for (const [status, code] of [
      [403, 'ProxyRefused'],
      [404, 'ProxyRefused'],
      [502, 'ProxyCouldNotConnect'],
    ] as const) {
      await withProxy({ target: () => ({ status }) }, (proxy) =>
        withSettings({ proxy: proxy.url }, async () => assert.equal(await outcome(), code)),
      );
    }
    await connected();
    await withSettings({ proxy: 'http://127.0.0.1:1' }, async () => assert.equal(await outcome(), 'ProxyUnreachable'));
  },

  'a proxy that opens TLS is trusted only by its authority, whatever http.proxyStrictSSL says': async () => {
    const certificates = await createCertificates('Host test proxy CA');
    await withProxy({ opens: { certificates, upstreamCa: certificates.ca } }, async (proxy) => {
      for (const proxyStrictSSL of [true, false]) {
        await withSettings({ proxy: proxy.url, proxyStrictSSL }, async () =>
          assert.match(await outcome(), /CERT|SIGNATURE/),
        );
      }
      assert.ok(proxy.log.includes(`${armAuthority} 200`));
    });
  },
};

/** What becomes of a request to ARM: its error's code, or that it was answered. */
async function outcome(): Promise<string> {
  const { services } = await hook();
  const azure = await services.azure();
  const [subscription] = services.inventory.state.subscriptions;
  assert.ok(subscription);
  try {
    await azure.resourceGroups.list(subscription.id);
    return 'answered';
  } catch (error) {
    assert.ok(isAzureError(error), String(error));
    assert.equal(error.kind, 'network', error.message);
    return error.code;
  }
}

/** A proxy that knows the sandbox's names, for a while. */
async function withProxy(options: Partial<ProxyOptions>, body: (proxy: Proxy) => Promise<void>): Promise<void> {
  await connected();
  const answer = await fetch(new URL('hosts', process.env['SANDBOX_CONTROL']));
  const ports = new Map(Object.entries((await answer.json()) as Record<string, number>));
  const proxy = await startProxy({
    target(host) {
      const port = ports.get(host);
      return port === undefined ? { status: 502 } : { port };
    },
    ...options,
  });
  try {
    await body(proxy);
  } finally {
    await proxy.close();
  }
}

/** User settings of `http` for a while. */
async function withSettings(settings: Readonly<Record<string, unknown>>, body: () => Promise<void>): Promise<void> {
  const set = async (value: (name: string) => unknown): Promise<void> => {
    for (const name of Object.keys(settings)) {
      await vscode.workspace.getConfiguration('http').update(name, value(name), vscode.ConfigurationTarget.Global);
    }
  };
  await set((name) => settings[name]);
  try {
    await body();
  } finally {
    await set(() => undefined);
  }
}
