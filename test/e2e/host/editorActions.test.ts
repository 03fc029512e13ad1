import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Registry } from '../../../src/domain/types.ts';
import { reportUri } from '../../../src/ui/shared/reports.ts';
import { createWorkspaceEdit } from '../../../src/ui/workspace/edits.lazy.ts';
import { scanWorkspace } from '../../../src/ui/workspace/scan/scan.lazy.ts';
import { connected, quiet, until } from './support/extensionUnderTest.ts';
import { makeRules } from './support/sampleRules.ts';
import type { HostTests } from './support/hostTest.ts';
import { withInputs } from './support/inputs.ts';
import { withMessages } from './support/messages.ts';

const staticRule = 'host-actions-chart';
const wildcardRule = 'host-actions-payments';

interface World {
  readonly downstream: Registry;
  readonly upstream: Registry;
  readonly staticId: string;
  readonly wildcardId: string;
}

let world: Promise<World> | undefined;

/** Two rules, made once: `actions/shop` and `actions/pay/*`. */
function rules(): Promise<World> {
  return (world ??= makeWorld());
}

async function makeWorld(): Promise<World> {
  const { services, downstream, upstream, ids } = await makeRules('host-actions-identity', [
    [staticRule, 'charts/shop', 'actions/shop'],
    [wildcardRule, 'team/payments/*', 'actions/pay/*'],
  ]);
  const [staticId, wildcardId] = ids as [string, string];
  await services.inventory.loadRules(upstream.id);
  return { downstream, upstream, staticId, wildcardId };
}

/** Of each test its own: VS Code remembers a document for a while after its file is gone. */
let folderNumber = 0;

function folder(): vscode.Uri {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(root, 'no folder is open');
  return vscode.Uri.joinPath(root, `host-actions-${folderNumber}`);
}

