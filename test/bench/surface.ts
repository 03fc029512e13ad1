import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { applyPlan } from '../../src/provisioning/engine/apply.ts';
import { createJournal } from '../../src/provisioning/engine/journal.ts';
import { planOf } from '../../src/provisioning/plan.ts';
import { setUpOf } from '../../src/provisioning/requirements/requirementsOf.ts';
import { startSandbox } from '../sandbox/src/sandbox.ts';
import { articleScenario } from '../sandbox/src/scenarios.ts';
import { trustSandbox } from '../sandbox/src/trust.ts';
import type { Sandbox, Scenario } from '../sandbox/src/types.ts';
import { outFolder } from '../tools/command.ts';
import { Driver } from '../e2e/ui/driver.ts';
import { makeSampleWorkspace } from '../e2e/ui/sampleWorkspace.ts';
import { openWorkbench } from '../vscode/browser.ts';
import { startServerOnSandbox } from '../vscode/onSandbox.ts';
import { linkIn } from './setUp.ts';
import { signedIn } from './signedIn.ts';
import { median, percentile } from './statistics.ts';

/** Milliseconds. */
export interface Felt {
  readonly p50: number;
  readonly p95: number;
}

/** What a person waits for in VS Code. First page and document are without a network's time: Azure answers at once. */
export interface SurfaceResult {
  /** How often the window was reloaded, after which no code of ours but that of the activation is loaded. */
  readonly reloads: number;
  /**
   * Loading the code and running `activate`, by VS Code's own measure; of an extension that does nothing, activated by the same event
   * in the same host; and how much longer ours takes after one reload. Medians.
   */
  readonly activation: { readonly oursMs: number; readonly emptyMs: number; readonly differenceMs: number };
  /** From Enter in the command palette to rows in the first page of the set-up. */
  readonly firstPage: Felt;
  /** From a click on a rule to its document's heading. */
  readonly document: Felt;
  /** From Enter in the command palette to the heading of a webview that an extension opens which does nothing else. */
  readonly bareWebview: Felt;
  /** From a click on a registry that was never read to its first row, every answer taking `latencyMs`; requests of each at most. */
  readonly expand: Felt & { readonly latencyMs: number; readonly requests: number };
}

const reloads = 10;
const registries = 7;
const bareTitle = 'Bench: Open a Bare Webview';

