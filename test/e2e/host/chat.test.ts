import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { healthWord, judgeRule } from '../../../src/domain/ruleVerdict.ts';
import { createCredential } from '../../../src/ui/account/credential.lazy.ts';
import { quietly } from '../../../src/ui/shared/quietly.ts';
import { toolNames } from '../../../src/ui/chat/register.ts';
import type { ToolName } from '../../../src/ui/chat/tools.lazy.ts';
import { runTool } from '../../../src/ui/chat/tools.lazy.ts';
import type { Services } from '../../../src/ui/services/services.ts';
import { createInventory } from '../../../src/inventory/inventory.ts';
import { fakeAzure, memoryFile, registry, rule } from '../../src/inventory/fakeAzure.ts';
import { connected } from './support/extensionUnderTest.ts';
import { setUpRule } from './support/sampleRules.ts';
import { extensionId, type HostTests } from './support/hostTest.ts';

const ruleName = 'host-chat-rule';

/** A rule `chat/go` of myregistry from `base/go` of the upstream, made once. */
function ruleToAskFor() {
  return setUpRule('host-chat-identity', {
    ruleName,
    source: { kind: 'repository', repository: 'base/go' },
    target: { kind: 'repository', repository: 'chat/go' },
  });
}

interface Answer {
  readonly [key: string]: unknown;
  readonly rules?: readonly Record<string, unknown>[];
}

/** Invokes a tool as an agent does. */
async function ask(name: ToolName, input: object, token?: vscode.CancellationToken): Promise<Answer> {
  return textIn(await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token));
}

function textIn({ content }: vscode.LanguageModelToolResult): Answer {
  const text = content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
  assert.doesNotMatch(text, /eyJ|refresh_token|access_token/, 'a token is in the answer');
  // Escapes of JSON included: what a terminal or a screen would act on.
  assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]|\\u00[01]/u);
  return JSON.parse(text) as Answer;
}

