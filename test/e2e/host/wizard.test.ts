import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { createJournal } from '../../../src/provisioning/engine/journal.ts';
import { resumeSetUp } from '../../../src/ui/setUp/resume.ts';
import { runSetUp } from '../../../src/ui/setUp/setUp.ts';
import { connected, control } from './support/extensionUnderTest.ts';
import { sampleRegistries } from './support/sampleRules.ts';
import type { HostTests } from './support/hostTest.ts';
import { withInputs } from './support/inputs.ts';

/** As it is suggested for the source. */
const ruleName = 'upstreamregistry-base-dotnet';
const review = 'Cache upstreamregistry in myregistry';

export const tests: HostTests = {
  'leaving the wizard is silent and changes nothing': async () => {
    const { services } = await connected();
    await withInputs(async (inputs) => {
      const running = runSetUp(services);
      await inputs.page('Downstream Registry');
      await inputs.choose('myregistry');
      await inputs.page('Upstream Registry');
      assert.ok(!inputs.rows().some((row) => row.includes('myregistry')), 'the downstream is its own upstream');
      await inputs.cancel();
      assert.equal(await running, undefined);
    });
  },

  'an upstream is found by its login server, with a repository behind it; anything else is refused with the reason':
    async () => {
      const { services } = await connected();
      const { downstream, upstream } = sampleRegistries(services);
      await withInputs(async (inputs) => {
        const running = runSetUp(services, { downstreamId: downstream.id });
        await inputs.page('Upstream Registry');
        const refusals: [string, RegExp][] = [
          ['no server', /Type a login server/],
          [
            `/subscriptions/${upstream.subscriptionId}/resourceGroups/a/providers/Microsoft.Compute/disks/b`,
            /resource ID/,
          ],
          ['upstreamregistry.azurecr.cn', /AzureChinaCloud/],
          [downstream.loginServer, /itself/],
          [downstream.id.replace('myregistry', 'deleted1'), /cannot see/],
        ];
        for (const [text, reason] of refusals) assert.match(await inputs.refused(text), reason, text);
        await inputs.type(`https://${upstream.loginServer}/charts/*`);
        await inputs.accept();
        await inputs.page('Repositories');
        // One that is typed later is one more.
        await vscode.commands.executeCommand('workbench.action.quickInputBack');
        await inputs.page('Upstream Registry');
        await inputs.type(`${upstream.loginServer}/myapp:1.0`);
        await inputs.accept();
        await inputs.page('Repositories');
        await inputs.accept();
        await inputs.page(review);
        assert.ok(
          inputs.rows().some((row) => row.startsWith('myapp |')),
          inputs.rows().join('\n'),
        );
        await inputs.choose('charts/*');
        await inputs.page('Target Name for charts/*');
        assert.match(await inputs.refused('charts'), /ends with "\*"/);
        await inputs.cancel();
        assert.equal(await running, undefined);
      });
    },

  'a step that fails leaves the rest, the journal keeps it, and resuming completes it': async () => {
    const { services } = await connected();
    const { downstream, upstream } = sampleRegistries(services);
    await control('PUT', 'faults', [
      {
        match: `PUT .*/cacheRules/${ruleName}`,
        times: 1,
        status: 403,
        code: 'AuthorizationFailed',
        message: 'No right.',
      },
    ]);
    try {
      await withInputs(async (inputs) => {
        const running = runSetUp(services, {
          downstreamId: downstream.id,
          upstreamId: upstream.id,
          sourceRepositories: ['base/dotnet'],
        });
        await inputs.page(review);
        await inputs.choose('base/dotnet');
        await inputs.page('Target Name for base/dotnet');
        assert.match(await inputs.refused('base/dotnet:8'), /Leave out the tag/);
        await inputs.type('host/dotnet');
        await inputs.accept();
        await inputs.page(review);
        // An identity of another test may be the one that is offered.
        await inputs.chooseBelow('How myregistry signs in');
        await inputs.page('Managed Identity');
        await inputs.choose('Create a New');
        await inputs.page('Name of the New Identity');
        await inputs.type('host-wizard-identity');
        await inputs.accept();
        await inputs.page(review);
        // What has to be decided is the first row.
        await inputs.accept();
        await inputs.page('How upstreamregistry Is Read');
        // Enter alone decides nothing.
        assert.equal(inputs.active(), '');
        await inputs.accept();
        await inputs.page('How upstreamregistry Is Read');
        // Two roles each; identities of other tests may be among them.
        const kept = Number(/first give (\d+) principals/.exec(inputs.rows().join('\n'))?.[1]);
        await inputs.choose('Switch to ABAC, and first give');
        await inputs.page('Confirm the Switch');
        await inputs.type('upstreamregistry');
        await inputs.accept();
        await inputs.page(review);
        assert.ok(inputs.active() === 'Create', inputs.active());
        assert.ok(inputs.rows()[0]?.includes(`${String(4 + 2 * kept)} steps`), inputs.rows()[0]);
        await inputs.accept();
        const result = await running;
        assert.equal(result?.outcome, 'failed');
        assert.equal(result.done.length, 3 + 2 * kept);
        assert.equal(result.left.length, 1);

        // As after a window that was closed midway: another journal reads the same folder.
        const journal = createJournal(services.storage.journal.fsPath);
        const links = (await journal.unfinished()).flatMap(({ purpose }) => purpose.link ?? []);
        const link = links.find(({ mappings }) => mappings[0]?.ruleName === ruleName);
        assert.ok(link, 'the journal has forgotten the set-up');
        const resuming = resumeSetUp(services, link);
        await inputs.page(review);
        assert.ok(
          inputs.rows().some((row) => row.includes('3 steps are in place')),
          inputs.rows().join('\n'),
        );
        await inputs.choose('Create');
        const resumed = await resuming;
        assert.equal(resumed?.outcome, 'complete');
        assert.equal(resumed.done.length, 1);
        assert.equal((await journal.unfinished()).length, 0);
      });
    } finally {
      await control('PUT', 'faults', []);
      await vscode.commands.executeCommand('notifications.clearAll');
    }
    const rules = (await (await services.azure()).cacheRules.list(downstream.id)).map(({ name }) => name);
    assert.ok(rules.includes(ruleName));
    const known = services.inventory.state.registries.get(downstream.id.toLowerCase())?.rules;
    assert.ok(
      known?.some(({ name }) => name === ruleName),
      'the tree does not show the new rule',
    );
  },

  'what is taken is refused, and what is already so is not done again': async () => {
    const { services } = await connected();
    const { downstream, upstream } = sampleRegistries(services);
    await withInputs(async (inputs) => {
      const running = runSetUp(services, {
        downstreamId: downstream.id,
        upstreamId: upstream.id,
        sourceRepositories: ['base/go'],
      });
      await inputs.page(review);
      await inputs.choose('base/go');
      await inputs.page('Target Name for base/go');
      assert.match(await inputs.refused('host/dotnet'), new RegExp(`"${ruleName}" already serves`));
      await inputs.cancel();
      await running;
    });
    await withInputs(async (inputs) => {
      const running = runSetUp(services, {
        downstreamId: downstream.id,
        upstreamId: upstream.id,
        sourceRepositories: ['base/dotnet'],
      });
      await inputs.page(review);
      await inputs.choose('base/dotnet');
      await inputs.page('Target Name for base/dotnet');
      await inputs.type('host/dotnet');
      await inputs.accept();
      await inputs.page(review);
      // The identity that the rule uses already is taken without a question.
      assert.ok(
        inputs.rows().some((row) => row.startsWith('host-wizard-identity')),
        inputs.rows().join('\n'),
      );
      assert.match(inputs.rows()[0] ?? '', /in place/);
      await inputs.accept();
      assert.deepEqual((await running)?.done, []);
    });
    await vscode.commands.executeCommand('notifications.clearAll');
  },
};
