import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { healthWord } from '../../../src/domain/ruleVerdict.ts';
import type { Registry } from '../../../src/domain/types.ts';
import { createInventory } from '../../../src/inventory/inventory.ts';
import { createObservations } from '../../../src/inventory/observations.ts';
import { createSnapshotFile } from '../../../src/inventory/snapshotFile.ts';
import { hoverCommands } from '../../../src/ui/editor/hoverParts.ts';
import { provideHover } from '../../../src/ui/editor/providers.lazy.ts';
import { createInspections } from '../../../src/ui/editor/inspections.lazy.ts';
import { connected, quiet, until } from './support/extensionUnderTest.ts';
import { makeRules } from './support/sampleRules.ts';
import type { HostTests } from './support/hostTest.ts';

const identityName = 'host-editor-identity';
const servedRule = 'host-editor-served';
const failingRule = 'host-editor-failing';

interface World {
  readonly downstream: Registry;
  readonly upstream: Registry;
  readonly servedId: string;
  readonly failingId: string;
}

let world: Promise<World> | undefined;

/** Two rules, made once: `editor/go` and `editor/failing/*`, the latter with problems by its last diagnosis. */
function rules(): Promise<World> {
  return (world ??= makeWorld());
}

async function makeWorld(): Promise<World> {
  const { services, downstream, upstream, ids } = await makeRules(identityName, [
    [servedRule, 'base/perl', 'editor/python'],
    [failingRule, 'failing/*', 'editor/failing/*'],
  ]);
  const [servedId, failingId] = ids as [string, string];
  const findings = ['a', 'b'].map(
    (check) => ({ check, verdict: 'problem', pull: 'dependsOn', title: check, reason: '', hasRepair: false }) as const,
  );
  services.inventory.noteCheckup(
    failingId,
    { findings, checkedAt: '2025-06-01T10:00:00Z', served: false, isWhole: true },
    new Set(['a', 'b']),
  );
  services.inventory.noteProof(failingId, {
    image: '[x](command:workbench.action.quit)',
    by: 'docker',
    provenAt: '2025-06-01T10:00:00Z',
    digest: 'sha256:a',
    upstream: 'same',
  });
  return { downstream, upstream, servedId, failingId };
}

function folder(): vscode.Uri {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(root, 'no folder is open');
  return vscode.Uri.joinPath(root, 'host-editor');
}

/** Writes a file into the workspace and shows it. */
async function shown(name: string, text: string): Promise<vscode.TextDocument> {
  const uri = vscode.Uri.joinPath(folder(), name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

async function close(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.workspace.fs.delete(folder(), { recursive: true });
}

function positionOf(document: vscode.TextDocument, text: string): vscode.Position {
  const offset = document.getText().indexOf(text);
  assert.ok(offset >= 0, `no "${text}" in the file`);
  return document.positionAt(offset + 1);
}

/** What our hover says at a text, and its range; others' hovers, which do not run our commands, aside. */
async function hoverOn(
  document: vscode.TextDocument,
  text: string,
): Promise<{ text: string; markdown: vscode.MarkdownString; written: string } | undefined> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    positionOf(document, text),
  );
  for (const { contents, range } of hovers) {
    for (const markdown of contents) {
      if (!(markdown instanceof vscode.MarkdownString) || !/cache rule|Pulled from/i.test(markdown.value)) continue;
      return { text: markdown.value, markdown, written: range ? document.getText(range) : '' };
    }
  }
  return undefined;
}

async function hoverText(document: vscode.TextDocument, text: string): Promise<string> {
  const hover = await hoverOn(document, text);
  assert.ok(hover, `no hover on ${text}`);
  return hover.text;
}

function ours({ uri }: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'ACR Cache');
}

function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** Code and text of each of our diagnostics. */
function problems(document: vscode.TextDocument): string[] {
  return ours(document)
    .map((one) => `${codeOf(one)}: ${document.getText(one.range)}`)
    .sort();
}

