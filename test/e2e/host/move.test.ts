import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { moveWorkspace } from '../../../src/ui/workspace/move/moveWorkspace.lazy.ts';
import { connected, until } from './support/extensionUnderTest.ts';
import { sampleRegistries, setUpRule } from './support/sampleRules.ts';
import type { HostTests } from './support/hostTest.ts';
import type { Inputs } from './support/inputs.ts';
import { withInputs } from './support/inputs.ts';

const folder = 'host-move';
/** Title of the review of a setup. */
const setUp = 'Cache upstreamregistry in myregistry';

type Services = Awaited<ReturnType<typeof connected>>['services'];

/** A file of this test's own, which goes when the test has ended. */
async function withFiles(
  texts: Readonly<Record<string, string>>,
  body: (uriOf: (name: string) => vscode.Uri) => Promise<void>,
): Promise<void> {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(root, 'no folder is open');
  const uriOf = (name: string): vscode.Uri => vscode.Uri.joinPath(root, folder, name);
  try {
    for (const [name, text] of Object.entries(texts))
      await vscode.workspace.fs.writeFile(uriOf(name), Buffer.from(text));
    await body(uriOf);
  } finally {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(root, folder), { recursive: true });
    await vscode.commands.executeCommand('notifications.clearAll');
  }
}

/** The rule that serves `moved/lint` from `tools/lint-runner`. */
async function makeRule(): Promise<string> {
  const rule = await setUpRule('host-move-identity', {
    ruleName: 'host-move-rule',
    source: { kind: 'repository', repository: 'tools/lint-runner' },
    target: { kind: 'repository', repository: 'moved/lint' },
  });
  return rule.ruleId;
}

async function textOf(uri: vscode.Uri): Promise<string> {
  return Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');
}

/** The report, rendered by VS Code, as its Markdown. */
function reportText(services: Services): string {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  assert.ok(input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText, 'no report is shown');
  return services.documents.textOf(input.uri) ?? '';
}