/** Measures the surface in the embedded VS Code, with the extension as a user installs it. */
export async function measureSurface(vsix: string, latencyMs: number): Promise<SurfaceResult> {
  const folder = mkdtempSync(join(tmpdir(), 'acr-bench-'));
  const sandbox = await startSandbox({ scenario: scenario() });
  makeSampleWorkspace(join(folder, 'shop'), sandbox.info);
  await makeRule(sandbox, folder);
  const server = await startServerOnSandbox({
    sandbox: sandbox.info,
    dataFolder: join(folder, 'vscode'),
    vsix,
    extensions: [emptyExtension(folder)],
    // A document that is opened again would take the focus from the palette, and be there already.
    settings: { 'workbench.editor.restoreEditors': false },
  });
  const workbench = await openWorkbench({ server, folder: join(folder, 'shop') });
  try {
    const { page } = workbench;
    const driver = new Driver(page, join(outFolder, 'bench'));
    await driver.ready();
    await driver.openView('ACR Cache');
    await driver.welcomeButton('Sign In to Azure').click();
    await driver.allowSignIn();
    await driver.treeItem('myregistry').waitFor();

    sandbox.setLatency(latencyMs);
    const expanded = [];
    for (let index = 0; index < registries; index++) expanded.push(await expand(driver, sandbox, nameOf(index)));
    sandbox.setLatency(0);
    await driver.expand('myregistry');
    await driver.treeItem('myapp').waitFor();
    // The snapshot is written a second after the last change.
    await page.waitForTimeout(3000);

    const measured = [];
    for (let reload = 0; reload < reloads; reload++) measured.push(await afterReload(driver));
    return {
      reloads,
      activation: {
        oursMs: median(measured.map(({ ours }) => ours)),
        emptyMs: median(measured.map(({ empty }) => empty)),
        differenceMs: median(measured.map(({ ours, empty }) => ours - empty)),
      },
      firstPage: felt(measured.map(({ firstPage }) => firstPage)),
      document: felt(measured.map(({ document }) => document)),
      bareWebview: felt(measured.map(({ bareWebview }) => bareWebview)),
      expand: {
        ...felt(expanded.map(({ ms }) => ms)),
        latencyMs,
        requests: Math.max(...expanded.map(({ requests }) => requests)),
      },
    };
  } finally {
    await workbench.close();
    await server.stop();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function felt(values: readonly number[]): Felt {
  return { p50: median(values), p95: percentile(values, 95) };
}

function nameOf(index: number): string {
  return `unread${index}`;
}

/** The article's registries, and some without rules whose rows nobody has opened. */
function scenario(): Scenario {
  const article = articleScenario();
  const unread = Array.from({ length: registries }, (_, index) => ({
    name: nameOf(index),
    sku: 'Premium' as const,
    withoutContent: true,
  }));
  return {
    ...article,
    subscriptions: article.subscriptions.map((subscription) => ({
      ...subscription,
      resourceGroups: subscription.resourceGroups.map((group) => ({
        ...group,
        registries: [...(group.registries ?? []), ...unread],
      })),
    })),
  };
}

/** The article's cache rule, by the extension's own engine. */
async function makeRule(sandbox: Sandbox, folder: string): Promise<void> {
  trustSandbox(sandbox);
  const { info } = sandbox;
  const token = (principal: string, audience: string): Promise<string> =>
    Promise.resolve(sandbox.token(principal, audience));
  const azure = await signedIn({ info, token }, articleScenario());
  const plan = await planOf(azure, setUpOf(linkIn({ info }, { name: '', switchesMode: true })));
  const { outcome } = await applyPlan(azure, plan, { journal: createJournal(join(folder, 'journal')) });
  if (outcome !== 'complete') throw new Error(`The set-up did not end well: ${outcome}.`);
}

/** An extension that is activated when ours is, and does nothing until its command opens a webview. */
function emptyExtension(folder: string): string {
  const extension = join(folder, 'empty-extension');
  mkdirSync(extension);
  const manifest = {
    ...{ name: 'empty', displayName: 'Empty', publisher: 'bench', version: '1.0.0', type: 'module' },
    ...{ main: './extension.js', engines: { vscode: '*' }, activationEvents: ['onView:acrCache.registries'] },
    contributes: { commands: [{ command: 'bench.open', title: bareTitle }] },
  };
  writeFileSync(join(extension, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(extension, 'extension.js'),
    `import * as vscode from 'vscode';
    export function activate() {
      vscode.commands.registerCommand('bench.open', () => {
        vscode.window.createWebviewPanel('bench.page', 'Bare', vscode.ViewColumn.One).webview.html =
          '<!DOCTYPE html><html><body><h1>Bare</h1></body></html>';
      });
    }\n`,
  );
  return extension;
}

async function expand(driver: Driver, sandbox: Sandbox, name: string): Promise<{ ms: number; requests: number }> {
  await driver.treeAtRest();
  const row = driver.treeItem(name);
  const before = sandbox.log.length;
  // A child of the row: the one below it, a level deeper.
  await begin(
    driver.page,
    'mousedown',
    `[...document.querySelectorAll('.part.sidebar .monaco-list-row')].some((row) =>
      row.textContent.includes(${JSON.stringify(name)}) &&
      document.getElementById(row.id.replace(/\\d+$/, (index) => String(Number(index) + 1)))?.ariaLevel > row.ariaLevel)`,
  );
  await row.locator('.monaco-tl-twistie').click();
  const ms = await waited(driver.page);
  const requests = sandbox.log.length - before;
  await row.locator('.monaco-tl-twistie').click();
  return { ms, requests };
}

interface Reload {
  readonly ours: number;
  readonly empty: number;
  readonly firstPage: number;
  readonly document: number;
  readonly bareWebview: number;
}

async function afterReload(driver: Driver): Promise<Reload> {
  const { page } = driver;
  await page.reload();
  await driver.ready();
  await driver.treeItem('myregistry').waitFor();
  await driver.expand('myregistry');
  await driver.treeItem('myapp').waitFor();
  await driver.treeAtRest();

  await driver.runCommand('Developer: Show Running Extensions');
  const ours = await activationOf(page, 'ACR Artifact Cache');
  const empty = await activationOf(page, 'Empty');
  // It may be shown in a window over the others.
  await page.keyboard.press('Escape');
  await page.locator('.monaco-modal-editor-block').waitFor({ state: 'hidden' });

  await typeCommand(driver, 'ACR Cache: Set Up Cache from Another Registry');
  await begin(
    page,
    'keydown',
    `[...document.querySelectorAll('.quick-input-widget')].some((input) => input.checkVisibility() &&
      input.querySelector('.quick-input-title').textContent.includes('Downstream') &&
      input.querySelector('.quick-input-list .monaco-list-row'))`,
  );
  await page.keyboard.press('Enter');
  const firstPage = await waited(page);
  await driver.rowsAtRest();
  await page.keyboard.press('Escape');
  await driver.quickInput.waitFor({ state: 'hidden' });

  const document = await heading(driver, 'mousedown', () => driver.treeItem('myapp').click());
  await driver.runCommand('View: Close All Editors');
  await driver.preview().locator('h1').waitFor({ state: 'detached' });
  await typeCommand(driver, bareTitle);
  const bareWebview = await heading(driver, 'keydown', () => page.keyboard.press('Enter'));
  return { ours, empty, firstPage, document, bareWebview };
}

async function typeCommand(driver: Driver, title: string): Promise<void> {
  await driver.page.keyboard.press('F1');
  await driver.quickInput.waitFor();
  await driver.type(`>${title}`);
  await driver.rowsAtRest();
}

/** Milliseconds from the event that `open` causes to a heading in a webview. */
async function heading(driver: Driver, event: 'keydown' | 'mousedown', open: () => Promise<void>): Promise<number> {
  await driver.page.evaluate('window.isSeen = false');
  await begin(driver.page, event, 'window.isSeen');
  await open();
  await driver.preview().locator('h1').waitFor();
  // Seen by the test's own process: some milliseconds too late.
  await driver.page.evaluate('window.isSeen = true');
  return waited(driver.page);
}

/** Begins to wait for the next event of this kind, then for a frame in which something is so. */
async function begin(page: Page, event: 'keydown' | 'mousedown', condition: string): Promise<void> {
  await page.evaluate(`{
    window.waited = new Promise((resolve, reject) => {
      setTimeout(reject, 60_000, new Error('Not so after a minute: ' + ${JSON.stringify(condition)}));
      addEventListener('${event}', () => {
        const started = performance.now();
        const look = () => ((${condition}) ? resolve(performance.now() - started) : requestAnimationFrame(look));
        look();
      }, { capture: true, once: true });
    });
    undefined;
  }`);
}

/** Milliseconds from that event to that frame. */
function waited(page: Page): Promise<number> {
  return page.evaluate<number>('window.waited');
}

async function activationOf(page: Page, extension: string): Promise<number> {
  const running = page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: extension });
  const shown = running.filter({ hasText: /Activation: \d/ }).first();
  await shown.waitFor();
  return Number(/Activation: (\d+)\s*ms/i.exec(await shown.innerText())?.[1]);
}