async function lenses(document: vscode.TextDocument): Promise<vscode.Command[]> {
  const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    100,
  );
  return all.flatMap(({ command }) => (command?.command.startsWith('acrCache.') ? [command] : []));
}

async function settings(values: Record<string, unknown>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('acrCache');
  for (const [name, value] of Object.entries(values))
    await configuration.update(name, value, vscode.ConfigurationTarget.Global);
}

export const tests: HostTests = {
  'a Dockerfile: where an image comes from, what is pulled past the cache, and what no rule serves': async ({
    measure,
  }) => {
    const { downstream, upstream, servedId } = await rules();
    const served = `${downstream.loginServer}/editor/python:3.12`;
    const bypassed = `${upstream.loginServer}/base/perl:3.12`;
    // The source's path, where the target's belongs.
    const unserved = `${downstream.loginServer}/base/perl:3.12`;
    const document = await shown(
      'images/Dockerfile',
      `FROM ${served} AS one\nFROM ${bypassed} AS two\nFROM ${unserved}\nFROM nobody.example/app\n`,
    );
    const started = performance.now();
    await until('the problems are shown', () => ours(document).length === 2);
    measure('file shown to problems, ms', performance.now() - started);
    assert.deepEqual(problems(document), [`bypassedRule: ${bypassed}`, `unservedTarget: ${unserved}`].sort());

    const hover = await hoverOn(document, served);
    assert.ok(hover);
    assert.equal(hover.written, served);
    assert.deepEqual(
      [hover.markdown.supportHtml ?? false, hover.markdown.isTrusted],
      [false, { enabledCommands: [...hoverCommands] }],
    );
    for (const part of [servedRule, `${upstream.loginServer}/base/perl:3.12`, identityName, healthWord('unproven')])
      assert.ok(hover.text.replaceAll('\\', '').includes(part), `no "${part}" in:\n${hover.text}`);
    const other = await hoverText(document, bypassed);
    assert.ok(other.includes(servedRule), other);
    assert.ok(other.includes('command:acrCache.useCachedReference?'), other);
    assert.ok((await hoverText(document, unserved)).includes('editor/python'));
    assert.equal(await hoverOn(document, 'nobody.example/app'), undefined);

    const shownLenses = await lenses(document);
    assert.deepEqual(
      shownLenses.map(({ command }) => command),
      ['acrCache.openRule', 'acrCache.useCachedReference'],
    );
    assert.ok(shownLenses[0]?.title.includes(servedRule) && shownLenses[0].title.includes(healthWord('unproven')));
    const start = document.getText().indexOf(bypassed);
    assert.deepEqual(shownLenses[1]?.arguments, [
      {
        uri: document.uri.toString(),
        start,
        end: start + bypassed.length,
        ruleId: servedId,
      },
    ]);
    await close();
    await until('the problems of a closed file are gone', () => ours(document).length === 0);
  },

  'compose, with variables of its .env; Kubernetes; Bicep': async () => {
    const { downstream, upstream } = await rules();
    const host = upstream.loginServer;
    await vscode.workspace.fs.writeFile(
      vscode.Uri.joinPath(folder(), '.env'),
      new TextEncoder().encode(`REGISTRY=${host}\n`),
    );
    const compose = await shown('compose.yaml', 'services:\n  web:\n    image: "${REGISTRY}/base/perl:3.12" # base\n');
    await until('the problem in compose', () => ours(compose).length === 1);
    assert.ok((await hoverText(compose, '${REGISTRY}')).includes(servedRule));
    await vscode.workspace.fs.writeFile(
      vscode.Uri.joinPath(folder(), '.env'),
      new TextEncoder().encode('REGISTRY=nobody.example\n'),
    );
    await until('the changed .env is read', () => ours(compose).length === 0);

    const pod = await shown(
      'pod.yaml',
      `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  initContainers:\n    - name: i\n      image: ${host}/base/perl:1\n  containers:\n    - name: c\n      image: '${downstream.loginServer}/editor/failing/app:2'\n`,
    );
    await until('the problems in the manifest', () => ours(pod).length === 2);
    assert.deepEqual(ours(pod).map(codeOf).sort(), ['brokenRule', 'bypassedRule']);

    const bicep = await shown(
      'main.bicep',
      [
        "resource group 'Microsoft.ContainerInstance/containerGroups@2023-05-01' = {",
        "  name: 'group'",
        '  properties: {',
        `    containers: [{ name: 'a', properties: { image: '${downstream.loginServer}/editor/python:1' } }]`,
        "    note: 'x.example/editor/python:1'",
        '  }',
        '}',
        '',
      ].join('\n'),
    );
    assert.ok((await hoverText(bicep, downstream.loginServer)).includes('base/perl:1'));
    assert.equal(await hoverOn(bicep, 'x.example/editor'), undefined);
    await close();
  },

  'rules in a Bicep file: their mistakes, and what is deployed': async () => {
    const { downstream, upstream } = await rules();
    const definition = (symbol: string, name: string, source: string, target: string) => [
      `resource ${symbol} 'Microsoft.ContainerRegistry/registries/cacheRules@2023-07-01' = {`,
      '  parent: registry',
      `  name: '${name}'`,
      `  properties: { sourceRepository: '${upstream.loginServer}/${source}', targetRepository: '${target}' }`,
      '}',
    ];
    const document = await shown(
      'rules.bicep',
      [
        "resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = {",
        `  name: '${downstream.name}'`,
        '}',
        ...definition('one', servedRule, 'base/ruby', 'editor/python'),
        ...definition('two', 'host-editor-new', 'base/ruby', 'editor/ruby'),
        ...definition('three', 'host-editor-newer', 'base/node', 'editor/ruby'),
        '',
      ].join('\n'),
    );
    await until('the mistakes are shown', () => ours(document).some((one) => codeOf(one) === 'rule.sameTarget'));
    const same = ours(document).find((one) => codeOf(one) === 'rule.sameTarget');
    assert.equal(same?.severity, vscode.DiagnosticSeverity.Warning, 'more than the setting allows');
    assert.equal(same.relatedInformation?.[0]?.location.uri.toString(), document.uri.toString());
    const deployed = await hoverText(document, servedRule);
    assert.ok(
      deployed.includes('different source') && deployed.includes(`${upstream.loginServer}/base/perl`),
      deployed,
    );
    assert.match(await hoverText(document, 'host-editor-new'), /Not deployed/);
    await close();
  },

  'problems have the level of the settings, or are off; lenses too': async () => {
    const { downstream, upstream } = await rules();
    const document = await shown(
      'levels/Dockerfile',
      `FROM ${upstream.loginServer}/base/perl:1\nFROM ${downstream.loginServer}/editor/failing/x:1\n`,
    );
    const levels = () => Object.fromEntries(ours(document).map((one) => [codeOf(one), one.severity]));
    const { Error, Information, Warning } = vscode.DiagnosticSeverity;
    try {
      await until('the levels by default', () => ours(document).length === 2);
      assert.deepEqual(levels(), { bypassedRule: Information, brokenRule: Warning });
      await settings({ 'diagnostics.bypassedRule': 'error', 'diagnostics.brokenRule': 'off' });
      await until('other levels', () => ours(document).length === 1);
      assert.deepEqual(levels(), { bypassedRule: Error });
      await settings({ 'diagnostics.bypassedRule': 'off' });
      await until('no problem', () => ours(document).length === 0);
      assert.equal((await lenses(document)).length, 2);
      await settings({ codeLens: false });
      assert.equal((await lenses(document)).length, 0);
    } finally {
      await settings({
        codeLens: undefined,
        'diagnostics.bypassedRule': undefined,
        'diagnostics.brokenRule': undefined,
      });
    }
    await until('the levels by default again', () => ours(document).length === 2);
    await close();
  },

  'typing changes what is shown, and sends nothing': async () => {
    const { downstream, upstream } = await rules();
    const document = await shown('typing/Dockerfile', `FROM ${upstream.loginServer}/base/perl:1\n`);
    await until('the problem', () => ours(document).length === 1);
    const before = await quiet();
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document, document);
    const typed = `FROM ${downstream.loginServer}/editor/python:1\n`;
    for (let length = 1; length <= typed.length; length++) {
      await editor.edit((edit) =>
        edit.insert(document.positionAt(document.getText().length), typed.slice(length - 1, length)),
      );
    }
    await hoverText(document, 'editor/python');
    assert.equal((await lenses(document)).length, 2);
    await editor.edit((edit) => edit.delete(document.lineAt(0).rangeIncludingLineBreak));
    await until('the problem is gone with its line', () => ours(document).length === 0);
    assert.equal((await lenses(document)).length, 1);
    assert.equal(await quiet(), before, 'typing sent requests');
    await close();
  },

  'nothing from a file or from Azure becomes a command': async () => {
    const { downstream } = await rules();
    const document = await shown(
      'hostile/Dockerfile',
      [
        `FROM ${downstream.loginServer}/editor/failing/x:1`,
        `FROM ${downstream.loginServer}/[x](command:workbench.action.quit)`,
        `FROM "${downstream.loginServer}/<a href='command:workbench.action.quit'>x</a>"`,
        'FROM \u202eregistry.example/x',
        '',
      ].join('\n'),
    );
    await until('the problem', () => ours(document).length > 0);
    assert.deepEqual(ours(document).map(codeOf), ['brokenRule']);
    const text = await hoverText(document, 'editor/failing');
    const html = await vscode.commands.executeCommand<string>('markdown.api.render', text);
    assert.ok(html.includes(`${healthWord('problems')} (2)`), html);
    assert.ok(!/href="command:workbench/.test(html), html);
    assert.equal(await hoverOn(document, '[x](command'), undefined);
    assert.equal(await hoverOn(document, '<a href'), undefined);
    await close();
  },

  'without a connection it tells what the snapshot knows, and that it is not current': async () => {
    const { downstream, upstream } = await rules();
    const { services } = await connected();
    const path = services.storage.snapshot.fsPath;
    await until('the snapshot holds the rule', async () => {
      const text = await vscode.workspace.fs.readFile(services.storage.snapshot);
      return new TextDecoder().decode(text).includes(servedRule);
    });
    const inventory = createInventory({ snapshot: createSnapshotFile(path) });
    await inventory.restore();
    const inspections = createInspections({ ...services, inventory, observations: createObservations() });
    const document = await shown('snapshot/Dockerfile', `FROM ${downstream.loginServer}/editor/python:1\n`);
    const before = await quiet();
    const inspection = await inspections.of(document);
    assert.ok(inspection);
    const looked = { services: { ...services, inventory }, document, inspection };
    const hover = provideHover(looked, positionOf(document, 'editor/python'));
    const [markdown] = hover?.contents ?? [];
    assert.ok(markdown instanceof vscode.MarkdownString);
    assert.ok(markdown.value.includes(`${upstream.loginServer}/base/perl:1`), markdown.value);
    assert.ok(markdown.value.includes('earlier session'), markdown.value);
    assert.equal(await quiet(), before);
    inspections.dispose();
    await close();
  },

  'a comparison with an older version has no hover for that version': async () => {
    const { downstream } = await rules();
    const text = `FROM ${downstream.loginServer}/editor/python:1\n`;
    const provider = vscode.workspace.registerTextDocumentContentProvider('host-editor-old', {
      provideTextDocumentContent: () => text,
    });
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse('host-editor-old:/Dockerfile'));
    assert.equal(await hoverOn(document, 'editor/python'), undefined);
    assert.deepEqual(await lenses(document), []);
    provider.dispose();
  },
};
