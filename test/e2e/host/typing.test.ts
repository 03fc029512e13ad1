import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cacheRuleArmId, identityArmId } from '../../../src/domain/armId.ts';
import { watchEventLoop, type LongestBlock } from '../../bench/eventLoop.ts';
import { connected, registryNamed, until } from './support/extensionUnderTest.ts';
import type { HostTests } from './support/hostTest.ts';

const references = 1000;
const keystrokes = 2;

type Block = (image: string, index: number) => string;

/** Five lines for each image. */
const files: readonly (readonly [name: string, head: string, block: Block])[] = [
  [
    'Dockerfile',
    '',
    (image, index) =>
      `# Stage of team ${index}\nFROM ${image} AS stage-${index}\nWORKDIR /src/${index}\nCOPY . .\nRUN make install\n`,
  ],
  [
    'compose.yaml',
    'services:\n',
    (image, index) =>
      `  service-${index}: # of team ${index}\n    image: "${image}"\n    restart: unless-stopped\n    environment:\n      LEVEL: debug\n`,
  ],
  [
    'pods.yaml',
    '',
    (image, index) =>
      `---\napiVersion: v1 # of team ${index}\nkind: Pod\nmetadata: {name: pod-${index}}\nspec: {containers: [{name: web, image: "${image}"}]}\n`,
  ],
];

/** A rule that half of the images go through, and the other half should. */
async function imagesOfRule(): Promise<(index: number) => string> {
  const { services } = await connected();
  const azure = await services.azure();
  const [downstream, upstream] = [registryNamed(services, 'myregistry'), registryNamed(services, 'upstreamregistry')];
  const identityId = identityArmId(downstream.subscriptionId, downstream.resourceGroup, 'host-typing-identity');
  await azure.identities.create(identityId, 'eastus');
  await azure.cacheRules.create(cacheRuleArmId(downstream.id, 'host-typing'), {
    sourceRepository: `${upstream.loginServer}/typing/*`,
    targetRepository: 'typing/*',
    identityId,
  });
  await services.inventory.loadRules(downstream.id, { force: true });
  return (index) => `${(index % 2 ? upstream : downstream).loginServer}/typing/app-${index}:1.${index}`;
}

/** The next time that a file's problems are told; each change of it ends so. */
function problemsTold(uri: vscode.Uri): Promise<void> {
  return new Promise((resolve) => {
    const listening = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (!uris.some((changed) => changed.toString() === uri.toString())) return;
      listening.dispose();
      resolve();
    });
  });
}

/** All that VS Code asks for when it shows a place of a file, asked for and answered. */
async function shown(uri: vscode.Uri): Promise<void> {
  await Promise.all([
    vscode.commands.executeCommand('vscode.executeLinkProvider', uri),
    vscode.commands.executeCommand('vscode.executeCodeLensProvider', uri),
  ]);
}

/** Types a character, and waits for all that follows. */
async function type(editor: vscode.TextEditor, at: vscode.Position): Promise<LongestBlock> {
  const told = problemsTold(editor.document.uri);
  const longest = watchEventLoop();
  await editor.edit((edit) => edit.insert(at, 'x'), { undoStopBefore: false, undoStopAfter: false });
  await told;
  await shown(editor.document.uri);
  return longest();
}

export const tests: HostTests = {
  'typing in a file of 5,000 lines with 1,000 images keeps its problems; how long it holds the host is told': async ({
    measure,
  }) => {
    const imageOf = await imagesOfRule();
    const root = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(root);
    const folder = vscode.Uri.joinPath(root, 'host-typing');
    for (const [name, head, block] of files) {
      const text = head + Array.from({ length: references }, (_, index) => block(imageOf(index), index)).join('');
      const uri = vscode.Uri.joinPath(folder, name);
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
      const ours = (): number =>
        vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'ACR Cache').length;
      const opened = watchEventLoop();
      const editor = await vscode.window.showTextDocument(uri);
      await until(`the problems of ${name}`, () => ours() === references / 2);
      await shown(uri);
      measure(`${name} opened: longest block by processor time, ms`, opened().busyMs);
      const blocks: LongestBlock[] = [];
      for (let key = 0; key < keystrokes; key++) {
        const place = editor.document.getText().indexOf('of team', (text.length * (key + 0.5)) / keystrokes);
        const at = editor.document.positionAt(place);
        editor.revealRange(new vscode.Range(at, at));
        await shown(uri);
        blocks.push(await type(editor, at));
      }
      assert.equal(ours(), references / 2);
      measure(`${name}, a keystroke: longest block by the clock, ms`, Math.max(...blocks.map(({ ms }) => ms)));
      measure(
        `${name}, a keystroke: longest block by processor time, ms`,
        Math.max(...blocks.map(({ busyMs }) => busyMs)),
      );
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    await vscode.workspace.fs.delete(folder, { recursive: true });
  },
};
