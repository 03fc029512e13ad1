import type { Locator } from 'playwright-core';
import { Tree } from './tree.ts';
import { defaultTimeout } from './workbench.ts';

/** Dialogs and notifications. */
export class Messages extends Tree {
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
}
