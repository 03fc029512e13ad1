import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { isAzureError } from '../../../src/azure/errors.ts';
import { createCertificates } from '../../sandbox/src/network/ca.ts';
import { startProxy, type Proxy, type ProxyOptions } from '../../sandbox/src/network/proxy.ts';
import { connected } from './support/extensionUnderTest.ts';
import type { HostTests } from './support/hostTest.ts';

const armAuthority = 'management.azure.sandbox:443';

/** VS Code itself gives requests their proxy; these tests notice when it no longer reaches this extension's. */
export const tests: HostTests = {
  'requests go by the proxy of the settings, with user and password from its address': () =>
    withProxy({ credentials: 'dev:secret' }, async (proxy) => {
      const withUser = proxy.url.replace('//', '//dev:secret@');
      for (const proxySupport of ['override', 'fallback', 'on']) {
        const before = proxy.log.length;
        assert.equal(await outcomeWith({ proxy: withUser, proxySupport }), 'answered');
        assert.ok(proxy.log.slice(before).includes(`${armAuthority} 200`), `${proxySupport}: ${proxy.log.join(', ')}`);
      }
      assert.equal(await outcomeWith({ proxy: proxy.url }), 'ProxyAuthenticationRequired');
    }),

  'hosts of http.noProxy, and all without proxy support, are asked without a proxy': () =>
    withProxy({}, async ({ url, log }) => {
      // Without a proxy nobody knows the name.
      assert.match(await outcomeWith({ proxy: url, noProxy: ['azure.sandbox'] }), /^(ENOTFOUND|EAI_AGAIN)$/);
      assert.match(await outcomeWith({ proxy: url, proxySupport: 'off' }), /^(ENOTFOUND|EAI_AGAIN)$/);
      assert.deepEqual(log, []);
    }),

  'what a proxy refuses, or cannot do, is not taken for an answer of Azure': async () => {
    for (const [status, code] of [
      [403, 'ProxyRefused'],
      [404, 'ProxyRefused'],
      [502, 'ProxyCouldNotConnect'],
    ] as const) {
      await withProxy({ target: () => ({ status }) }, async ({ url }) =>
        assert.equal(await outcomeWith({ proxy: url }), code),
      );
    }
    assert.equal(await outcomeWith({ proxy: 'http://127.0.0.1:1' }), 'ProxyUnreachable');
  },

  'a variable HTTPS_PROXY that is no address is told': async () => {
    const { services } = await connected();
    const { HTTPS_PROXY = '' } = process.env;
    process.env['HTTPS_PROXY'] = '10.0.0.1:8080';
    try {
      assert.equal(await codeOf(services.account.connect({ fresh: true })), 'ProxyAddressInvalid');
    } finally {
      process.env['HTTPS_PROXY'] = HTTPS_PROXY;
    }
    await services.account.connect({ fresh: true });
  },

  'a proxy that opens TLS is trusted only by its authority, whatever http.proxyStrictSSL says': async () => {
    const certificates = await createCertificates('Host test proxy CA');
    const upstreamCa = readFileSync(process.env['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8');
    await withProxy({ opens: { certificates, upstreamCa } }, async ({ url, log }) => {
      for (const proxyStrictSSL of [true, false]) {
        assert.match(await outcomeWith({ proxy: url, proxyStrictSSL }), /CERT|SIGNATURE/);
      }
      assert.ok(log.includes(`${armAuthority} 200`));
    });
  },
};

/**
 * What becomes of a request to ARM, and of listing subscriptions, which the sign-in package does, with user settings of `http`: the error's
 * code, or that it was answered.
 */
async function outcomeWith(settings: Readonly<Record<string, unknown>>): Promise<string> {
  const { services } = await connected();
  const azure = await services.azure();
  const [subscription] = services.inventory.state.subscriptions;
  assert.ok(subscription);
  const own = await withSettings(settings, async () => {
    const code = await codeOf(azure.resourceGroups.list(subscription.id));
    assert.equal(await codeOf(services.account.connect({ fresh: true })), code);
    return code;
  });
  await services.account.connect({ fresh: true });
  return own;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'answered';
  } catch (error) {
    assert.ok(isAzureError(error), String(error));
    assert.equal(error.kind, 'network', error.message);
    return error.code;
  }
}

/** A proxy that knows the sandbox's names, for a while. */
async function withProxy(options: Partial<ProxyOptions>, body: (proxy: Proxy) => Promise<void>): Promise<void> {
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
async function withSettings<T>(settings: Readonly<Record<string, unknown>>, body: () => Promise<T>): Promise<T> {
  const set = async (value: (name: string) => unknown): Promise<void> => {
    for (const name of Object.keys(settings)) {
      await vscode.workspace.getConfiguration('http').update(name, value(name), vscode.ConfigurationTarget.Global);
    }
  };
  await set((name) => settings[name]);
  try {
    return await body();
  } finally {
    await set(() => undefined);
  }
}
