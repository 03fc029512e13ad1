import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { judgeRule } from '../../../src/domain/ruleVerdict.ts';
import { findContainerClient, type ClientKind } from '../../../src/ui/verify/containerClient.ts';
import { runProcess } from '../../../src/ui/verify/runProcess.ts';
import { runVerify } from '../../../src/ui/verify/verify.ts';
import { connected, control, registryNamed, until } from './support/extensionUnderTest.ts';
import { makeRules, setUpRule } from './support/sampleRules.ts';
import { withMessages } from './support/messages.ts';
import type { HostTestContext, HostTests } from './support/hostTest.ts';
import { Inputs } from './support/inputs.ts';

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
        const kept = services.inventory.knowledge(id).proof;
        assert.equal(kept?.by, 'api');
        assert.equal(kept.digest, proof.downstreamDigest);
        assert.equal(kept.upstream, 'same');
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

  'nothing is pulled through a rule that the last diagnosis found broken, unless it is wanted': async () => {
    const { services, ids } = await makeRules('host-verify-other', [['host-verify-denied', 'team/worker', 'denied']]);
    const [id] = ids;
    assert.ok(id !== undefined);
    const started = performance.now();
    await vscode.commands.executeCommand('acrCache.diagnoseRule', { ruleId: id });
    await until('it is diagnosed', () => judgeRule(services.inventory.knowledge(id)).health === 'problems');
    await withMessages(async (told) => {
      assert.equal(await runVerify(services, { ruleId: id, tag: 'latest' }), undefined);
      await until('it is told', () => told.length > 0);
      assert.equal(told.at(-1)?.buttons.length, 2);
      const proof = await runVerify(services, { ruleId: id, tag: 'latest', isAnyway: true });
      assert.equal(proof?.verdict, 'notPulled');
      // The rule is new, and yet nobody waits for two minutes.
      assert.ok(performance.now() - started < 60_000);
    });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  },

  'pulls in the terminal with a docker engine, and leaves no login behind': (context) =>
    pullsInTerminal('docker', 'verified/api', context),

  'pulls in the terminal with podman, and leaves no login behind': (context) =>
    pullsInTerminal('podman', 'verified/worker', context),

  'an engine that cannot pull what the registry serves is no proof': async (context) => {
    await control('PUT', 'faults', [
      { match: '^GET myregistry.*/verified/mailer/blobs/', status: 403, code: 'DENIED' },
    ]);
    try {
      const { proof, exitCode } = await pullInTerminal('docker', 'verified/mailer', context);
      assert.equal(exitCode, 1);
      assert.equal(proof?.verdict, 'notPulled', JSON.stringify(proof));
      // Nothing is known of the rule: the registry serves its manifest.
      assert.equal(proof.problem, undefined);
    } finally {
      await control('PUT', 'faults', []);
    }
  },
};

async function pullsInTerminal(kind: ClientKind, repository: string, context: HostTestContext): Promise<void> {
  const { proof, exitCode, client, image } = await pullInTerminal(kind, repository, context);
  assert.equal(exitCode, 0);
  assert.equal(proof?.verdict, 'cached', JSON.stringify(proof));
  const held = await runProcess(client.path, ['image', 'inspect', `${image}:latest`], { timeoutMs: 60_000 });
  assert.ok(held.stdout.includes(`${image}@${proof.downstreamDigest}`), `${kind} holds ${held.stdout}${held.stderr}`);
}

/** Verifies a repository of the rule by a client; whatever comes of it, the login is gone. */
async function pullInTerminal(kind: ClientKind, repository: string, { skip }: HostTestContext) {
  const { services } = await connected();
  const search = await findContainerClient(kind);
  if (!('client' in search)) return skip(search.reason);
  const id = await ruleId();
  const image = `${registryNamed(services, 'myregistry').loginServer}/${repository}`;
  const ended: { name: string; exitCode: number | undefined; folder: string | undefined }[] = [];
  const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) =>
    ended.push({ name: execution.task.name, exitCode, folder: loginFolder(execution.task) }),
  );
  await setting().update('containerClient', kind, vscode.ConfigurationTarget.Global);
  try {
    const proof = await withSubject(repository, () => runVerify(services, { ruleId: id, tag: 'latest' }));
    assert.deepEqual(
      ended.map(({ name }) => name),
      [`${kind} pull ${image}:latest`],
    );
    const folder = ended[0]?.folder;
    assert.ok(folder && !existsSync(folder), `a login is left in ${folder}`);
    const usersOwn = [process.env['REGISTRY_AUTH_FILE'], join(process.env['DOCKER_CONFIG'] ?? '', 'config.json')];
    for (const file of usersOwn) assert.ok(!file || !existsSync(file), 'the user’s own logins were written to');
    return { proof, exitCode: ended[0]?.exitCode, client: search.client, image };
  } finally {
    listener.dispose();
    await setting().update('containerClient', undefined, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('notifications.clearAll');
  }
}

/** Where the client of a task has its login. */
function loginFolder({ execution }: vscode.Task): string | undefined {
  return execution instanceof vscode.ProcessExecution ? execution.options?.env?.['DOCKER_CONFIG'] : undefined;
}

/** Answers the question which repository of the wildcard is meant. */
async function withSubject<T>(repository: string, body: () => Promise<T>): Promise<T> {
  const inputs = new Inputs();
  try {
    const running = body();
    await inputs.page('Verify by Pulling: Repository');
    await inputs.choose(repository);
    return await running;
  } finally {
    inputs.dispose();
  }
}
