import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Milliseconds that everything waits for what it acts on. */
export const defaultTimeout = 60_000;

/** As much of an element as is read: the tests are compiled without the DOM's types. */
export interface Painted {
  readonly style: { readonly top: string };
  readonly innerText: string;
  getAttribute(name: string): string | null;
}

/** The window itself, and how everything in it waits. */
export class Workbench {
  readonly page: Page;
  readonly #screens: string;
  #screenNumber = 0;

  /** @param screens folder for screenshots; made if absent. */
  constructor(page: Page, screens: string) {
    this.page = page;
    this.#screens = screens;
    mkdirSync(screens, { recursive: true });
    page.setDefaultTimeout(defaultTimeout);
  }

  /** Waits until the workbench is painted and connected to its server's extension host. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    await this.page.locator('.monaco-workbench .part.activitybar .action-item').first().waitFor();
    await this.page.locator('.part.statusbar [id="status.host"]').waitFor();
  }

  /** Saves `NN-name.png`; returns its path. */
  async screenshot(name: string): Promise<string> {
    this.#screenNumber++;
    const number = String(this.#screenNumber).padStart(2, '0');
    const path = join(this.#screens, `${number}-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Reloads the window once VS Code has saved that an editor of this scheme is open, which takes it some seconds. */
  async reloadWithEditor(scheme: string): Promise<void> {
    const isSaved = `(async () => {
      for (const { name } of await indexedDB.databases()) {
        if (!name.startsWith('vscode-web-state-db')) continue;
        const db = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
        try {
          if (!db.objectStoreNames.contains('ItemTable')) continue;
          const item = db.transaction('ItemTable').objectStore('ItemTable').get('memento/workbench.parts.editor');
          const text = await new Promise((resolve) => (item.onsuccess = () => resolve(String(item.result))));
          if (text.includes(${JSON.stringify(scheme)})) return true;
        } finally {
          db.close();
        }
      }
      return false;
    })()`;
    const end = Date.now() + 60_000;
    while (!(await this.page.evaluate<boolean>(isSaved))) {
      assert.ok(Date.now() < end, `VS Code has not saved an editor of ${scheme}`);
      await this.page.waitForTimeout(250);
    }
    await this.page.reload();
    await this.ready();
  }

  /** Waits until what is read stays the same for `pause` milliseconds. */
  protected async untilAtRest(read: () => Promise<string[]>, pause: number): Promise<void> {
    let before: string;
    let now = (await read()).join('\n');
    do {
      before = now;
      await this.page.waitForTimeout(pause);
      now = (await read()).join('\n');
    } while (now !== before);
  }

  /** Reads until it is as wanted, and returns it. @throws Error with `problem` and what was read last */
  protected async untilShown(
    problem: string,
    read: () => Promise<string>,
    isWanted: (shown: string) => boolean,
    timeout = defaultTimeout,
  ): Promise<string> {
    const end = Date.now() + timeout;
    for (;;) {
      const shown = await read();
      if (isWanted(shown)) return shown;
      if (Date.now() > end) throw new Error(`${problem}, but:\n${shown}`);
      await this.page.waitForTimeout(100);
    }
  }
}
