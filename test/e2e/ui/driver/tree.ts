import type { Locator } from 'playwright-core';
import { QuickInput } from './quickInput.ts';
import type { Painted } from './workbench.ts';

/** The side bar: its views, trees and menus. */
export class Tree extends QuickInput {
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
    return this.page
      .locator('.part.sidebar .monaco-list-row[role="treeitem"]')
      .evaluateAll((items: Painted[]) => items.map((item) => item.getAttribute('aria-label') ?? item.innerText));
  }

  /** Waits until the side bar's tree neither loads nor changes: VS Code forgets what a menu belongs to when its item is painted anew. */
  async treeAtRest(): Promise<void> {
    await this.page.locator('.part.sidebar .monaco-progress-container.active').first().waitFor({ state: 'hidden' });
    await this.untilAtRest(() => this.treeLabels(), 300);
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
}
