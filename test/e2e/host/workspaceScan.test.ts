import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { scanWorkspace } from '../../../src/ui/workspace/scan/scan.lazy.ts';
import { watchEventLoop } from '../../bench/eventLoop.ts';
import { connected } from './support/extensionUnderTest.ts';
import type { HostTests } from './support/hostTest.ts';

const fileCount = 5000;

/** Files as they are in a repository of many services: a quarter each of Dockerfiles, manifests, other JSON and Markdown. */
function writeFiles(folder: string, host: string): void {
  const files: [name: string, text: string][] = [
    ['Dockerfile', `FROM ${host}/team/app:1.0 AS build\nRUN make\nCOPY . /app\nFROM ${host}/base/node\n`],
    [
      'deployment.yaml',
      `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: ${host}/team/app:1.0\n`,
    ],
    [
      'settings.json',
      JSON.stringify({ names: Array.from({ length: 40 }, (_, index) => `value ${index}`) }, undefined, 2),
    ],
    ['README.md', `# Service\n\nText about it.\n\n\`\`\`sh\ndocker pull ${host}/team/app:1.0\n\`\`\`\n`],
  ];
  for (let index = 0; index < fileCount / files.length; index++) {
    const service = join(folder, `service${index}`);
    mkdirSync(service, { recursive: true });
    for (const [name, text] of files) writeFileSync(join(service, name), text);
  }
}

export const tests: HostTests = {
  'a workspace of 5,000 files is looked at; how long it holds the host is told': async ({ measure }) => {
    const { services } = await connected();
    const root = vscode.workspace.workspaceFolders?.[0];
    assert.ok(root);
    const folder = join(root.uri.fsPath, 'host-scan');
    writeFiles(folder, 'upstreamregistry.example');

    async function measured<T>(what: string, run: () => Thenable<T>): Promise<T> {
      const longest = watchEventLoop();
      const started = performance.now();
      const result = await run();
      const took = performance.now() - started;
      const { ms, busyMs } = longest();
      measure(`${what}, ms`, took);
      measure(`${what}: longest block by the clock, ms`, ms);
      measure(`${what}: longest block by processor time, ms`, busyMs);
      return result;
    }

    try {
      const { files, filesRead, skipped } = await measured('scan of 5,000 files', () => scanWorkspace(services));
      const ours = files.filter(({ uri }) => uri.path.includes('/host-scan/'));
      assert.equal(ours.length, (fileCount / 4) * 3);
      assert.ok(filesRead >= fileCount, String(filesRead));
      assert.deepEqual(skipped, []);
      await measured('once more', () => scanWorkspace(services));
      // What VS Code alone does for the list of them.
      const found = await measured('findFiles alone', () =>
        vscode.workspace.findFiles(new vscode.RelativePattern(root, 'host-scan/**')),
      );
      assert.equal(found.length, fileCount);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
