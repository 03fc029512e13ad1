import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { findContainerClient, type ClientKind } from '../../../src/ui/verify/containerClient.ts';
import { runProcess } from '../../../src/ui/verify/runProcess.ts';
import { runVerify } from '../../../src/ui/verify/verify.ts';
import { connected, registryNamed } from './extensionUnderTest.ts';
import { setUpRule } from './sampleRules.ts';
import type { HostTestContext, HostTests } from './hostTest.ts';
import { Inputs } from './inputs.ts';

const ruleName = 'host-verify-rule';
const setting = () => vscode.workspace.getConfiguration('acrCache');

async function ruleId(): Promise<string> {
  const rule = await setUpRule('host-verify-identity', {
    ruleName,
    source: { kind: 'prefix', prefix: 'team/shop' },
    target: { kind: 'prefix', prefix: 'verified' },
  });
  return rule.ruleId;
}

export const tests: HostTests = {
  'verifies a rule through the API when there is no container client': async () => {
    const { services } = await connected();
    await setting().update('containerClient', 'none', vscode.ConfigurationTarget.Global);
    try {
      const azure = await services.azure();
      const id = await ruleId();
      await withSubject('verified/web', async () => {
        const proof = await runVerify(services, { ruleId: id, tag: 'latest' });
        assert.equal(proof?.verdict, 'cached', JSON.stringify(proof));
        assert.equal(proof.downstreamDigest, proof.upstreamDigest);
      });
      const registry = registryNamed(services, 'myregistry');
      const stored = await azure.registry(await azure.registries.get(registry.id)).storedManifests('verified/web');
      assert.ok(stored.length > 0, 'nothing is stored');
    } finally {
      await setting().update('containerClient', undefined, vscode.ConfigurationTarget.Global);
      await vscode.commands.executeCommand('notifications.clearAll');
    }
  },

  'a tag that does not exist is told as such, without a pull': async () => {
    const { services } = await connected();
    const id = await ruleId();
    await withSubject('verified/web', async () => {
      const proof = await runVerify(services, { ruleId: id, tag: 'nonesuch' });
      assert.equal(proof?.verdict, 'notPulled');
      assert.equal(proof.problem?.code, 'tagMissing');
    });
    await vscode.commands.executeCommand('notifications.clearAll');
  },

  'pulls in the terminal with a docker engine, and leaves no login behind': (context) =>
    pullsInTerminal('docker', 'verified/api', context),

  'pulls in the terminal with podman, and leaves no login behind': (context) =>
    pullsInTerminal('podman', 'verified/worker', context),
};

async function pullsInTerminal(kind: ClientKind, repository: string, { skip }: HostTestContext): Promise<void> {
  const { services } = await connected();
  const search = await findContainerClient(kind);
  if (!('client' in search)) return skip(search.reason);
  const id = await ruleId();
  const ended: { name: string; exitCode: number | undefined; folder: string | undefined }[] = [];
  const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) =>
    ended.push({ name: execution.task.name, exitCode, folder: loginFolder(execution.task) }),
  );
  let digest: string | undefined;
  await setting().update('containerClient', kind, vscode.ConfigurationTarget.Global);
  try {
    await withSubject(repository, async () => {
      const proof = await runVerify(services, { ruleId: id, tag: 'latest' });
      assert.equal(proof?.verdict, 'cached', JSON.stringify(proof));
      digest = proof.downstreamDigest;
    });
  } finally {
    listener.dispose();
    await setting().update('containerClient', undefined, vscode.ConfigurationTarget.Global);
  }
  const image = `${registryNamed(services, 'myregistry').loginServer}/${repository}`;
  assert.deepEqual(
    ended.map(({ name, exitCode }) => [name, exitCode]),
    [[`${kind} pull ${image}:latest`, 0]],
  );
  const held = await runProcess(search.client.path, ['image', 'inspect', `${image}:latest`], { timeoutMs: 60_000 });
  assert.ok(digest && held.stdout.includes(`${image}@${digest}`), `${kind} holds ${held.stdout}${held.stderr}`);
  const folder = ended[0]?.folder;
  assert.ok(folder && !existsSync(folder), `a login is left in ${folder}`);
  const usersOwn = [process.env['REGISTRY_AUTH_FILE'], join(process.env['DOCKER_CONFIG'] ?? '', 'config.json')];
  for (const file of usersOwn) assert.ok(!file || !existsSync(file), 'the user’s own logins were written to');
  await vscode.commands.executeCommand('notifications.clearAll');
}

/** Where the client of a task has its login. */
function loginFolder({ execution }: vscode.Task): string | undefined {
  return execution instanceof vscode.ProcessExecution ? execution.options?.env?.['DOCKER_CONFIG'] : undefined;
}

/** Answers the question which repository of the wildcard is meant. */
async function withSubject(repository: string, body: () => Promise<void>): Promise<void> {
  const inputs = new Inputs();
  try {
    const running = body();
    await inputs.page('Verify by Pulling: Repository');
    await inputs.choose(repository);
    await running;
  } finally {
    inputs.dispose();
  }
}
