import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';

const defaultTimeout = 60_000;

/**
 * Drives a VS Code workbench as a person does: by what is written on it, with clicks and keys.
 * Every method waits until it can act and rejects with what it looked for after a minute (or the given milliseconds).
 */
export class Driver {
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

  /** Runs a command from the palette by its full title, `ACR Cache: Set Up …`. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.quickInput.waitFor();
    await this.quickInputBox.fill(`>${title}`);
    await this.pick(title);
  }

  // Quick picks and input boxes

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  get quickInputBox(): Locator {
    return this.quickInput.locator('.quick-input-box input, .quick-input-box textarea').first();
  }

  /** A quick pick's row whose text contains `text`. */
  row(text: string | RegExp): Locator {
    return this.quickInput.locator('.quick-input-list .monaco-list-row').filter({ hasText: text });
  }

  /** Waits for a quick pick or input box whose title contains `title`; returns the whole title. */
  async quickInputTitled(title: string, timeout = defaultTimeout): Promise<string> {
    const bar = this.quickInput.locator('.quick-input-titlebar').filter({ hasText: title });
    await bar.waitFor({ timeout });
    // A step that still loads shows a progress bar and may replace its rows.
    await this.quickInput.locator('.quick-input-progress.active').waitFor({ state: 'hidden', timeout });
    await this.checkRows();
    return (await this.quickInput.locator('.quick-input-title').innerText()).trim();
  }

  /** Chooses the first row of which this is the whole label. */
  async pickLabel(label: string): Promise<void> {
    await this.rowsAtRest();
    const rows = this.quickInput.locator('.quick-input-list .monaco-list-row');
    await rows
      .filter({ has: this.page.getByText(label, { exact: true }) })
      .first()
      .click();
  }

  /** Clicks a button at the end of the first row that contains `text`, by its tooltip. */
  async rowButton(text: string, label: string): Promise<void> {
    await this.rowsAtRest();
    const row = this.row(text).first();
    await row.hover();
    await row.locator(`.action-label[aria-label^="${label}"]`).click();
  }

  /**
   * Every row is a label of at most 60 characters and a detail of at most 80, whole in its line, and reads out in words.
   * @throws AssertionError naming the rows that are not so
   */
  async checkRows(): Promise<void> {
    const rows = await this.page.evaluate<{ label: string; detail: string; spoken: string; isCut: boolean }[]>(
      `[...document.querySelectorAll('.quick-input-widget .quick-input-list .monaco-list-row')].map((row) => ({
        label: row.querySelector('.quick-input-list-row:first-child .label-name')?.textContent ?? '',
        detail: row.querySelector('.quick-input-list-label-meta')?.textContent ?? '',
        spoken: row.getAttribute('aria-label') ?? '',
        isCut: [...row.querySelectorAll('.monaco-icon-label-container')].some((part) => part.scrollWidth > part.clientWidth + 1),
      }))`,
    );
    const wrong = rows.filter(
      ({ label, detail, spoken, isCut }) =>
        isCut || label.length > 60 || detail.length > 80 || /^[a-z]+(-[a-z~]+)* {2}/.test(spoken),
    );
    assert.deepEqual(wrong, [], 'rows that are too long, or read out no words');
  }

  /** The texts of the rows in view. */
  async rows(): Promise<string[]> {
    const rows = this.quickInput.locator('.quick-input-list .monaco-list-row');
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
  }

  /** Chooses the first row that contains `text`; filters by typing if it is not in view. */
  async pick(text: string, timeout = defaultTimeout): Promise<void> {
    const row = this.row(text).first();
    try {
      await row.waitFor({ timeout: Math.min(3000, timeout) });
    } catch {
      await this.quickInputBox.fill(text);
      await row.waitFor({ timeout });
    }
    await this.rowsAtRest();
    await row.click();
  }