export const tests: HostTests = {
  'the tools of package.json are registered, and no others': () => {
    const { contributes } = vscode.extensions.getExtension(extensionId)?.packageJSON as {
      contributes: { languageModelTools: { name: string }[] };
    };
    assert.deepEqual(contributes.languageModelTools.map(({ name }) => name).sort(), [...toolNames].sort());
    const registered = vscode.lm.tools.map(({ name }) => name);
    for (const name of toolNames) assert.ok(registered.includes(name), `${name} is not among ${registered.join(', ')}`);
  },

  'rules are listed, narrowed by registry and source': async () => {
    const { downstream, upstream } = await ruleToAskFor();
    const all = await ask('acrCache_listCacheRules', { registry: downstream.name });
    const mine = all.rules?.find(({ rule }) => rule === ruleName);
    assert.deepEqual(mine, {
      registry: downstream.loginServer,
      rule: ruleName,
      source: `${upstream.loginServer}/base/go`,
      target: 'chat/go',
      pullBy: `${downstream.loginServer}/chat/go`,
      identity: 'host-chat-identity',
      provisioningState: 'Succeeded',
      health: 'unproven',
      verdict: healthWord('unproven'),
    });
    assert.deepEqual(all['freshness'], { rules: 'read from Azure in this session' });
    const narrow = await ask('acrCache_listCacheRules', { source: `${upstream.loginServer.toUpperCase()}/base/go` });
    assert.ok(narrow.rules?.some(({ rule }) => rule === ruleName));
    assert.ok(narrow.rules?.every(({ source }) => source === `${upstream.loginServer}/base/go`));
    assert.deepEqual((await ask('acrCache_listCacheRules', { source: 'nowhere.example/' })).rules, []);
  },

  'a registry that is not there is said to be so, with those that are': async () => {
    const { downstream } = await ruleToAskFor();
    const answer = await ask('acrCache_listCacheRules', { registry: 'no\u0000such\u202eregistry' });
    assert.ok(String(answer['problem']).includes('"no·such·registry"'), String(answer['problem']));
    assert.ok((answer['registries'] as string[]).includes(downstream.loginServer));
  },

  'an image is resolved: served, bypassed, unserved, possible': async () => {
    const { downstream, upstream } = await ruleToAskFor();
    const served = await ask('acrCache_resolveImage', { image: `${downstream.loginServer}/chat/go:1.22` });
    assert.equal(served['verdict'], 'served', JSON.stringify(served));
    const by = served['servedBy'] as Answer;
    assert.deepEqual(
      [by['rule'], by['comesFrom'], by['isBroken']],
      [ruleName, `${upstream.loginServer}/base/go:1.22`, false],
    );

    const bypassed = await ask('acrCache_resolveImage', { image: `docker://${upstream.loginServer}/base/go:1.22` });
    assert.equal(bypassed['verdict'], 'bypassed', JSON.stringify(bypassed));
    assert.ok(
      (bypassed['useInstead'] as Answer[]).some(({ image }) => image === `${downstream.loginServer}/chat/go:1.22`),
      JSON.stringify(bypassed),
    );

    const unserved = await ask('acrCache_resolveImage', { image: `${downstream.loginServer}/own/thing` });
    assert.equal(unserved['verdict'], 'unserved', JSON.stringify(unserved));
    const possible = await ask('acrCache_resolveImage', { image: 'ubuntu' });
    assert.deepEqual([possible['verdict'], possible['image']], ['possible', 'docker.io/library/ubuntu']);
  },

  'what is no image reference is said to be none': async () => {
    await connected();
    for (const image of ['', 'NOT AN IMAGE', 'a'.repeat(5000), '\u001b[31mred', '../../etc', 'x:y:z']) {
      const answer = await ask('acrCache_resolveImage', { image });
      assert.equal(typeof answer['problem'], 'string', `${image}: ${JSON.stringify(answer)}`);
    }
  },

  'a pull error is explained, with its rule': async () => {
    const { downstream, upstream } = await ruleToAskFor();
    const correlationId = '11111111-2222-3333-4444-555555555555';
    const text = [
      `Error response from daemon: failed to resolve reference "${downstream.loginServer}/chat/go:1.22": unexpected status`,
      `denied: requested access to pull from source '${upstream.name}' for cache rule '${ruleName}' has been denied. CorrelationId: ${correlationId}`,
    ].join('\n');
    const answer = await ask('acrCache_explainPullError', { text });
    assert.deepEqual(
      [answer['cause'], answer['rule'], answer['registry'], answer['correlationId'], answer['image']],
      ['sourceDenied', ruleName, downstream.loginServer, correlationId, `${downstream.loginServer}/chat/go:1.22`],
    );
    assert.equal(typeof (await ask('acrCache_explainPullError', { text: ' \u001b[0m ' }))['problem'], 'string');
    assert.equal((await ask('acrCache_explainPullError', { text: 'nothing that is known' }))['cause'], 'unknown');
  },

  'a rule is diagnosed: every check with verdict and reason, noted in the tree': async () => {
    const { services, downstream, ruleId } = await ruleToAskFor();
    const answer = await ask('acrCache_diagnoseRule', {
      registry: downstream.loginServer,
      rule: ruleName.toUpperCase(),
    });
    const checks = answer['checks'] as { check: string; verdict: string; reason: string; repair?: string }[];
    assert.ok(checks.length > 15, JSON.stringify(answer));
    for (const { check, verdict, reason } of checks) assert.ok(check && verdict && reason, JSON.stringify(checks));
    const known = services.inventory.knowledge(ruleId);
    assert.deepEqual([judgeRule(known).health, known.checkup?.checkedAt], [answer['health'], answer['checkedAt']]);
    const listed = await ask('acrCache_listCacheRules', { registry: downstream.name });
    const row = listed.rules?.find(({ rule }) => rule === ruleName);
    assert.deepEqual([row?.['health'], row?.['verdict']], [answer['health'], answer['verdict']]);

    const azure = await services.azure();
    await azure.registries.changeSettings(downstream.id, { softDelete: true });
    try {
      const broken = await ask('acrCache_diagnoseRule', { registry: downstream.name, rule: ruleName });
      assert.equal(broken['health'], 'problems');
      const [first] = broken['checks'] as typeof checks;
      assert.deepEqual([first?.check, first?.verdict], ['softDelete', 'problem']);
      assert.ok(first?.repair && broken['repairs'], JSON.stringify(broken));
      const image = await ask('acrCache_resolveImage', { image: `${downstream.loginServer}/chat/go` });
      assert.equal((image['servedBy'] as Answer)['isBroken'], true);
    } finally {
      await azure.registries.changeSettings(downstream.id, { softDelete: false });
    }
  },

  'a rule that is not there is said to be so, with those that are': async () => {
    const { downstream } = await ruleToAskFor();
    const answer = await ask('acrCache_diagnoseRule', { registry: downstream.name, rule: 'no-such-rule' });
    assert.equal(typeof answer['problem'], 'string');
    assert.ok((answer['rules'] as unknown as string[]).includes(ruleName));
    assert.equal(typeof (await ask('acrCache_diagnoseRule', { registry: '', rule: '' }))['problem'], 'string');
  },

  'a cancelled diagnosis gives no answer': async () => {
    const { downstream } = await ruleToAskFor();
    const source = new vscode.CancellationTokenSource();
    const asking = ask('acrCache_diagnoseRule', { registry: downstream.name, rule: ruleName }, source.token);
    source.cancel();
    await assert.rejects(asking);
  },

  'nobody signed in: the answer says so, and what to do; known rules are told without a session': async () => {
    const inventory = createInventory({ snapshot: memoryFile() });
    let starts = 0;
    const { services } = await connected();
    const offline: Services = {
      ...services,
      inventory,
      connection: {
        ...services.connection,
        error: undefined,
        start: () => {
          starts++;
          inventory.connect(undefined, false);
          return Promise.resolve();
        },
      },
      azure: () => Promise.reject(new Error('asked to sign in')),
    };
    const { token } = new vscode.CancellationTokenSource();
    const askOffline = async (name: ToolName, input: object) => textIn(await runTool(offline, name, input, token));
    for (const [name, input] of [
      ['acrCache_listCacheRules', {}],
      ['acrCache_resolveImage', { image: 'ubuntu' }],
      ['acrCache_diagnoseRule', { registry: 'myregistry', rule: ruleName }],
    ] as const) {
      const answer = await askOffline(name, input);
      assert.match(String(answer['problem']), /not signed in/, name);
      assert.match(String(answer['next']), /Sign In to Azure/, name);
    }
    assert.equal(starts, 3);
    const text = 'pull denied: unauthorized: authentication required for downstream.example/app:1';
    const explained = await askOffline('acrCache_explainPullError', { text });
    assert.equal(explained['cause'], 'unauthenticated');
    assert.ok('problem' in (explained['ruleUnknownBecause'] as object));

    // From the snapshot of an earlier session: many rules, with names that nobody would choose.
    const one = registry('downstream');
    const snapshot = memoryFile();
    const before = createInventory({ snapshot, snapshotDelayInMs: 0 });
    const fake = fakeAzure();
    before.connect(fake.azure, true);
    const refreshing = before.refresh();
    await fake.lists[0]?.answer({ registries: [one], failures: [] });
    await refreshing;
    const loading = before.loadRules(one.id);
    const rules = Array.from({ length: 150 }, (_, number) => rule(one, `rule-${String(number).padStart(3, '0')}`));
    await fake.rules[0]?.answer([
      { ...rule(one, 'x'), name: `\u001b]8;;evil\u0007\u202e${'x'.repeat(1500)}` },
      ...rules,
    ]);
    await loading;
    await before.dispose();
    const restored = createInventory({ snapshot });
    await restored.restore();
    const known = { ...offline, inventory: restored };
    const listed = textIn(await runTool(known, 'acrCache_listCacheRules', {}, token));
    assert.equal(listed.rules?.length, 100, JSON.stringify(listed));
    assert.equal(listed['more'], 51);
    assert.deepEqual((listed['freshness'] as Answer)['asInAnEarlierSession'], [one.loginServer]);
    assert.ok(String(listed.rules[0]?.['rule']).length <= 1001);
    const served = textIn(
      await runTool(known, 'acrCache_resolveImage', { image: `${one.loginServer}/rule-007` }, token),
    );
    assert.equal(served['verdict'], 'served');
    assert.equal(starts, 4, 'what is known is told without a connection');
  },

  'what works quietly does not ask to sign in again': async () => {
    const environment = vscode.workspace
      .getConfiguration('microsoft-sovereign-cloud')
      .get<Record<string, string>>('customEnvironment');
    const armScope = `${environment?.['managementEndpointUrl'] ?? ''}.default`;
    let asked = 0;
    const credential = createCredential({
      account: { id: 'nobody', label: 'nobody' },
      tenantId: '00000000-0000-0000-0000-000000000000',
      armScope,
      registryScope: 'https://containerregistry.azure.net/.default',
      reauthenticate: () => Promise.resolve(++asked < 0),
    });
    await assert.rejects(quietly(() => credential.getToken(armScope)));
    await assert.rejects(quietly(() => credential.getToken(armScope, { claims: '{}' })));
    assert.equal(asked, 0);
    await assert.rejects(credential.getToken(armScope));
    assert.equal(asked, 1);
  },
};
