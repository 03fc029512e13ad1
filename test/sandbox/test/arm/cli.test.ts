import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox.ts';
import type { Sandbox } from '../../src/types.ts';
import { azureCliVersion, signInAzureCli, type AzureCli } from '../../../tools/azureCli.ts';

const version = await azureCliVersion();
if (version === undefined) process.stderr.write('skipped: there is no az on this machine\n');

describe.skipIf(version === undefined)('the Azure CLI', () => {
  let sandbox: Sandbox;
  let cli: AzureCli;

  const az = (...parameters: string[]): Promise<string> => cli.run(...parameters);
  const text = (...parameters: string[]): Promise<string> => az(...parameters, '--output', 'tsv');

  beforeAll(async () => {
    sandbox = await startSandbox({ operationMs: 50, principalReplicationMs: 0 });
    cli = await signInAzureCli(sandbox);
  }, 120_000);
  afterAll(async () => {
    cli.close();
    await sandbox.close();
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

    // az acr cache came with az 2.46; the request is the same.
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
    await sandbox.advance(1000);
    expect([...sandbox.state.resources.values()].map(({ name }) => name)).toEqual(['myregistry', 'upstreamregistry']);
    expect([...sandbox.state.roleAssignments.values()].filter(({ principalId }) => principalId === principal)).toEqual(
      [],
    );
  }, 180_000);

  it('imports an image, once', async () => {
    const upstream = await text('acr', 'show', '--name', 'upstreamregistry', '--query', 'id');
    const image = ['--registry', upstream, '--source', 'myapp:1.0', '--image', 'imported:one'];
    const words = ['acr', 'import', '--name', 'myregistry', '--resource-group', 'MyResourceGroup', ...image];
    await az(...words);
    const content = [...sandbox.state.content.values()].find(({ loginServer }) =>
      loginServer.startsWith('myregistry.'),
    );
    expect([...(content?.repositories.get('imported')?.tags.keys() ?? [])]).toEqual(['one']);
    await expect(az(...words)).rejects.toThrow('Conflict');
  }, 60_000);

  it('asks what a template would do, which it sends as the file is written', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'template-'));
    const file = path.join(folder, 'azuredeploy.json');
    const identity = `{ "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "apiVersion": "2024-11-30", "name": "asked", "location": "eastus" }`;
    writeFileSync(
      file,
      `{ // By whom?
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [${identity}]
}`,
    );
    const words = ['--resource-group', 'MyResourceGroup', '--template-file', file];
    expect(await text('deployment', 'group', 'validate', ...words, '--query', 'properties.provisioningState')).toBe(
      'Succeeded',
    );
    const result = JSON.parse(await az('deployment', 'group', 'what-if', ...words, '--no-pretty-print')) as {
      changes: { changeType: string }[];
    };
    expect(result.changes.map(({ changeType }) => changeType)).toEqual(['Create', 'Ignore', 'Ignore']);
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('shows ARM’s error', async () => {
    await expect(az('acr', 'show', '--name', 'nosuch', '--resource-group', 'MyResourceGroup')).rejects.toThrow(
      /\(ResourceNotFound\) The Resource 'Microsoft.ContainerRegistry\/registries\/nosuch' under resource group 'MyResourceGroup' was not found/,
    );
  });
});
