import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Azure } from '../../../src/azure/azure.ts';
import { cacheRuleArmId } from '../../../src/domain/armId.ts';
import { applyPlan } from '../../../src/provisioning/engine/apply.ts';
import { createJournal } from '../../../src/provisioning/engine/journal.ts';
import { planOf } from '../../../src/provisioning/plan.ts';
import { setUpOf } from '../../../src/provisioning/requirements/requirementsOf.ts';
import { goBack } from '../../../src/ui/pages/leftPage.ts';
import { changeIdentity } from '../../../src/ui/changes/changeIdentity.lazy.ts';
import { replaceRule, resumeReplacement } from '../../../src/ui/changes/replaceRule.lazy.ts';
import { resetTag } from '../../../src/ui/changes/resetTag.lazy.ts';
import { cleanUp } from '../../../src/ui/changes/cleanUp.lazy.ts';
import { unfinishedCleanUps } from '../../../src/ui/changes/unfinishedCleanUps.lazy.ts';
import { runVerify } from '../../../src/ui/verify/verify.ts';
import { connected, control, until } from './support/extensionUnderTest.ts';
import { sampleLink, sampleRegistries } from './support/sampleRules.ts';
import type { HostTests } from './support/hostTest.ts';
import { withInputs } from './support/inputs.ts';

const [first, second] = ['host-cleanup-one', 'host-cleanup-two'];
/** What the rule in place of the first is called by default. */
const replacement = 'upstreamregistry-base-java';
/** The title of a review itself, not of its pages. */
const hubOf = (change: string, rule: string): RegExp => new RegExp(`^${change} ${rule}$`);
const repositories = { [first]: 'base/java', [second]: 'base/python' };