  /** Ticks or unticks rows of a pick of many. */
  async tick(...texts: string[]): Promise<void> {
    for (const text of texts) {
      if (!(await this.row(text).first().isVisible())) await this.quickInputBox.fill(text);
      await this.tickRow(text);
      await this.quickInputBox.fill('');
    }
  }

  /** Ticks or unticks the first visible row that contains `text`. */
  async tickRow(text: string): Promise<void> {
    await this.rowsAtRest();
    await this.row(text)
      .first()
      .locator('.quick-input-list-checkbox, input[type=checkbox], .monaco-checkbox')
      .first()
      .click();
  }

  /** The rows in view that are ticked. */
  get tickedRows(): Locator {
    const ticked = this.page.locator(':is(input:checked, .monaco-checkbox.checked)');
    return this.quickInput.locator('.quick-input-list .monaco-list-row').filter({ has: ticked });
  }

  /** What rows are called, as a screen reader says it: their labels. */
  async namesOf(rows: Locator): Promise<string[]> {
    const labels = await Promise.all((await rows.all()).map((row) => row.getAttribute('aria-label')));
    return labels.map((label) => label?.split(', ')[0] ?? '');
  }

  /** Replaces the text of the input box. */
  async type(text: string): Promise<void> {
    await this.quickInputBox.fill(text);
  }

  /** Hits the keys of a text one after the other, and then Enter in the same rhythm if `enter` is set. */
  async typeKeys(text: string, delay: number, enter = false): Promise<void> {
    await this.page.keyboard.type(text, { delay });
    if (!enter) return;
    await this.page.waitForTimeout(delay);
    await this.page.keyboard.press('Enter');
  }

  /** Pastes a text where the keys go. */
  async paste(text: string): Promise<void> {
    await this.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await this.page.keyboard.press('ControlOrMeta+V');
  }

  /** Enter: takes the input, or the ticked rows. */
  async accept(): Promise<void> {
    await this.rowsAtRest();
    await this.quickInputBox.press('Enter');
  }

  /**
   * Waits until the rows stay as they are, and takes the mouse away from them. Pages load in pieces: a row that moves between aim
   * and click is another row. A tooltip of the last click may lie over them.
   */
  async rowsAtRest(): Promise<void> {
    await this.page.mouse.move(5, 5);
    // One that belongs to a page which has closed may stay for good; a click waits by itself if its target is covered.
    const tooltip = this.page.locator('.context-view .monaco-hover:visible');
    await tooltip.waitFor({ state: 'hidden', timeout: 2000 }).catch(() => undefined);
    const rows = this.quickInput.locator('.quick-input-list .monaco-list-row');
    let before: string;
    let now = (await rows.allInnerTexts()).join('\n');
    do {
      before = now;
      await this.page.waitForTimeout(150);
      now = (await rows.allInnerTexts()).join('\n');
    } while (now !== before);
  }

  async back(): Promise<void> {
    await this.quickInput.locator('.quick-input-titlebar .codicon-quick-input-back').click();
  }

  /** Clicks a button in a quick input's title bar or beside its box, by its tooltip. */
  async quickInputButton(label: string): Promise<void> {
    await this.quickInput
      .locator(`.action-label[aria-label^="${label}"], .monaco-button:has-text("${label}")`)
      .first()
      .click();
  }

  /** The message under the input box (validation), once it contains `text`. */
  async quickInputMessage(text: string): Promise<string> {
    const message = this.quickInput.locator('.quick-input-message').filter({ hasText: text });
    await message.waitFor();
    return message.innerText();
  }

  // Views and trees

  /** Opens a view container by its name in the activity bar. */
  async openView(name: string): Promise<void> {
    const action = this.page.locator(`.activitybar .action-item:has([aria-label^="${name}"])`).first();
    await action.waitFor();
    if ((await action.getAttribute('aria-expanded')) !== 'true') await action.locator('.action-label').click();
    await this.page.locator('.part.sidebar .composite.title').filter({ hasText: name }).waitFor();
  }

