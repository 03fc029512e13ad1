import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { moveWorkspace } from '../../../../src/ui/workspace/move/moveWorkspace.lazy.ts';
import { scanWorkspace } from '../../../../src/ui/workspace/scan/scan.lazy.ts';
import { connected, until } from './extensionUnderTest.ts';
import type { HostTests } from './hostTest.ts';
import { Inputs } from './inputs.ts';
import { setUpRule } from './sampleRules.ts';

/** Of the sample workspace. */
const sampleFiles = ['Dockerfile', 'compose.yaml', 'deploy/nightly.yaml', 'deploy/web.yaml'];

let made: ReturnType<typeof setUpRule> | undefined;

/** The rule that serves `myapp`, which most files of the sample workspace name. Made once. */
export function sampleRule(): ReturnType<typeof setUpRule> {
  return (made ??= setUpRule('host-room-identity', {
    ruleName: 'host-room-rule',
    source: { kind: 'repository', repository: 'myapp' },
    target: { kind: 'repository', repository: 'myapp' },
  }));
}

/** A file of the folder that is open. */
export function fileOf(name: string): vscode.Uri {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(root, 'no folder is open');
  return vscode.Uri.joinPath(root, name);
}

async function textOf(name: string): Promise<string> {
  return Buffer.from(await vscode.workspace.fs.readFile(fileOf(name))).toString('utf8');
}

/** What the product does with files anywhere: shown, fixed, searched and moved. The last test moves the sample workspace. */
export const editingTests: HostTests = {
  'an image has its problem, hover, lens, definition and quick fix': async () => {
    const { downstream, upstream, ruleId } = await sampleRule();
    const document = await vscode.workspace.openTextDocument(fileOf('Dockerfile'));
    await vscode.window.showTextDocument(document);
    const before = document.getText();
    const place = document.positionAt(before.indexOf(upstream.loginServer) + 1);
    const problems = () => vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'ACR Cache');
    await until('the problem is shown', () => problems().length === 1);
    assert.equal(problems()[0]?.range.start.line, place.line);

    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      place,
    );
    const words = hovers.flatMap(({ contents }) => contents.filter((one) => one instanceof vscode.MarkdownString));
    assert.match(words.map(({ value }) => value).join('\n'), /command:acrCache\.useCachedReference/);

    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      10,
    );
    const titles = lenses.map(({ command }) => command?.title ?? '');
    assert.ok(
      titles.some((title) => title.startsWith('Use the cache: ')),
      titles.join(),
    );

    const cached = document.positionAt(before.indexOf(downstream.loginServer) + 1);
    const [definition] = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
      'vscode.executeDefinitionProvider',
      document.uri,
      cached,
    );
    assert.ok(definition, 'no definition');
    const target = 'targetUri' in definition ? definition.targetUri : definition.uri;
    assert.match(target.query + target.path, new RegExp(ruleId.split('/').at(-1) ?? ''));

    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      new vscode.Range(place, place),
    );
    const fix = actions.find(({ title }) => title.startsWith('Use cached image'));
    assert.ok(fix?.edit, actions.map(({ title }) => title).join());
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.equal(
      document.getText(),
      before.replace(`${upstream.loginServer}/myapp`, `${downstream.loginServer}/myapp`),
    );
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  },

  'all files are looked at': async () => {
    const { services } = await connected();
    const { files, skipped } = await scanWorkspace(services);
    const names = files.map(({ uri }) => vscode.workspace.asRelativePath(uri));
    assert.deepEqual(names, sampleFiles);
    assert.deepEqual(skipped, []);
  },

  'the workspace is moved': async () => {
    const { services, downstream, upstream } = await sampleRule();
    const expected = new Map<string, string>();
    for (const name of sampleFiles) {
      const text = await textOf(name);
      expected.set(name, text.replaceAll(`${upstream.loginServer}/myapp`, `${downstream.loginServer}/myapp`));
    }
    const inputs = new Inputs();
    try {
      const running = moveWorkspace(services);
      await inputs.page('Downstream Registry');
      await inputs.choose(downstream.name);
      await inputs.page('Repositories');
      for (const repository of ['base/node', 'team/worker'])
        await inputs.choose(`Move: ${upstream.loginServer}/${repository}`);
      await inputs.choose('Move 1 Repository');
      let isOver = false;
      void running.finally(() => (isOver = true));
      await until('the preview was applied', async () => {
        await vscode.commands.executeCommand('refactorPreview.apply').then(undefined, () => undefined);
        return isOver;
      });
      const outcome = await running;
      assert.equal(outcome?.moves.filter((move) => move.outcome === 'changed').length, 3);
      assert.equal(outcome.saved, true);
    } finally {
      await inputs.cancel();
      inputs.dispose();
    }
    for (const [name, text] of expected) assert.equal(await textOf(name), text);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  },
};
