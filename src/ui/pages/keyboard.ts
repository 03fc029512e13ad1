import * as vscode from 'vscode';

// When a quick input closes, VS Code gives the keyboard back to the editor. A web page, such as a document of ours, takes it only a
// moment later, and so from the input that was shown meanwhile (microsoft/vscode#75209, #93950). No event tells an extension of it.
// So an answered input stays until the next one has taken its place, and the first one after the palette waits for that moment.

/** Milliseconds for which an answered input waits for the next one: longer than a stand-in waits (`whileOpening`). */
const linger = 150;

/** Milliseconds after which a web page has the keyboard; seen: 20, on a machine with two busy cores. */
const settling = 50;

/** The input that is on the screen. */
let shown: vscode.QuickInput | undefined;

/** Takes the input away that was answered last, and is still shown. */
let endAnswered: (() => void) | undefined;

/** Shows an input, in the place of the one that was answered last. */
export function showInput(input: vscode.QuickInput): void {
  const show = () => {
    input.show();
    shown = input;
    endAnswered?.();
  };
  input.onDidHide(() => {
    if (shown === input) shown = undefined;
  });
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  // One that is disposed of meanwhile is not shown.
  if (!endAnswered && activeTab && isWebPage(activeTab)) setTimeout(show, settling);
  else show();
}

/** Takes an input away that was answered: once the next one is shown, or none comes. Until then it is busy and takes no more. */
export function endInput(input: vscode.QuickInput): void {
  if (shown !== input) {
    input.dispose();
    return;
  }
  input.enabled = false;
  input.busy = true;
  const end = () => {
    clearTimeout(timer);
    endAnswered = undefined;
    input.dispose();
  };
  const timer = setTimeout(end, linger);
  endAnswered = end;
}

function isWebPage({ input }: vscode.Tab): boolean {
  return input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputWebview;
}
