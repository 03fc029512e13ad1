import type { FrameLocator } from 'playwright-core';
import { Messages } from './driver/messages.ts';
import { defaultTimeout, type Painted } from './driver/workbench.ts';

/**
 * Drives a VS Code workbench as a person does: by what is written on it, with clicks and keys.
 * Every method waits until it can act and rejects with what it looked for after a minute (or the given milliseconds).
 * Here are editors and the terminal; below, in `driver/`, each on top of the one before, the window, quick inputs, the side bar, messages.
 */
export class Driver extends Messages {
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

  /** Reads something of the document in front; once more, if the document is painted anew meanwhile, which replaces its frame. */
  async ofDocument<T>(read: (document: FrameLocator) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await read(this.preview());
      } catch (error) {
        if (!/detached/i.test(String(error))) throw error;
      }
    }
  }

  /** Waits until nothing of the document in front is still being read. */
  async documentIsRead(): Promise<void> {
    await this.preview().locator('h1').waitFor();
    await this.preview().getByText('Reading…').first().waitFor({ state: 'detached' });
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
    // At once: lines come and go while the editor paints.
    const painted = await lines.evaluateAll((found: Painted[]) =>
      found.map(({ style, innerText }) => ({ top: parseInt(style.top), text: innerText })),
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
    await this.untilShown(
      `The editor does not show ${text}`,
      () => this.editorText(),
      (shown) => shown.includes(text),
    );
  }

  /** The text in view of the integrated terminal. */
  async terminalText(): Promise<string> {
    const rows = this.page.locator('.terminal-wrapper.active .xterm-rows > div');
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
  }

  /** Waits until the terminal shows `text`; returns all it shows. */
  async terminalShows(text: string | RegExp, timeout = defaultTimeout): Promise<string> {
    // A long line wraps: what is looked for may span rows.
    const isThere = (shown: string): boolean =>
      typeof text === 'string' ? shown.replaceAll('\n', '').includes(text) : text.test(shown);
    return this.untilShown(`The terminal does not show ${String(text)}`, () => this.terminalText(), isThere, timeout);
  }
}
