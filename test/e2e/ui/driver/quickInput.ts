import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { defaultTimeout, type Painted, Workbench } from './workbench.ts';

/** Quick picks, input boxes and the command palette. */
export class QuickInput extends Workbench {
  /** Runs a command from the palette by its full title, `ACR Cache: Set Up …`. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.quickInput.waitFor();
    await this.quickInputBox.fill(`>${title}`);
    await this.pick(title);
  }

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  get quickInputBox(): Locator {
    return this.quickInput.locator('.quick-input-box input, .quick-input-box textarea').first();
  }

  get allRows(): Locator {
    return this.quickInput.locator('.quick-input-list .monaco-list-row');
  }

  /** A quick pick's row whose text contains `text`. */
  row(text: string | RegExp): Locator {
    return this.allRows.filter({ hasText: text });
  }

  /** Waits for a quick pick or input box whose title contains `title`; returns the whole title. */
  async quickInputTitled(title: string, timeout = defaultTimeout): Promise<string> {
    const bar = this.quickInput.locator('.quick-input-titlebar').filter({ hasText: title });
    await bar.waitFor({ timeout });
    // A step that still loads shows a progress bar and may replace its rows.
    await this.quickInput.locator('.quick-input-progress.active').waitFor({ state: 'hidden', timeout });
    await this.quickInput.locator(':focus').first().waitFor({ timeout });
    await this.checkRows();
    return (await this.quickInput.locator('.quick-input-title').innerText()).trim();
  }

  /** Chooses the first row of which this is the whole label. */
  async pickLabel(label: string): Promise<void> {
    await this.rowsAtRest();
    await this.allRows
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
    await this.allRows.first().waitFor();
    return (await this.allRows.allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());
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
    return this.allRows.filter({ has: ticked });
  }

  /** What rows are called, as a screen reader says it: their labels. */
  async namesOf(rows: Locator): Promise<string[]> {
    return rows.evaluateAll((all: Painted[]) => all.map((row) => row.getAttribute('aria-label')?.split(', ')[0] ?? ''));
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
    await this.untilAtRest(() => this.allRows.allInnerTexts(), 150);
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
}