  /** The side bar's first tree item with `text` in its label or description. */
  treeItem(text: string): Locator {
    return this.page.locator('.part.sidebar .monaco-list-row[role="treeitem"]').filter({ hasText: text }).first();
  }

  /** A registry's item, not that of a rule with this upstream. */
  registryItem(name: string): Locator {
    const label = this.page.locator('.label-name', { hasText: name });
    return this.page.locator('.part.sidebar .monaco-list-row[role="treeitem"]').filter({ has: label });
  }

  /** Expands a tree item, if it is not expanded yet. */
  async expand(text: string): Promise<void> {
    const item = this.treeItem(text);
    await item.waitFor();
    if ((await item.getAttribute('aria-expanded')) === 'false') await item.locator('.monaco-tl-twistie').click();
    await this.page
      .locator('.part.sidebar .monaco-list-row[aria-expanded="true"]')
      .filter({ hasText: text })
      .first()
      .waitFor();
  }

  /** Expands a registry, if it is not expanded yet. */
  async expandRegistry(name: string): Promise<void> {
    const item = this.registryItem(name);
    await item.waitFor();
    if ((await item.getAttribute('aria-expanded')) === 'false') await item.locator('.monaco-tl-twistie').click();
  }

  /** The accessible labels of the tree's items in view. */
  async treeLabels(): Promise<string[]> {
    const items = await this.page.locator('.part.sidebar .monaco-list-row[role="treeitem"]').all();
    return Promise.all(items.map(async (item) => (await item.getAttribute('aria-label')) ?? (await item.innerText())));
  }

  /** Waits until the side bar's tree neither loads nor changes: VS Code forgets what a menu belongs to when its item is painted anew. */
  async treeAtRest(): Promise<void> {
    await this.page.locator('.part.sidebar .monaco-progress-container.active').first().waitFor({ state: 'hidden' });
    let before: string;
    let now = (await this.treeLabels()).join('\n');
    do {
      before = now;
      await this.page.waitForTimeout(300);
      now = (await this.treeLabels()).join('\n');
    } while (now !== before);
  }

  /** Chooses from a tree item's context menu; of a submenu its entry after it. */
  async contextMenu(item: string, ...entries: readonly string[]): Promise<void> {
    await this.treeAtRest();
    await this.treeItem(item).click({ button: 'right' });
    for (const entry of entries) await this.menuEntry(entry);
  }

  /** Clicks an inline action of a tree item by its tooltip. */
  async inlineAction(item: string, action: string): Promise<void> {
    await this.treeAtRest();
    await this.inlineActionNow(item, action);
  }

  /** As `inlineAction`, while the tree may be loading, and by so many clicks at once. */
  async inlineActionNow(item: string, action: string, clickCount = 1): Promise<void> {
    const row = this.treeItem(item);
    await row.hover();
    await row.locator(`.actions .action-label[aria-label^="${action}"]`).click({ clickCount });
  }