export const tests: HostTests = {
  'clean-up: what is in use is told and stays, and only what was confirmed is deleted': async () => {
    const { services, azure, idOf, link } = await twoRules();
    await answering('Delete', async (asked) => {
      await withInputs(async (inputs) => {
        const running = cleanUp(services, idOf(first));
        await inputs.page(`Delete Cache Rule ${first}`);
        const rows = inputs.rows().join('\n');
        assert.match(rows, new RegExp(`Delete: Cache rule ${first}`));
        assert.match(rows, /In use: Identity host-cleanup-identity/);
        assert.match(rows, new RegExp(second), 'nobody says who uses the identity');
        await inputs.choose('In use: Identity');
        await until('the plan is open', () =>
          vscode.window.tabGroups.all.some(({ tabs }) =>
            tabs.some(({ label }) => label.includes(`Deletion of ${first}`)),
          ),
        );
        await goBack();
        await inputs.page(`Delete Cache Rule ${first}`);
        assert.equal(inputs.rows().join('\n'), rows, 'the choice was lost');
        await inputs.choose(`Delete: Cache rule ${first}`);
        assert.ok(!inputs.rows().some((row) => row.includes('Item')), 'nothing can be deleted');
        await inputs.choose(`Keep: Cache rule ${first}`);
        await inputs.choose('Delete 1 Item');
        const result = await running;
        assert.equal(result?.outcome, 'complete');
        assert.equal(result.done.length, 1, result.done.join('\n'));
        assert.match(result.kept.join('\n'), /Identity host-cleanup-identity is kept/);
      });
      assert.equal(asked.length, 1);
      assert.match(asked[0] ?? '', new RegExp(`${first}[^]*Kept:[^]*identity`));
    });
    const names = (await azure.cacheRules.list(link.downstream.id)).map(({ name }) => name);
    assert.ok(names.includes(second) && !names.includes(first), names.join());
  },

  'clean-up: leaving the page or the question changes nothing': async () => {
    const { services, azure, idOf, link } = await twoRules();
    const rulesNow = async () => (await azure.cacheRules.list(link.downstream.id)).map(({ id }) => id);
    const before = await rulesNow();
    await withInputs(async (inputs) => {
      const left = cleanUp(services, idOf(second));
      await inputs.page(`Delete Cache Rule ${second}`);
      await inputs.cancel();
      assert.equal(await left, undefined);
    });
    await answering(undefined, (asked) =>
      withInputs(async (inputs) => {
        const declined = cleanUp(services, idOf(second));
        await inputs.page(`Delete Cache Rule ${second}`);
        await inputs.choose('Delete 1 Item');
        await until('the question', () => asked.length === 1);
        // No leads back to what was chosen.
        await inputs.page(`Delete Cache Rule ${second}`);
        await inputs.cancel();
        assert.equal(await declined, undefined);
      }),
    );
    assert.deepEqual(await rulesNow(), before);
  },

  'replace: a new target under a new name, the old rule gone, its identity kept': async () => {
    const { services, azure, idOf, link } = await twoRules();
    const rule = await azure.cacheRules.get(idOf(first));
    await withInputs(async (inputs) => {
      const running = replaceRule(services, rule);
      await inputs.page(hubOf('Replace', first));
      assert.ok(!inputs.rows().some((row) => row.startsWith('Replace')), 'what is so already could be applied');
      await inputs.choose('Fetch Another Repository');
      await inputs.page(`Replace ${first}: Source Repository`);
      await inputs.choose('base/java');
      await inputs.page(hubOf('Replace', first));
      await inputs.choose(`cleaned/${repositories[first]}`);
      await inputs.page(`Replace ${first}: Target Name`);
      assert.match(await inputs.refused(`cleaned/${repositories[second]}`), /already/);
      await inputs.type('replaced/java');
      await inputs.accept();
      await inputs.page(hubOf('Replace', first));
      const rows = inputs.rows().join('\n');
      for (const step of [`Create cache rule ${replacement}`, `Delete cache rule ${first}`])
        assert.ok(rows.includes(step), rows);
      await inputs.choose('Replace');
      assert.equal((await running)?.outcome, 'complete');
    });
    const made = await azure.cacheRules.get(idOf(replacement));
    assert.equal(made.targetRepository, 'replaced/java');
    assert.equal(made.identity?.id.toLowerCase(), link.authentication.identityId.toLowerCase());
    const names = (await azure.cacheRules.list(link.downstream.id)).map(({ name }) => name);
    assert.ok(!names.includes(first), names.join());
    await azure.cacheRules.delete(made.id);
  },

  'replace: cut off, the journal keeps it, and resuming completes it': async () => {
    const { services, azure, idOf, link } = await twoRules();
    const rule = await azure.cacheRules.get(idOf(first));
    const denied = { status: 403, code: 'AuthorizationFailed', message: 'No right.' };
    await control('PUT', 'faults', [{ match: `DELETE .*/cacheRules/${first}`, times: 1, ...denied }]);
    try {
      await withInputs(async (inputs) => {
        const running = replaceRule(services, rule);
        await inputs.page(hubOf('Replace', first));
        await inputs.choose(`cleaned/${repositories[first]}`);
        await inputs.page(`Replace ${first}: Target Name`);
        await inputs.type('resumed/java');
        await inputs.accept();
        await inputs.page(hubOf('Replace', first));
        await inputs.choose('Replace');
        assert.equal((await running)?.outcome, 'failed');

        // As after a window that was closed midway: another journal reads the same folder.
        const journal = createJournal(services.storage.journal.fsPath);
        const [entry] = await journal.unfinished();
        assert.ok(entry?.purpose.kind === 'replace' && entry.purpose.replaces.ruleName === first);
        const resuming = resumeReplacement(services, entry.purpose);
        await inputs.page(hubOf('Replace', first));
        await inputs.choose('Replace');
        assert.equal((await resuming)?.outcome, 'complete');
        assert.deepEqual(await journal.unfinished(), []);
      });
    } finally {
      await control('PUT', 'faults', []);
    }
    const names = (await azure.cacheRules.list(link.downstream.id)).map(({ name }) => name);
    assert.ok(names.includes(replacement) && !names.includes(first), names.join());
    await azure.cacheRules.delete(idOf(replacement));
  },

  'change identity: a new one gets the permission and is set on the rule': async () => {
    const { services, azure, idOf, link } = await twoRules();
    const rule = await azure.cacheRules.get(idOf(second));
    await withInputs(async (inputs) => {
      const running = changeIdentity(services, rule);
      await inputs.page(hubOf('Change Identity of', second));
      await inputs.chooseBelow('Now: host-cleanup-identity');
      await inputs.page(`Change Identity of ${second}: Managed Identity`);
      assert.ok(!inputs.rows().some((row) => row.includes('host-cleanup-identity')), 'the present identity is offered');
      await inputs.choose('Create a New');
      await inputs.page('Name of the New Identity');
      await inputs.type('host-cleanup-other');
      await inputs.accept();
      await inputs.page(hubOf('Change Identity of', second));
      await inputs.choose('Change Identity');
      assert.equal((await running)?.outcome, 'complete');
    });
    const changed = await azure.cacheRules.get(idOf(second));
    assert.match(changed.identity?.id ?? '', /host-cleanup-other$/);
    // Only this rule uses the new identity: all of it goes.
    await answering('Delete', () =>
      withInputs(async (inputs) => {
        const running = cleanUp(services, idOf(second));
        await inputs.page(`Delete Cache Rule ${second}`);
        await inputs.choose('Delete 3 Items');
        assert.equal((await running)?.done.length, 3);
      }),
    );
    const left = await azure.identities.list(link.downstream.id.split('/')[2] ?? '');
    assert.ok(!left.some(({ name }) => name === 'host-cleanup-other'));
  },

  'reset a cached tag: after the review it is gone from the cache': async () => {
    const { services, azure, idOf, link } = await twoRules();
    const repository = `cleaned/${repositories[second]}`;
    const setting = vscode.workspace.getConfiguration('acrCache');
    await setting.update('containerClient', 'none', vscode.ConfigurationTarget.Global);
    for (const tag of ['1', '2']) {
      const proof = await runVerify(services, { ruleId: idOf(second), tag });
      assert.equal(proof?.verdict, 'cached', JSON.stringify(proof));
    }
    await setting.update('containerClient', undefined, vscode.ConfigurationTarget.Global);
    const content = azure.registry(await azure.registries.get(link.downstream.id));
    await withInputs(async (inputs) => {
      const running = resetTag(services, await azure.cacheRules.get(idOf(second)));
      await inputs.page(`Evict Cached Tag of ${second}`);
      await inputs.choose('1');
      await inputs.page(`Evict ${repository}:1`);
      await inputs.choose('Evict');
      assert.equal((await running)?.outcome, 'complete');
    });
    const tags = (await content.storedManifests(repository)).flatMap((manifest) => manifest.tags);
    assert.deepEqual(tags, ['2']);
  },

  'clean-up: a failure keeps the rest in mind, and running again takes it away, the rule being gone': async () => {
    const { services, azure, idOf, link } = await twoRules();
    await azure.cacheRules.delete(idOf(first));
    await control('PUT', 'faults', [
      {
        match: 'DELETE .*/userAssignedIdentities/host-cleanup-identity',
        times: 1,
        status: 403,
        code: 'AuthorizationFailed',
        message: 'No right.',
      },
    ]);
    try {
      await answering('Delete', () =>
        withInputs(async (inputs) => {
          const running = cleanUp(services, idOf(second));
          await inputs.page(`Delete Cache Rule ${second}`);
          const repository = inputs.rows().find((row) => row.includes('Keep: Repository'));
          assert.match(repository ?? '', /\d (B|kB|MB)/, inputs.rows().join('\n'));
          await inputs.choose('Keep: Repository');
          await inputs.choose('Delete 4 Items');
          assert.equal((await running)?.outcome, 'failed');
          assert.equal((await unfinishedCleanUps(services)).length, 1);
          const known = services.inventory.state.registries.get(link.downstream.id.toLowerCase())?.rules;
          assert.ok(!known?.some(({ name }) => name === second), 'the tree still shows the rule');

          const again = cleanUp(services, idOf(second));
          await inputs.page(`Delete Cache Rule ${second}`);
          assert.ok(!inputs.rows().some((row) => row.includes('Cache rule')), inputs.rows().join('\n'));
          const chosen = inputs.rows().find((row) => row.includes('Delete: Repository'));
          assert.match(chosen ?? '', /earlier choice/, inputs.rows().join('\n'));
          await inputs.choose(' Item');
          assert.equal((await again)?.outcome, 'complete');
        }),
      );
    } finally {
      await control('PUT', 'faults', []);
      await vscode.commands.executeCommand('notifications.clearAll');
    }
    assert.equal((await unfinishedCleanUps(services)).length, 0);
    const left = await azure.identities.list(link.downstream.id.split('/')[2] ?? '');
    assert.ok(!left.some(({ name }) => name === 'host-cleanup-identity'));
    assert.ok(
      !(await azure.registry(await azure.registries.get(link.downstream.id)).repositories()).some((name) =>
        name.startsWith('cleaned/'),
      ),
    );
  },
};