export const tests: HostTests = {
  'moving a workspace: leaving it changes nothing, going back keeps what was chosen': async () => {
    const { services } = await connected();
    const { downstream, upstream } = sampleRegistries(services);
    const text = `FROM ${upstream.loginServer}/team/moved:1\nFROM nowhere.example/other:1\n`;
    await withFiles({ Dockerfile: text }, async (uriOf) => {
      await withInputs(async (inputs) => {
        const running = moveWorkspace(services);
        await inputs.page('Downstream Registry');
        await inputs.choose(downstream.name);
        await inputs.page(': Repositories');
        const row = `Move: ${upstream.loginServer}/team/moved`;
        assert.ok(
          inputs.rows().some((one) => one.includes(row) && one.includes('new rule')),
          inputs.rows().join('\n'),
        );
        assert.ok(
          inputs.rows().some((one) => one.includes('Left: nowhere.example/other')),
          inputs.rows().join('\n'),
        );
        const before = inputs.rows();
        assert.ok(!before.some((one) => /(Move|Leave): nowhere/.test(one)), before.join('\n'));
        await inputs.choose(row);
        await vscode.commands.executeCommand('workbench.action.quickInputBack');
        await inputs.page('Downstream Registry');
        await inputs.accept();
        await inputs.page('Repositories');
        assert.ok(
          inputs.rows().some((one) => one.includes(`Leave: ${upstream.loginServer}/team/moved`)),
          'the choice was lost',
        );
        await inputs.cancel();
        assert.equal(await running, undefined);
      });
      assert.equal(await textOf(uriOf('Dockerfile')), text);
    });
  },

  'moving a workspace: rules that are missing are asked for together; leaving that leads back, and leaving again changes nothing':
    async () => {
      const { services } = await connected();
      const { downstream, upstream } = sampleRegistries(services);
      const text = `FROM ${upstream.loginServer}/base/go/moved:1\nFROM ${upstream.loginServer}/team/moved:1\n`;
      await withFiles({ Dockerfile: text }, async (uriOf) => {
        await withInputs(async (inputs) => {
          const running = moveWorkspace(services);
          await inputs.page('Downstream Registry');
          await inputs.choose(downstream.name);
          await inputs.page('Repositories');
          await leaveAllBut(inputs, ['/base/go/moved', '/team/moved']);
          const chosen = inputs.rows();
          await inputs.choose('Move 2 Repositories');
          await inputs.page(setUp);
          const rows = inputs.rows().join('\n');
          assert.match(rows, /base\/go\/moved/);
          assert.match(rows, /team\/moved/);
          await inputs.cancel();
          await inputs.page('Repositories');
          assert.deepEqual(inputs.rows(), chosen);
          await inputs.cancel();
          assert.equal(await running, undefined);
        });
        assert.equal(await textOf(uriOf('Dockerfile')), text);
      });
    },

  'moving a workspace: one edit of all files, previewed; saved, and reported by file and line': async () => {
    const { services } = await connected();
    const { downstream, upstream } = sampleRegistries(services);
    const ruleId = await makeRule();
    const image = `${upstream.loginServer}/tools/lint-runner`;
    const dockerfile = `# keeps what is around it\r\nFROM ${image}:3.2.1 AS lint # why\r\nFROM ${image}@sha256:${'a'.repeat(64)}\r\n`;
    const manifest = `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - {name: lint, image: "${image}:latest"} # é😀\n`;
    try {
      await withFiles({ Dockerfile: dockerfile, 'pod.yaml': manifest }, async (uriOf) => {
        await withInputs(async (inputs) => {
          const running = moveWorkspace(services);
          await inputs.page('Downstream Registry');
          await inputs.choose(downstream.name);
          await inputs.page('Repositories');
          await leaveAllBut(inputs, ['/tools/lint-runner']);
          await inputs.choose('Move 1 Repository');
          const outcome = await appliedAll(running);
          assert.equal(outcome?.moves.filter((move) => move.outcome === 'changed').length, 3);
          assert.equal(outcome.saved, true);
        });
        const name = `${downstream.loginServer}/moved/lint`;
        assert.equal(await textOf(uriOf('Dockerfile')), dockerfile.replaceAll(image, name));
        assert.equal(await textOf(uriOf('pod.yaml')), manifest.replaceAll(image, name));
        const report = reportText(services);
        assert.match(report, /3 references in 2 files/);
        assert.ok(report.includes(`\`host-move/pod.yaml:5\`: \`${image}:latest\` → \`${name}:latest\``), report);
      });
    } finally {
      await (await services.azure()).cacheRules.delete(ruleId);
      await services.inventory.loadRules(downstream.id, { force: true });
    }
  },

  'moving a workspace with a new rule: back and left on the way, then made, and the names with it': async () => {
    const { services } = await connected();
    const { downstream, upstream } = sampleRegistries(services);
    const azure = await services.azure();
    // VS Code remembers a document for a while after its file is gone.
    const file = 'new/Dockerfile';
    const text = `FROM ${upstream.loginServer}/tools/lint-runner:latest\n`;
    await withFiles({ [file]: text }, async (uriOf) => {
      await withInputs(async (inputs) => {
        const { running, rows } = await toSetUp(services, inputs, '/tools/lint-runner');
        await inputs.choose('tools/lint-runner');
        await inputs.page('Target Name for tools/lint-runner');
        await inputs.type('moved/again');
        await inputs.accept();
        await inputs.page(setUp);
        await vscode.commands.executeCommand('workbench.action.quickInputBack');
        await inputs.page(': Repositories');
        assert.deepEqual(inputs.rows(), rows);
        await inputs.choose('Move 1 Repository');
        await inputs.page(setUp);
        await inputs.cancel();
        await inputs.page(': Repositories');
        assert.deepEqual(inputs.rows(), rows);
        assert.equal(await textOf(uriOf(file)), text);
        await inputs.choose('Move 1 Repository');
        await inputs.page(setUp);
        // The name that was given before is still there.
        assert.ok(
          inputs.rows().some((row) => row.startsWith('moved/again')),
          inputs.rows().join('\n'),
        );
        await inputs.choose('Decide How upstreamregistry Is Read');
        await inputs.page('How upstreamregistry Is Read');
        await inputs.choose('Keep');
        await inputs.page(setUp);
        await inputs.choose('Create');
        const outcome = await appliedAll(running);
        assert.equal(outcome?.moves.filter((move) => move.outcome === 'changed').length, 1);
      });
      const [document] = vscode.workspace.textDocuments.filter(({ uri }) => uri.path === uriOf(file).path);
      assert.equal(document?.getText(), `FROM ${downstream.loginServer}/moved/again:latest\n`);
      await document.save();
    });
    const rule = (await azure.cacheRules.list(downstream.id)).find(
      ({ targetRepository }) => targetRepository === 'moved/again',
    );
    assert.ok(rule, 'no rule was made');
    await azure.cacheRules.delete(rule.id);
    await services.inventory.loadRules(downstream.id, { force: true });
  },
};

/** Applies the preview as it is, once it is shown. */
async function appliedAll<T>(running: Promise<T>): Promise<T> {
  let isOver = false;
  void running.finally(() => (isOver = true));
  await until('the preview was applied', async () => {
    await vscode.commands.executeCommand('refactorPreview.apply').then(undefined, () => undefined);
    return isOver;
  });
  return running;
}

/** From the command to the first page of the set-up, for one repository. */
async function toSetUp(services: Services, inputs: Inputs, repository: string) {
  const running = moveWorkspace(services);
  await inputs.page('Downstream Registry');
  await inputs.choose('myregistry');
  await inputs.page('Repositories');
  await leaveAllBut(inputs, [repository]);
  const rows = inputs.rows();
  await inputs.choose('Move 1 Repository');
  await inputs.page(setUp);
  return { running, rows };
}

/** Switches every row off that names none of these. */
async function leaveAllBut(inputs: Inputs, names: readonly string[]): Promise<void> {
  for (;;) {
    const row = inputs
      .rows()
      .map((text) => text.split(' | ')[0] ?? '')
      .find((label) => label.includes('Move: ') && !names.some((name) => label.endsWith(name)));
    if (row === undefined) return;
    await inputs.choose(row);
  }
}
