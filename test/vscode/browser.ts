import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { VsCodeServer } from './server.ts';

export interface WorkbenchOptions {
  readonly server: VsCodeServer;
  /** Absolute path of the folder to open, or its URI if it is not on the server's disk. */
  readonly folder: string;
  /** Host tests: the extension under development and the module whose `run()` is called. Needs a server in test mode. */
  readonly tests?: { readonly extension: string; readonly entry: string };
  /** The extension under development, and the port at which a debugger finds its host. Needs a server in test mode. */
  readonly debug?: { readonly extension: string; readonly port: number };
  /**
   * Host tests: extension ids that may use accounts without the consent dialog, which test mode refuses to show.
   * The list is baked into the workbench's code, so it is changed while the page loads it.
   */
  readonly trusted?: readonly string[];
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface Workbench {
  readonly page: Page;
  readonly browser: Browser;
  /** Console messages and page errors, for a failure's report. */
  readonly console: readonly string[];
  close(): Promise<void>;
}

const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether there is a Chromium to drive; else what to install. */
export function missingBrowser(): string | undefined {
  return existsSync(chromiumPath)
    ? undefined
    : `No Chromium at ${chromiumPath}: install it, or set CHROMIUM to its path.`;
}

/** Opens a server's workbench in headless Chromium. Resolves once the page is loaded, not when VS Code is ready. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const missing = missingBrowser();
  if (missing) throw new Error(missing);
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments });
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const messages: string[] = [];
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => messages.push(`page error: ${error.message}`));
  if (options.trusted?.length) await trustExtensions(context, options.trusted);
  await page.goto(workbenchUrl(options), { timeout: 60_000 });
  return { page, browser, console: messages, close: () => browser.close() };
}

/** The address that opens the workbench on a folder. */
export function workbenchUrl(options: Pick<WorkbenchOptions, 'server' | 'folder' | 'tests' | 'debug'>): string {
  const url = new URL(options.server.url);
  url.searchParams.set('folder', options.folder);
  const { tests, debug } = options;
  const extension = tests?.extension ?? debug?.extension;
  if (extension === undefined) return url.href;
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${String(options.server.port)}${path}`;
  const payload = [['extensionDevelopmentPath', remote(extension)]];
  if (tests) payload.push(['extensionTestsPath', remote(tests.entry)]);
  if (debug) payload.push(['inspect-extensions', String(debug.port)]);
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

async function trustExtensions(context: BrowserContext, trusted: readonly string[]): Promise<void> {
  await context.route('**/workbench/workbench.js', async (route) => {
    const response = await route.fetch();
    const script = await response.text();
    const list = 'trustedExtensionAuthAccess:[';
    if (!script.includes(list)) throw new Error(`The workbench has no ${list}…: its way to trust extensions changed.`);
    const names = trusted.map((id) => `${JSON.stringify(id)},`).join('');
    await route.fulfill({ response, body: script.replace(list, () => list + names) });
  });
}