async function registries() {
  const { services } = await connected();
  const azure: Azure = await services.azure();
  const both = sampleRegistries(services);
  const link = sampleLink(
    both,
    'host-cleanup-identity',
    [first, second].map((ruleName) => ({
      ruleName,
      source: { kind: 'repository', repository: repositories[ruleName] ?? '' },
      target: { kind: 'repository', repository: `cleaned/${repositories[ruleName] ?? ''}` },
    })),
  );
  return { services, azure, link, idOf: (name: string) => cacheRuleArmId(both.downstream.id, name) };
}

/** Two rules with one identity; what is missing of them is made. */
async function twoRules() {
  const world = await registries();
  const result = await applyPlan(world.azure, await planOf(world.azure, setUpOf(world.link)), {});
  assert.equal(result.outcome, 'complete', JSON.stringify(result));
  return world;
}

/** Answers modal questions with a button, or by dismissing them; collects what they say. */
async function answering(button: string | undefined, run: (asked: readonly string[]) => Promise<void>): Promise<void> {
  const { showWarningMessage } = vscode.window;
  const asked: string[] = [];
  const answer = (text: string, options: unknown, ...buttons: unknown[]) => {
    if (typeof options !== 'object' || options === null || !('modal' in options)) return Promise.resolve(undefined);
    asked.push(`${text}\n${String(Reflect.get(options, 'detail'))}`);
    assert.ok(button === undefined || buttons.includes(button), `no button "${button}" among ${buttons.join()}`);
    return Promise.resolve(button);
  };
  Object.assign(vscode.window, { showWarningMessage: answer });
  try {
    await run(asked);
  } finally {
    Object.assign(vscode.window, { showWarningMessage });
  }
}
