/**
 * Text as VS Code shows it without links. Notifications, progress and the line below an input box turn `[text](target)` into a link
 * whose target may be a command (`linkedText.ts` of VS Code: no other form, and nothing may stand between the brackets), so text from
 * outside could offer one. A space between `]` and `(` is enough; the rest stays as it is.
 */
export function plainText(text: string): string {
  return text.replaceAll('](', '] (');
}