  /** Clicks an action in the title of the side bar's view by its tooltip. */
  async viewAction(label: string): Promise<void> {
    await this.page.locator(`.part.sidebar .action-label[aria-label^="${label}"]`).first().click();
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

  /** A link or button of a welcome view. */
  welcomeButton(text: string): Locator {
    return this.page
      .locator('.part.sidebar .welcome-view-content :is(a, .monaco-button)')
      .filter({ hasText: text })
      .first();
  }

  async menuEntry(text: string): Promise<void> {
    // A submenu is inside the entry that opens it.
    const entries = this.page.locator('.monaco-menu .action-item:not(:has(.monaco-menu))');
    const entry = entries.filter({ hasText: text }).first();
    await entry.waitFor();
    // A menu ignores the mouse for its first 100 ms: the click that opened it must not choose.
    await this.page.waitForTimeout(200);
    await entry.click();
  }

  // Messages

  /** A modal dialog that contains `text`. */
  async dialog(text: string, timeout = defaultTimeout): Promise<string> {
    const dialog = this.page.locator('.monaco-dialog-box').filter({ hasText: text });
    await dialog.waitFor({ timeout });
    return (await dialog.locator('.dialog-message-container').innerText()).trim();
  }

  async dialogButton(text: string): Promise<void> {
    await this.page.locator('.monaco-dialog-box .monaco-button').filter({ hasText: text }).first().click();
  }

  /** VS Code's question whether the extension may use an account. */
  async allowSignIn(): Promise<string> {
    const words = await this.dialog('wants to sign in');
    await this.dialogButton('Allow');
    return words;
  }

  /** A notification that contains `text`; returns all it says. */
  async notification(text: string, timeout = defaultTimeout): Promise<string> {
    const toast = this.notificationToast(text);
    await toast.waitFor({ timeout });
    return (await toast.locator('.notification-list-item-message').innerText()).trim();
  }

  async notificationButton(text: string, button: string): Promise<void> {
    await this.notificationToast(text).locator('.monaco-button').filter({ hasText: button }).first().click();
  }

  notificationToast(text: string): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text }).first();
  }

  /** Closes a notification. */
  async closeNotification(text: string): Promise<void> {
    const toast = this.notificationToast(text);
    await toast.hover();
    await toast.locator('.codicon-notifications-clear').click();
    await toast.waitFor({ state: 'hidden' });
  }

  // Editor and terminal

  /** Waits for an editor tab whose name contains `name`. */
  async editorTab(name: string): Promise<void> {
    await this.page.locator('.editor-group-container .tab').filter({ hasText: name }).first().waitFor();
  }

  /** Brings an editor to the front: after a reload another one may be, as VS Code had last saved it. */
  async showTab(name: string): Promise<void> {
    await this.page.locator('.editor-group-container .tab').filter({ hasText: name }).first().click();
  }

  /** The rendered Markdown of the active editor. */
  preview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame');
  }

  /** Clicks an action in the title of the active editor by its tooltip. */
  async editorAction(label: string): Promise<void> {
    await this.page
      .locator(`.editor-group-container.active .editor-actions .action-label[aria-label^="${label}"]`)
      .first()
      .click();
  }

  /** The lines of the active editor in view. */
  async editorText(): Promise<string> {
    const lines = this.page.locator('.editor-group-container.active .view-lines .view-line');
    await lines.first().waitFor();
    const painted = await Promise.all(
      (await lines.all()).map(async (line) => ({
        top: Number(/top:\s*(\d+)/.exec((await line.getAttribute('style')) ?? '')?.[1]),
        text: await line.innerText(),
      })),
    );
    // Monaco keeps lines in no order, and with no-break spaces.
    painted.sort((a, b) => a.top - b.top);
    return painted.map(({ text }) => text.replaceAll('\u00a0', ' ')).join('\n');
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.quickInput.waitFor();
    await this.type(name);
    await this.pick(name);
    await this.editorTab(name);
  }

  /** Waits until the lines of the active editor in view contain `text`. */
  async editorHas(text: string): Promise<void> {
    const end = Date.now() + defaultTimeout;
    for (;;) {
      const shown = await this.editorText();
      if (shown.includes(text)) return;
      if (Date.now() > end) throw new Error(`The editor does not show ${text}, but:\n${shown}`);
      await this.page.waitForTimeout(100);
    }
  }

  /** The text in view of the integrated terminal. */
  async terminalText(): Promise<string> {
    const rows = this.page.locator('.terminal-wrapper.active .xterm-rows > div');
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
  }

  /** Waits until the terminal shows `text`; returns all it shows. */
  async terminalShows(text: string | RegExp, timeout = defaultTimeout): Promise<string> {
    const started = Date.now();
    for (;;) {
      const shown = await this.terminalText();
      // A long line wraps: what is looked for may span rows.
      if (typeof text === 'string' ? shown.replaceAll('\n', '').includes(text) : text.test(shown)) return shown;
      if (Date.now() - started > timeout) throw new Error(`The terminal does not show ${String(text)}, but:\n${shown}`);
      await this.page.waitForTimeout(200);
    }
  }
}
