import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAzure } from '../../../src/azure/createAzure.ts';
import { createInventory } from '../../../src/inventory/inventory.ts';
import { createSnapshotFile } from '../../../src/inventory/snapshotFile.ts';
import { cliCloud, cliCredential, cliSubscriptions } from '../../../src/ui/account/azureCli.lazy.ts';
import { startSandbox } from '../src/sandbox.ts';
import { trustSandbox } from '../src/trust.ts';
import type { Sandbox } from '../src/types.ts';
import { azureCliVersion, signInAzureCli, type AzureCli } from '../../tools/azureCli.ts';

const version = await azureCliVersion();
if (version === undefined) process.stderr.write('skipped: there is no az on this machine\n');

const folder = mkdtempSync(path.join(tmpdir(), 'azure-cli-sign-in-'));
const originalPath = process.env['PATH'] ?? '';
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function setEnvironment(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

describe.skipIf(version === undefined)('sign-in by the stock Azure CLI', () => {
  let sandbox: Sandbox;
  let cli: AzureCli;
  beforeAll(async () => {
    sandbox = await startSandbox({ operationMs: 50 });
    trustSandbox(sandbox);
    cli = await signInAzureCli(sandbox);
  }, 120_000);
  afterAll(async () => {
    cli.close();
    await sandbox.close();
  });

  it('has the CLI’s cloud and subscriptions, and the same inventory as any sign-in', async () => {
    setEnvironment(cli.environment);
    const cloud = await cliCloud();
    expect(cloud).toMatchObject({ name: 'Sandbox', armEndpoint: sandbox.info.arm.replace(/\/$/, ''), isCustom: true });
    const subscriptions = await cliSubscriptions();
    expect(subscriptions.map(({ subscriptionId, tenantId }) => [subscriptionId, tenantId])).toEqual([
      [sandbox.info.subscriptionId, sandbox.info.tenantId],
    ]);

    const lines: string[] = [];
    const azure = createAzure({
      cloud,
      log: (line) => lines.push(line),
      subscriptions: subscriptions.map((each) => ({
        id: each.subscriptionId,
        name: each.name,
        tenantId: each.tenantId,
        accountId: each.account.id,
        credential: cliCredential(each),
      })),
    });
    const inventory = createInventory({ snapshot: createSnapshotFile(path.join(folder, 'snapshot.json')) });
    inventory.connect(azure, true);
    await inventory.refresh();
    const registries = [...inventory.state.registries.values()].map(({ registry }) => registry);
    expect(registries.map(({ name }) => name).sort()).toEqual(['myregistry', 'upstreamregistry']);

    // The registry's own audience too: its tags are read by exchanging such a token.
    const upstream = await azure.registries.get(registries.find(({ name }) => name === 'upstreamregistry')?.id ?? '');
    expect(await azure.registry(upstream).repositories()).toContain('myapp');
    expect(lines.join('\n')).not.toMatch(/eyJ/);
    await inventory.dispose();
  }, 120_000);

  it('sees no subscription when it is signed out', async () => {
    setEnvironment({ ...cli.environment, AZURE_CONFIG_DIR: path.join(folder, 'empty') });
    expect(await cliSubscriptions()).toEqual([]);
    const credential = cliCredential({
      subscriptionId: sandbox.info.subscriptionId,
      tenantId: sandbox.info.tenantId,
      name: 'x',
      account: { id: 'x', label: 'x' },
      isManaged: false,
    });
    await expect(credential.getToken(`${sandbox.info.arm}.default`)).rejects.toMatchObject({
      kind: 'unauthenticated',
      code: 'AzureCliSignedOut',
      message: expect.stringContaining(`az login --tenant ${sandbox.info.tenantId}`),
    });
  }, 60_000);
});

describe('an Azure CLI that is not as it should be', () => {
  /** Puts an `az` of this text first on the PATH. */
  function fakeAz(script: string): void {
    const bin = mkdtempSync(path.join(folder, 'bin-'));
    writeFileSync(path.join(bin, 'az'), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, 'az'), 0o755);
    setEnvironment({ PATH: `${bin}${path.delimiter}${originalPath}` });
  }

  it('is missing', async () => {
    setEnvironment({ PATH: path.join(folder, 'nowhere') });
    const missing = { name: 'AzureError', kind: 'unauthenticated', code: 'AzureCliNotFound' };
    await expect(cliSubscriptions()).rejects.toMatchObject(missing);
    await expect(cliCloud()).rejects.toMatchObject(missing);
  });

  it('fails: its words are shown, without tokens', async () => {
    fakeAz('echo "ERROR: broken eyJhbGciOiJub25lIn0.eyJvaWQiOiIxIn0.abc" >&2; exit 1');
    const error: unknown = await cliSubscriptions().catch((failure: unknown) => failure);
    expect(error).toMatchObject({
      code: 'AzureCliFailed',
      message: expect.stringContaining('ERROR: broken [redacted]'),
    });
  });

  it.each(['echo no json', 'echo "{}"', 'true'])('answers what cannot be read (%s)', async (script) => {
    fakeAz(script);
    await expect(cliSubscriptions()).rejects.toMatchObject({ code: 'AzureCliUnreadable' });
    await expect(cliCloud()).rejects.toMatchObject({ code: 'AzureCliUnreadable' });
  });

  it('lists what is no usable subscription', async () => {
    const id = '11111111-1111-4111-8111-111111111111';
    const other = '22222222-2222-4222-8222-222222222222';
    const tenant = '33333333-3333-4333-8333-333333333333';
    const list = [
      null,
      5,
      { id: tenant, tenantId: tenant, name: 'N/A(tenant level account)', state: 'Enabled' },
      { id: other, tenantId: tenant, name: 'off', state: 'Disabled' },
      { id: '../../x', tenantId: tenant, name: 'hostile', state: 'Enabled' },
      { id, tenantId: tenant, name: 'b\u202eb', state: 'Enabled', user: { name: 'me@example.test', type: 'user' } },
    ];
    fakeAz(`cat <<'END'\n${JSON.stringify(list)}\nEND`);
    expect(await cliSubscriptions()).toEqual([
      {
        subscriptionId: id,
        tenantId: tenant,
        name: 'b·b',
        account: { id: 'azureCli me@example.test', label: 'me@example.test' },
        isManaged: false,
      },
    ]);
  });

  it('hands on Entra’s code', async () => {
    const subscription = '11111111-1111-4111-8111-111111111111';
    const tenantId = '33333333-3333-4333-8333-333333333333';
    const account = { id: 'x', label: 'x' };
    const credential = cliCredential({ subscriptionId: subscription, tenantId, name: 'x', account, isManaged: false });
    // What the CLI writes; that it also says how to log in must not hide the reason.
    const says = (words: string) =>
      fakeAz(
        `printf '%s\\n' 'ERROR: ${words} Trace ID: 1' 'Run the command below to authenticate interactively:' 'az logout' 'az login --tenant "x" --scope "y"' >&2; exit 1`,
      );
    for (const code of ['AADSTS50001', 'AADSTS500011', 'AADSTS65001', 'AADSTS50076']) {
      says(`${code}: words of Entra.`);
      await expect(credential.getToken('https://registry.test/.default')).rejects.toMatchObject({
        kind: 'unauthenticated',
        code,
      });
    }
    says('Please');
    await expect(credential.getToken('https://registry.test/.default')).rejects.toMatchObject({
      code: 'AzureCliSignedOut',
    });
  });

  it('asks for another tenant by the tenant, for its own by the subscription', async () => {
    const calls = path.join(folder, 'calls');
    fakeAz(
      `echo "$@" >> '${calls}'\necho '{"accessToken":"t","expiresOn":"2099-01-01 00:00:00.000000","expires_on":4070908800}'`,
    );
    const subscription = '11111111-1111-4111-8111-111111111111';
    const [tenantId, other] = ['33333333-3333-4333-8333-333333333333', '44444444-4444-4444-8444-444444444444'];
    const account = { id: 'x', label: 'x' };
    const credential = cliCredential({ subscriptionId: subscription, tenantId, name: 'x', account, isManaged: false });
    await credential.getToken('https://arm.test/.default', { tenantId });
    const token = await credential.getToken('https://arm.test/.default', { tenantId: other });
    expect(token).toMatchObject({ token: 't', expiresOnTimestamp: 4070908800_000 });
    const lines = readFileSync(calls, 'utf8').trim().split('\n');
    expect(lines[0]).toContain(`--subscription ${subscription}`);
    expect(lines[0]).not.toContain('--tenant');
    expect(lines[1]).toContain(`--tenant ${other}`);
    expect(lines[1]).not.toContain('--subscription');
    await expect(credential.getToken('x/.default', { claims: '{}' })).rejects.toMatchObject({ code: 'AzureCliClaims' });
  });
});
