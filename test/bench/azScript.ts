import { startSandbox } from '../sandbox/src/sandbox.ts';
import { azureCliVersion, signInAzureCli } from '../tools/azureCli.ts';

export interface AzScriptResult {
  readonly version: string;
  readonly latencyMs: number;
  readonly commands: number;
  /** Without those for tokens. */
  readonly requests: number;
  readonly wallMs: number;
}

const tokenPath = '/msi/token';

/** The first api-version whose cache rules have an identity. */
const ruleVersion = '2026-01-01-preview';

/**
 * The article's commands, one after another, by the stock Azure CLI on a sandbox that answers each request after `latencyMs`.
 * Signing in and fetching tokens is not counted. Where the installed CLI is older than the article's (no `az acr cache`, no `--role-assignment-mode`),
 * `az rest` sends what it would, and does not wait for operations to end, as those commands would. A new identity is known to the
 * directory at once, since `--assignee` would fail for it otherwise. Undefined if there is no `az`.
 */
export async function benchAzScript(latencyMs = 100): Promise<AzScriptResult | undefined> {
  const version = await azureCliVersion();
  if (version === undefined) return undefined;
  const sandbox = await startSandbox({ principalReplicationMs: 0 });
  const cli = await signInAzureCli(sandbox);
  let commands = 0;
  const az = (...parameters: string[]): Promise<string> => {
    commands++;
    return cli.run(...parameters);
  };
  try {
    const group = ['--resource-group', 'MyResourceGroup'];
    const identity = ['--name', 'MyACRCacheIdentity', ...group];
    const registries = `/subscriptions/${sandbox.info.subscriptionId}/resourceGroups/MyResourceGroup/providers/Microsoft.ContainerRegistry/registries`;
    const rule = `${registries}/myregistry/cacheRules/MyRule?api-version=${ruleVersion}`;
    const upstreamServer = sandbox.info.registries.find(({ name }) => name === 'upstreamregistry')?.loginServer ?? '';

    // A person's `az login` keeps its token; a managed identity's is fetched anew for each request, which must not count here.
    sandbox.setFaults([{ match: `^\\S+ (?!${tokenPath})`, delayMs: latencyMs }]);
    sandbox.log.length = 0;
    const started = performance.now();
    await az('identity', 'create', ...identity);
    const principalId = await az('identity', 'show', ...identity, '--query', 'principalId', '-o', 'tsv');
    const identityId = await az('identity', 'show', ...identity, '--query', 'id', '-o', 'tsv');
    await az(
      ...['rest', '--method', 'patch', '--url', `${registries}/upstreamregistry?api-version=2025-11-01`],
      ...['--body', JSON.stringify({ properties: { roleAssignmentMode: 'AbacRepositoryPermissions' } })],
    );
    const upstreamId = await az('acr', 'show', '--name', 'upstreamregistry', '--query', 'id', '-o', 'tsv');
    await az(
      ...['role', 'assignment', 'create', '--role', 'Container Registry Repository Reader'],
      ...['--assignee', principalId, '--scope', `${upstreamId}/repositories/myapp`],
    );
    const body = {
      identity: { type: 'UserAssigned', userAssignedIdentities: { [identityId]: {} } },
      properties: { sourceRepository: `${upstreamServer}/myapp`, targetRepository: 'myapp' },
    };
    await az('rest', '--method', 'put', '--url', rule, '--body', JSON.stringify(body));
    await az('rest', '--method', 'get', '--url', rule);
    const wallMs = performance.now() - started;
    const requests = sandbox.log.filter(({ url }) => !url.includes(tokenPath)).length;
    return { version, latencyMs, commands, requests, wallMs };
  } finally {
    cli.close();
    await sandbox.close();
  }
}
