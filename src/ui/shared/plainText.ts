import { shownLines } from '../../common/shown.ts';

/** Of a message that somebody is to read. */
const maxText = 4000;

/** What VS Code shows as an icon, in whatever text may have any (`iconLabels.ts`). */
const icons = /\$(?=\([\w~-]+\))/g;

/**
 * Text as VS Code shows it without links, icons and characters that nobody sees. Notifications, progress and the line below an input
 * box turn `[text](target)` into a link whose target may be a command (`linkedText.ts` of VS Code: no other form, and nothing may stand
 * between the brackets), the status bar, lenses and rows turn `$(name)` into an icon: text from outside could offer either. A space
 * is enough to prevent it; the rest stays as it is.
 */
export function plainText(text: string): string {
  return shownLines(text, maxText).replaceAll('](', '] (').replace(icons, '$$ ');
}