async function written(name: string, text: string): Promise<vscode.Uri> {
  const uri = vscode.Uri.joinPath(folder(), name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return uri;
}

async function shown(name: string, text: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(await written(name, text));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Without saving anything: files of the folder are deleted. */
async function close(): Promise<void> {
  for (const { uri, isDirty } of vscode.workspace.textDocuments) {
    if (!isDirty || !uri.path.startsWith(folder().path)) continue;
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.workspace.fs.delete(folder(), { recursive: true });
}

async function inFolder(run: (world: World) => Promise<void>): Promise<void> {
  const made = await rules();
  folderNumber++;
  try {
    await run(made);
  } finally {
    await close();
  }
}

/** One character into the text. */
function placeOf(document: vscode.TextDocument, text: string): vscode.Position {
  const offset = document.getText().indexOf(text);
  assert.ok(offset >= 0, `no "${text}" in:\n${document.getText()}`);
  return document.positionAt(offset + 1);
}

async function actionsAt(document: vscode.TextDocument, text: string): Promise<vscode.CodeAction[]> {
  const place = placeOf(document, text);
  const all = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    new vscode.Range(place, place),
  );
  return all.filter(({ title }) => /cache|Did you mean/.test(title));
}

async function actionAt(document: vscode.TextDocument, text: string, title: RegExp): Promise<vscode.CodeAction> {
  const all = await actionsAt(document, text);
  const found = all.find((action) => title.test(action.title));
  assert.ok(found, `no ${title} among: ${all.map((action) => action.title).join(' | ')}`);
  return found;
}

async function applied(action: vscode.CodeAction): Promise<void> {
  assert.ok(action.edit, `${action.title} has no edit`);
  assert.ok(await vscode.workspace.applyEdit(action.edit));
}

/** Applies "Use cached image" at a text, looks at the result, and undoes it. */
async function fixes(name: string, before: string, at: string, after: string): Promise<void> {
  const document = await shown(name, before);
  const whole = document.getText();
  await applied(await actionAt(document, at, /^Use cached image /));
  assert.equal(document.getText(), after);
  await vscode.commands.executeCommand('undo');
  await until('the text is as before', () => document.getText() === whole);
  await vscode.commands.executeCommand('workbench.action.files.revert');
}

async function completions(text: string, trigger?: string): Promise<{ label: string; text: string; detail: string }[]> {
  const offset = text.indexOf('|');
  const document = await shown(`Dockerfile.${Math.random().toString(36).slice(2)}`, text.replace('|', ''));
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    document.positionAt(offset),
    trigger,
  );
  const ours = list.items.filter(({ detail }) =>
    /^(Registry|Cache rule|Repository in|Tag (of|in)|Cached tag) /.test(detail ?? ''),
  );
  return ours.map((item) => {
    const label = typeof item.label === 'string' ? item.label : item.label.label;
    const range = item.range instanceof vscode.Range ? item.range : item.range?.replacing;
    assert.ok(range);
    const insert = typeof item.insertText === 'string' ? item.insertText : label;
    const all = document.getText();
    const line = all.slice(0, document.offsetAt(range.start)) + insert + all.slice(document.offsetAt(range.end));
    return { label, text: line, detail: item.detail ?? '' };
  });
}

export const tests: HostTests = {
  'quick fix: a Dockerfile pulls through the cache; tag and comment stay, undo restores': () =>
    inFolder(async ({ upstream, downstream }) => {
      const line = (name: string) => `# base\nFROM --platform=linux/amd64 ${name}:1.0 AS app # \u{1F600}\nRUN x\n`;
      await fixes(
        'Dockerfile',
        line(`${upstream.loginServer}/team/payments/api`),
        upstream.loginServer,
        line(`${downstream.loginServer}/actions/pay/api`),
      );
    }),

  'quick fix: a problem and its fix belong together, and the only one is preferred': () =>
    inFolder(async ({ upstream, downstream, wildcardId }) => {
      const document = await shown('Dockerfile', `FROM ${upstream.loginServer}/team/payments/api:1.0\n`);
      await until('the problem is shown', () =>
        vscode.languages.getDiagnostics(document.uri).some(({ source }) => source === 'ACR Cache'),
      );
      const action = await actionAt(document, upstream.loginServer, /^Use cached image /);
      assert.equal(action.title, `Use cached image ${downstream.loginServer}/actions/pay/api`);
      assert.equal(action.kind?.value, vscode.CodeActionKind.QuickFix.value);
      assert.equal(action.isPreferred, true);
      const diagnose = await actionAt(document, upstream.loginServer, /^Diagnose cache rule/);
      assert.deepEqual(diagnose.command?.arguments, [{ ruleId: wildcardId }]);
    }),

  'quick fix: compose with an anchor is changed where the image is written': () =>
    inFolder(async ({ upstream, downstream }) => {
      const text = (name: string) =>
        `x-image: &image '${name}:0.1.0' # shared\r\nservices:\r\n  a:\r\n    image: *image\r\n  b:\r\n    image: *image\r\n`;
      await fixes(
        'compose.yaml',
        text(`${upstream.loginServer}/charts/shop`),
        upstream.loginServer,
        text(`${downstream.loginServer}/actions/shop`),
      );
    }),

  'quick fix: Helm keeps registry, repository and tag apart': () =>
    inFolder(async ({ upstream, downstream }) => {
      const text = (registry: string, repository: string) =>
        `image:\n  registry: "${registry}"\n  repository: ${repository} # which\n  tag: '2026.10'\n`;
      await fixes(
        'values.yaml',
        text(upstream.loginServer, 'team/payments/api'),
        'team/payments',
        text(downstream.loginServer, 'actions/pay/api'),
      );
    }),

  'quick fix: kustomize is given a newName': () =>
    inFolder(async ({ upstream, downstream }) => {
      const document = await shown(
        'kustomization.yaml',
        `images:\n  - name: ${upstream.loginServer}/charts/shop\n    newTag: 0.2.0\n`,
      );
      await applied(await actionAt(document, upstream.loginServer, /^Use cached image /));
      assert.match(document.getText(), new RegExp(`newName: ['"]?${downstream.loginServer}/actions/shop`));
      assert.match(document.getText(), new RegExp(`name: ${upstream.loginServer}/charts/shop\n`));
      assert.match(document.getText(), /newTag: 0\.2\.0/);
    }),

  'everywhere in the file, and "did you mean"': () =>
    inFolder(async ({ upstream, downstream }) => {
      const [up, down] = [upstream.loginServer, downstream.loginServer];
      const document = await shown(
        'Dockerfile',
        `FROM ${up}/team/payments/api:1 AS a\nFROM ${up}/charts/shop\nFROM ${up}/team/payments/web@sha256:${'a'.repeat(64)}\nFROM ${down}/charts/shop:1\n`,
      );
      await applied(await actionAt(document, `${up}/team`, /^Use the 2 cached images .* in this file/));
      assert.equal(
        document.getText(),
        `FROM ${down}/actions/pay/api:1 AS a\nFROM ${up}/charts/shop\nFROM ${down}/actions/pay/web@sha256:${'a'.repeat(64)}\nFROM ${down}/charts/shop:1\n`,
      );
      await applied(await actionAt(document, `${down}/charts/shop`, /^Did you mean .*actions\/shop/));
      assert.match(document.getText(), /actions\/shop:1\n/);
    }),

  'a command of a hover changes only what is still there': () =>
    inFolder(async ({ upstream, downstream, staticId, wildcardId }) => {
      const document = await shown('Dockerfile', `FROM ${upstream.loginServer}/charts/shop:0.1.0\n`);
      const before = document.getText();
      const place = { uri: document.uri.toString(), start: 5, end: before.length - 1 };
      const use = (argument: object) => vscode.commands.executeCommand('acrCache.useCachedReference', argument);
      await withMessages(async () => {
        await use({ ...place, ruleId: wildcardId });
        await use({ ...place, start: 4, ruleId: staticId });
        await use({ ...place, uri: 'nonsense', ruleId: staticId });
      });
      assert.equal(document.getText(), before);
      await use({ ...place, ruleId: staticId });
      assert.equal(document.getText(), `FROM ${downstream.loginServer}/actions/shop:0.1.0\n`);
    }),

  'workspace: a preview with all changes ticked; files with CRLF and files that are not open': () =>
    inFolder(async ({ upstream, downstream, wildcardId }) => {
      const [up, down] = [upstream.loginServer, downstream.loginServer];
      await written(
        'one/Dockerfile',
        `\uFEFFFROM ${up}/team/payments/api:1\r\nRUN a\r\nFROM ${up}/team/payments/web\r\n`,
      );
      await written('two/compose.yaml', `services:\n  a:\n    image: ${up}/team/payments/api:2 # \u{1F600}\n`);
      await written('three/Dockerfile', `FROM ${up}/base/node\n`);
      const running = vscode.commands.executeCommand('acrCache.useCachedInWorkspace', { ruleId: wildcardId });
      const one = vscode.Uri.joinPath(folder(), 'one/Dockerfile');
      const two = vscode.Uri.joinPath(folder(), 'two/compose.yaml');
      const textOf = async (uri: vscode.Uri) => (await vscode.workspace.openTextDocument(uri)).getText();
      await until('the preview is applied', async () => {
        await vscode.commands.executeCommand('refactorPreview.apply').then(undefined, () => undefined);
        return (await textOf(one)).includes('actions/pay');
      });
      await running;
      assert.equal(await textOf(one), `FROM ${down}/actions/pay/api:1\r\nRUN a\r\nFROM ${down}/actions/pay/web\r\n`);
      assert.equal(await textOf(two), `services:\n  a:\n    image: ${down}/actions/pay/api:2 # \u{1F600}\n`);
      assert.equal(await textOf(vscode.Uri.joinPath(folder(), 'three/Dockerfile')), `FROM ${up}/base/node\n`);
    }),

  'one edit of several files: line ends of every kind, characters of two units': () =>
    inFolder(async () => {
      const uri = await written('mixed.txt', 'a\r\nb\nc\rd \u{1F600} here\r\nend');
      const other = await written('other.txt', 'here');
      const read = async (one: vscode.Uri) => new TextDecoder().decode(await vscode.workspace.fs.readFile(one));
      const changes = async (one: vscode.Uri) => {
        const text = await read(one);
        const start = text.indexOf('here');
        return { uri: one, text, label: 'test', changes: [{ range: { start, end: start + 4 }, text: 'there' }] };
      };
      const edit = createWorkspaceEdit([await changes(uri), await changes(other)], { preview: false });
      assert.ok(await vscode.workspace.applyEdit(edit));
      const document = await vscode.workspace.openTextDocument(uri);
      assert.equal(document.lineAt(3).text, 'd \u{1F600} there');
      assert.equal((await vscode.workspace.openTextDocument(other)).getText(), 'there');
    }),

  'scan: open text wins, excluded, binary and huge files are left out': () =>
    inFolder(async ({ upstream }) => {
      const { services } = await connected();
      const line = `FROM ${upstream.loginServer}/charts/shop\n`;
      await written('a/Dockerfile', line);
      await written('node_modules/a/Dockerfile', line);
      await written('binary/Dockerfile', `FROM x\n${'\0'.repeat(600)}`);
      await written('huge/Dockerfile', `${'#'.repeat(7_000_000)}\n${line}`);
      await written('latin/Dockerfile', '');
      const latin = vscode.Uri.joinPath(folder(), 'latin/Dockerfile');
      await vscode.workspace.fs.writeFile(latin, Buffer.from(`# caf\xe9\n${line}`, 'latin1'));
      await written('compose/.env', `REGISTRY=${upstream.loginServer}\n`);
      await written('compose/compose.yaml', 'services:\n  a:\n    image: ${REGISTRY}/charts/shop:1\n');
      const open = await shown('open/Dockerfile', 'FROM scratch\n');
      const edit = new vscode.WorkspaceEdit();
      edit.insert(open.uri, new vscode.Position(0, 0), line);
      await vscode.workspace.applyEdit(edit);
      const steps: number[] = [];
      const scan = await scanWorkspace(services, { onProgress: (done) => steps.push(done) });
      const below = folder().path.length + 1;
      const names = scan.files.map(({ uri }) => uri.path.slice(below)).filter((name) => name.includes('/'));
      const mine = names.filter((name) => /^(a|node_modules|binary|huge|latin|compose|open)\//.test(name));
      assert.deepEqual(mine.sort(), ['a/Dockerfile', 'compose/compose.yaml', 'latin/Dockerfile', 'open/Dockerfile']);
      const reasons = scan.skipped.map(({ path, reason }) => `${path.slice(path.indexOf('/') + 1)}: ${reason}`);
      assert.ok(
        reasons.some((text) => /^huge.*longer/i.test(text)) && reasons.some((text) => /^binary/i.test(text)),
        reasons.join(),
      );
      assert.ok(steps.length > 0 && steps.at(-1)! >= scan.filesRead);
      const source = new vscode.CancellationTokenSource();
      source.cancel();
      assert.equal((await scanWorkspace(services, { token: source.token })).filesRead, 0);
    }),

  'completion: registries, targets and tags where an image is expected, and nowhere else': () =>
    inFolder(async ({ upstream, downstream }) => {
      const { services } = await connected();
      const [up, down] = [upstream.loginServer, downstream.loginServer];
      services.observations.noteRepositories(upstream.id, ['team/payments/api', 'base/node']);
      services.observations.noteTags(upstream.id, 'charts/shop', ['0.2.0', '0.1.0']);
      const first = await completions('FROM |');
      assert.ok(
        first.some(({ text }) => text === `FROM ${down}/`),
        JSON.stringify(first),
      );
      assert.ok(first.some(({ text, detail }) => text === `FROM ${down}/actions/shop` && detail.includes(staticRule)));
      const order = first.filter(({ detail }) => detail.startsWith('Registry')).map(({ label }) => label);
      assert.ok(order.indexOf(`${down}/`) < order.indexOf(`${up}/`), order.join());
      // Typed after FROM, a blank offers the same; elsewhere nothing.
      const typed = await completions('FROM --platform=linux/amd64 |', ' ');
      assert.ok(
        typed.some(({ label }) => label === 'actions/shop' || label === `${down}/`),
        JSON.stringify(typed),
      );
      const targets = await completions(`FROM ${down}/|:1 AS a\n`, '/');
      const labels = targets.map(({ label }) => label);
      for (const one of ['actions/shop', 'actions/pay/', 'actions/pay/api'])
        assert.ok(labels.includes(one), labels.join());
      assert.ok(!labels.includes('base/node'));
      assert.ok(targets.some(({ text }) => text === `FROM ${down}/actions/shop:1 AS a\n`));
      const upstreams = (await completions(`FROM ${up}/|`)).map(({ label }) => label);
      assert.deepEqual(upstreams, ['team/payments/api', 'base/node']);
      const tags = await completions(`FROM ${down}/actions/shop:0|.9 AS b\n`, ':');
      assert.deepEqual(
        tags.map(({ text }) => text),
        ['0.2.0', '0.1.0'].map((tag) => `FROM ${down}/actions/shop:${tag} AS b\n`),
      );
      for (const nowhere of [`# ${down}/|`, `FROM a\nRUN echo ${down}/|`, 'LABEL a=|', `FROM ${down}/a@sha256:|`]) {
        assert.deepEqual(await completions(nowhere), [], nowhere);
      }
    }),

  'definition and link lead to the rule’s document, which opens rendered and is filled': () =>
    inFolder(async ({ downstream, staticId }) => {
      const { services } = await connected();
      const document = await shown(
        'Dockerfile',
        `ARG BASE=${downstream.loginServer}/actions/shop:0.1.0\nFROM \${BASE}\n`,
      );
      const target = reportUri('rule', staticId).toString();
      for (const at of [downstream.loginServer, '${BASE}']) {
        const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
          'vscode.executeDefinitionProvider',
          document.uri,
          placeOf(document, at),
        );
        const uris = found.map((one) => ('targetUri' in one ? one.targetUri : one.uri).toString());
        assert.deepEqual(uris, [target], at);
      }
      const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
        'vscode.executeLinkProvider',
        document.uri,
      );
      const link = links.find((one) => one.target?.toString() === target);
      assert.match(link?.tooltip ?? '', new RegExp(`${staticRule} in myregistry`));
      // Looking where it leads asks nothing of Azure; an editor does.
      const report = reportUri('rule', staticId);
      const looked = await vscode.workspace.openTextDocument(report);
      assert.ok(looked.getText().includes(staticRule), looked.getText());
      await quiet();
      const isFilled = () => !/Loading/.test(services.documents.textOf(report) ?? 'Loading');
      assert.equal(isFilled(), false, 'Azure was asked by looking');
      const editor = await vscode.window.showTextDocument(document);
      editor.selection = new vscode.Selection(
        placeOf(document, downstream.loginServer),
        placeOf(document, downstream.loginServer),
      );
      await vscode.commands.executeCommand('editor.action.revealDefinition');
      const input = () => vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      await until('the rule’s document is open', () => {
        const tab = input();
        return (
          (tab instanceof vscode.TabInputCustom || tab instanceof vscode.TabInputText) && tab.uri.toString() === target
        );
      });
      assert.ok(input() instanceof vscode.TabInputCustom, 'it is not rendered');
      await until('the document is filled', isFilled);
    }),

  'our link stays in front of one that another extension registers later': () =>
    inFolder(async ({ downstream, staticId }) => {
      const document = await shown('front/Dockerfile', `FROM ${downstream.loginServer}/actions/shop:0.1.0\n`);
      const targets = async () =>
        (await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', document.uri)).map(
          (link) => String(link.target),
        );
      const ours = reportUri('rule', staticId).toString();
      assert.deepEqual(await targets(), [ours]);
      const server = vscode.extensions.getExtension<{ start(): vscode.Disposable }>('docker.docker');
      assert.ok(server, 'the fixture is not installed');
      const started = (await server.activate()).start();
      try {
        await until('our link is in front again', async () => (await targets()).includes(ours));
        assert.deepEqual(await targets(), [ours]);
      } finally {
        started.dispose();
      }
    }),

  'references: both names of a rule’s images, in all files': () =>
    inFolder(async ({ upstream, downstream, staticId }) => {
      const [up, down] = [upstream.loginServer, downstream.loginServer];
      const document = await shown('Dockerfile', `FROM ${down}/actions/shop:0.1.0\nFROM ${up}/team/payments/api\n`);
      await written('compose.yaml', `services:\n  a:\n    image: ${up}/charts/shop:0.2.0\n`);
      const found = await vscode.commands.executeCommand<vscode.Location[]>(
        'vscode.executeReferenceProvider',
        document.uri,
        placeOf(document, `${down}/actions`),
      );
      const places = found.map(({ uri, range }) => `${uri.path.split('/').at(-1)}:${range.start.line}`);
      assert.deepEqual(places.sort(), ['Dockerfile:0', 'compose.yaml:2']);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.commands.executeCommand('acrCache.findRuleReferences', { ruleId: staticId });
      await until('an editor shows the first reference', () => {
        const active = vscode.window.activeTextEditor?.document.uri.path ?? '';
        return active.startsWith(folder().path);
      });
      await vscode.commands.executeCommand('closeReferenceSearch');
    }),

  'rename: host and repository in all files; tags stay, and elsewhere it is refused': () =>
    inFolder(async ({ upstream, downstream }) => {
      const [up, down] = [upstream.loginServer, downstream.loginServer];
      const document = await shown('Dockerfile', `FROM ${up}/charts/shop:0.1.0 AS app\nFROM ${up}/charts/shop2\n`);
      await written('compose.yaml', `services:\n  a:\n    image: "${up}/charts/shop" # c\n`);
      const place = placeOf(document, up);
      const prepared = await vscode.commands.executeCommand<{ range: vscode.Range; placeholder: string }>(
        'vscode.prepareRename',
        document.uri,
        place,
      );
      assert.equal(prepared.placeholder, `${up}/charts/shop`);
      assert.equal(document.getText(prepared.range), `${up}/charts/shop`);
      const rename = (name: string, at = place) =>
        vscode.commands.executeCommand<vscode.WorkspaceEdit>(
          'vscode.executeDocumentRenameProvider',
          document.uri,
          at,
          name,
        );
      for (const wrong of ['charts', `${up}/charts/shop:1`, `${up}/Charts`, '']) {
        await assert.rejects(async () => rename(wrong), `"${wrong}" was accepted`);
      }
      await assert.rejects(async () => rename(`${down}/x`, placeOf(document, '0.1.0')));
      assert.ok(await vscode.workspace.applyEdit(await rename(`${down}/renamed/shop`)));
      assert.equal(document.getText(), `FROM ${down}/renamed/shop:0.1.0 AS app\nFROM ${up}/charts/shop2\n`);
      const compose = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), 'compose.yaml'));
      assert.equal(compose.getText(), `services:\n  a:\n    image: "${down}/renamed/shop" # c\n`);
    }),

  'a rule for an image: the wizard begins behind what is known': () =>
    inFolder(({ upstream }) =>
      withInputs(async (inputs) => {
        const running = vscode.commands.executeCommand('acrCache.createRuleFor', {
          image: `${upstream.loginServer}/tools/lint-runner:3.2.1`,
        });
        await inputs.page('Cache upstreamregistry in myregistry');
        assert.ok(
          inputs.rows().some((row) => row.startsWith('tools/lint-runner')),
          inputs.rows().join('\n'),
        );
        await inputs.cancel();
        await running;
      }),
    ),

  'pull now: the repository comes from the file, the registry from the rule alone': () =>
    inFolder(async ({ upstream, downstream, wildcardId }) => {
      await withMessages(async (errors) => {
        for (const image of [`${upstream.loginServer}/actions/pay/api:1`, `${downstream.loginServer}/other/api:1`]) {
          await vscode.commands.executeCommand('acrCache.pullImage', { ruleId: wildcardId, image });
        }
        assert.equal(errors.length, 2, JSON.stringify(errors));
        for (const { text } of errors) assert.match(text, /does not serve/);
      });
      await withInputs(async (inputs) => {
        const running = vscode.commands.executeCommand('acrCache.pullImage', {
          ruleId: wildcardId,
          image: `${downstream.loginServer}/actions/pay/api`,
        });
        await inputs.page('Tag');
        await inputs.cancel();
        await running;
      });
    }),
};
