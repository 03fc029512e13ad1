import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { goBack } from '../../../src/ui/pages/leftPage.ts';
import { switchToAbac } from '../../../src/ui/changes/switchToAbac.lazy.ts';
import { connected, control, until } from './support/extensionUnderTest.ts';
import type { HostTests } from './support/hostTest.ts';
import { withInputs } from './support/inputs.ts';
import { sampleRegistries } from './support/sampleRules.ts';

const name = 'upstreamregistry';

export const tests: HostTests = {
  'nothing is chosen at first, and each answer tells its consequence; the name is typed, and roles come before the switch':
    async () => {
      const { services, registry } = await upstream();
      const azure = await services.azure();
      await withInputs(async (inputs) => {
        const running = switchToAbac(services, registry.id);
        await inputs.page(`Switch ${name} to ABAC`);
        assert.equal(inputs.active(), '');
        const rows = inputs.rows();
        assert.ok(!rows.some((row) => row.includes('AcrPull')), 'AcrPull is no answer here');
        // Identities of other tests may be among the workloads.
        assert.match(rows.join('\n'), /first give \d+ principals new roles/);
        assert.match(rows.join('\n'), /you, .*aks-shop-kubelet/);

        await inputs.choose('Choose who gets new roles');
        await inputs.page('Who Gets New Roles');
        const state = (who: string) => inputs.rows().find((row) => row.includes(who)) ?? '';
        assert.match(state('for you'), /^New roles/);
        assert.match(state('aks-shop-kubelet'), /^New roles/);
        assert.match(state('olivia'), /^No new roles/);
        await inputs.choose('New roles for you');
        await inputs.choose('No new roles for olivia');
        assert.match(state('for you'), /^No new roles/);
        await inputs.choose('Continue');
        await inputs.page(`Switch ${name} to ABAC`);
        assert.match(inputs.rows().join('\n'), /first give \d+ principals new roles/);
        assert.ok(!inputs.rows().some((row) => row.includes('you,')));

        await inputs.choose('Switch to ABAC, and first give');
        await inputs.page('Confirm the Switch');
        assert.match(await inputs.refused('upstream'), /Type "upstreamregistry"/);
        await inputs.type(name);
        await inputs.accept();
        await inputs.page('Review');
        const steps = inputs.rows().filter((row) => /Give |Switch .* to ABAC mode/.test(row));
        assert.match(steps.at(-1) ?? '', new RegExp(`Switch ${name} to ABAC mode`));
        assert.match(steps.join('\n'), /Give aks-shop-kubelet Repository Reader[^]*Give olivia Repository Reader/);
        await inputs.cancel();
        assert.equal(await running, undefined);
      });
      const { roleAssignmentMode } = await azure.registries.get(registry.id);
      assert.equal(roleAssignmentMode, 'LegacyRegistryPermissions');
    },

  'who and what is affected is a document, for which the page closes': async () => {
    const { services, registry } = await upstream();
    await withInputs(async (inputs) => {
      const running = switchToAbac(services, registry.id);
      await inputs.page(`Switch ${name} to ABAC`);
      await inputs.choose('Show who and what is affected');
      const affected = (): unknown => vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      await until('the document', () => affected() instanceof vscode.TabInputCustom);
      const { uri } = affected() as vscode.TabInputCustom;
      assert.match(services.documents.textOf(uri) ?? '', /aks\\?-shop\\?-kubelet[^]*olivia/);
      await goBack();
      await inputs.page(`Switch ${name} to ABAC`);
      await inputs.cancel();
      assert.equal(await running, undefined);
    });
  },

  'where names may not be read, principals are called by kind and id': async () => {
    const { services, registry } = await upstream();
    await withGraph('forbidden', async () => {
      await services.account.connect({ fresh: true });
      await withInputs(async (inputs) => {
        const running = switchToAbac(services, registry.id);
        await inputs.page(`Switch ${name} to ABAC`);
        await inputs.choose('Choose who gets new roles');
        await inputs.page('Who Gets New Roles');
        const rows = inputs.rows().join('\n');
        assert.match(rows, /service principal [0-9a-f]{8}…/);
        assert.match(rows, /user [0-9a-f]{8}…/);
        assert.ok(!rows.includes('olivia'));
        await inputs.cancel();
        assert.equal(await running, undefined);
      });
    });
    await services.account.connect({ fresh: true });
  },
};

async function upstream() {
  const { services } = await connected();
  return { services, registry: sampleRegistries(services).upstream };
}

/** Does something while Microsoft Graph answers otherwise. */
async function withGraph(graph: string, work: () => Promise<void>): Promise<void> {
  await control('PATCH', 'options', { graph });
  try {
    await work();
  } finally {
    await control('PATCH', 'options', { graph: 'answer' });
  }
}
