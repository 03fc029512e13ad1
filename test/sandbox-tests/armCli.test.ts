import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Sandbox } from '../sandbox/types.ts';

const run = promisify(execFile);
const version = await run('az', ['version', '--output', 'json']).then(
  ({ stdout }) => /"azure-cli": "([\d.]+)"/.exec(stdout)?.[1],
  () => undefined,
);
if (version === undefined) process.stderr.write('skipped: there is no az on this machine\n');

/**
 * Debian's az 2.45 is packaged with an SDK whose clients name their configuration `_config`; every `az role` command stops at `.config`
 * before it sends anything. This lets them go on; az itself is as installed.
 */
const debianFix = `
import importlib
for version in ('v2018_01_01_preview', 'v2020_04_01_preview', 'v2022_04_01'):
    try:
        operations = importlib.import_module('azure.mgmt.authorization.%s.operations' % version)
    except ImportError:
        continue
    for name in ('RoleAssignmentsOperations', 'RoleDefinitionsOperations'):
        client = getattr(operations, name, None)
        if client is not None and not hasattr(client, 'config'):
            client.config = property(lambda self: self._config)
`;

describe.skipIf(version === undefined)('the Azure CLI', () => {
  let sandbox: Sandbox;
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  const az = async (...parameters: string[]): Promise<string> =>
    (
      await run('az', [...parameters, '--only-show-errors'], { env: environment, maxBuffer: 8 * 1024 * 1024 })
    ).stdout.trim();
  const text = (...parameters: string[]): Promise<string> => az(...parameters, '--output', 'tsv');

  beforeAll(async () => {
    sandbox = await startSandbox({ operationMs: 50, principalReplicationMs: 0 });
    folder = await mkdtemp(path.join(tmpdir(), 'azure-cli-'));
    await writeFile(path.join(folder, 'sitecustomize.py'), debianFix);
    environment = {
      ...process.env,
      AZURE_CONFIG_DIR: path.join(folder, 'config'),
      AZURE_CORE_COLLECT_TELEMETRY: 'false',
      REQUESTS_CA_BUNDLE: sandbox.info.ca,
      MSI_ENDPOINT: sandbox.info.token,
      PYTHONPATH: folder,
    };
    const { arm } = sandbox.info;
    const endpoints = {
      resource_manager: arm,
      management: arm,
      active_directory: arm,
      active_directory_resource_id: arm,
      active_directory_graph_resource_id: arm,
      microsoft_graph_resource_id: `${arm}graph`,
    };
    await az(
      'cloud',
      'register',
      '--name',
      'Sandbox',
      '--cloud-config',
      JSON.stringify({ endpoints, suffixes: { acr_login_server_endpoint: '.localhost' } }),
    );
    await az('cloud', 'set', '--name', 'Sandbox');
    await az('login', '--identity');
  }, 120_000);
  afterAll(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is signed in to the subscription', async () => {
    expect(await text('account', 'show', '--query', '[id, tenantId]')).toBe(
      `${sandbox.info.subscriptionId}\n${sandbox.info.tenantId}`,
    );
  });

  it('runs the article: identity, role, rule, and the clean-up', async () => {
    const group = ['--resource-group', 'MyResourceGroup'];
    const [upstream, downstream] = [
      await text('acr', 'show', '--name', 'upstreamregistry', '--query', 'id'),
      await text('acr', 'show', '--name', 'myregistry', '--query', 'id'),
    ];
    await az('identity', 'create', '--name', 'myACRCacheId', ...group);
    const identity = await text('identity', 'show', '--name', 'myACRCacheId', ...group, '--query', 'id');
    const principal = await text('identity', 'show', '--name', 'myACRCacheId', ...group, '--query', 'principalId');

    await az(
      'role',
      'assignment',
      'create',
      '--assignee',
      principal,
      '--role',
      'Container Registry Repository Reader',
      '--scope',
      `${upstream}/repositories/myapp`,
    );
    const listed = await text(
      'role',
      'assignment',
      'list',
      '--assignee',
      principal,
      '--all',
      '--query',
      '[].[roleDefinitionName, principalType, scope]',
    );
    expect(listed).toBe(`Container Registry Repository Reader\tServicePrincipal\t${upstream}/repositories/myapp`);

    // az acr cache came with az 2.47; the request is the same.
    const rule = `${downstream}/cacheRules/myRule?api-version=2026-01-01-preview`;
    const server = sandbox.info.registries.find(({ name }) => name === 'upstreamregistry')?.loginServer ?? '';
    const body = {
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: {} } },
      properties: { sourceRepository: `${server}/myapp`, targetRepository: 'myapp' },
    };
    await az('rest', '--method', 'put', '--url', rule, '--body', JSON.stringify(body));
    expect(await text('rest', '--method', 'get', '--url', rule, '--query', 'properties.targetRepository')).toBe(
      'myapp',
    );

    await az('rest', '--method', 'delete', '--url', rule);
    await az('role', 'assignment', 'delete', '--assignee', principal, '--scope', `${upstream}/repositories/myapp`);
    await az('identity', 'delete', '--name', 'myACRCacheId', ...group);
    sandbox.advance(1000);
    expect([...sandbox.state.resources.values()].map(({ name }) => name)).toEqual(['myregistry', 'upstreamregistry']);
    expect([...sandbox.state.roleAssignments.values()].filter(({ principalId }) => principalId === principal)).toEqual(
      [],
    );
  }, 180_000);

  it('shows ARM’s error', async () => {
    await expect(az('acr', 'show', '--name', 'nosuch', '--resource-group', 'MyResourceGroup')).rejects.toThrow(
      /\(ResourceNotFound\) The Resource 'Microsoft.ContainerRegistry\/registries\/nosuch' under resource group 'MyResourceGroup' was not found/,
    );
  });
});
