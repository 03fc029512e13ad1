import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { findContainerClient } from '../../../src/ui/verify/containerClient.ts';
import { runVerify } from '../../../src/ui/verify/verify.ts';
import { connected, registryNamed } from './extensionUnderTest.ts';
import { setUpRule } from './sampleRules.ts';
import type { HostTests } from './hostTest.ts';
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

  'pulls in the terminal with a container client, and leaves no login behind': async ({ skip }) => {
    const { services } = await connected();
    const search = await findContainerClient('auto');
    if (!('client' in search)) skip(search.reason);
    const id = await ruleId();
    const ended: { name: string; exitCode: number | undefined; folder: string | undefined }[] = [];
    const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) =>
      ended.push({ name: execution.task.name, exitCode, folder: loginFolder(execution.task) }),
    );
    try {
      await withSubject('verified/api', async () => {
        const proof = await runVerify(services, { ruleId: id, tag: 'latest' });
        assert.equal(proof?.verdict, 'cached', JSON.stringify(proof));
      });
    } finally {
      listener.dispose();
    }
    assert.equal(ended.length, 1);
    assert.match(ended[0]?.name ?? '', /^\w+ pull myregistry\.azurecr\.sandbox\/verified\/api:latest$/);
    assert.equal(ended[0]?.exitCode, 0);
    const { folder } = ended[0];
    assert.ok(folder && !existsSync(folder), `a login is left in ${folder}`);
    const usersOwn = process.env['REGISTRY_AUTH_FILE'];
    assert.ok(!usersOwn || !existsSync(usersOwn), 'the user’s own logins were written to');
    await vscode.commands.executeCommand('notifications.clearAll');
  },
};

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
