import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { proxyEnvironment } from '../sandbox/src/trust.ts';
import type { Sandbox } from '../sandbox/src/types.ts';

const run = promisify(execFile);

/** The version of the stock Azure CLI on this machine; undefined if there is none. */
export async function azureCliVersion(): Promise<string | undefined> {
  return run('az', ['version', '--output', 'json']).then(
    ({ stdout }) => /"azure-cli": "([\d.]+)"/.exec(stdout)?.[1],
    () => undefined,
  );
}

/** The stock Azure CLI, signed in to a sandbox, with a configuration of its own. */
export interface AzureCli {
  /** Runs `az …`; resolves with what it printed. Rejects with its message if it failed. */
  run(...parameters: string[]): Promise<string>;
  /** What another process needs to use this CLI's sign-in. */
  readonly environment: Readonly<Record<string, string>>;
  close(): void;
}

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

/** Makes the sandbox the CLI's cloud and signs in as its user. */
export async function signInAzureCli(sandbox: Sandbox): Promise<AzureCli> {
  const folder = mkdtempSync(path.join(tmpdir(), 'azure-cli-'));
  writeFileSync(path.join(folder, 'sitecustomize.py'), debianFix);
  const environment = {
    AZURE_CONFIG_DIR: path.join(folder, 'config'),
    AZURE_CORE_COLLECT_TELEMETRY: 'false',
    REQUESTS_CA_BUNDLE: sandbox.info.ca,
    MSI_ENDPOINT: sandbox.info.token,
    ...proxyEnvironment(sandbox.info),
    PYTHONPATH: folder,
  };
  const cli: AzureCli = {
    environment,
    async run(...parameters) {
      const options = { env: { ...process.env, ...environment }, maxBuffer: 8 * 1024 * 1024 };
      return (await run('az', [...parameters, '--only-show-errors'], options)).stdout.trim();
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
  const { arm, login, registrySuffix } = sandbox.info;
  const cloud = {
    endpoints: {
      resource_manager: arm,
      management: arm,
      active_directory: login,
      active_directory_resource_id: arm,
      active_directory_graph_resource_id: arm,
      microsoft_graph_resource_id: `${arm}graph`,
    },
    suffixes: { acr_login_server_endpoint: `.${registrySuffix}` },
  };
  await cli.run('cloud', 'register', '--name', 'Sandbox', '--cloud-config', JSON.stringify(cloud));
  await cli.run('cloud', 'set', '--name', 'Sandbox');
  await cli.run('login', '--identity');
  return cli;
}
