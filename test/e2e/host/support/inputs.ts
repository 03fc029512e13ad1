import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from './extensionUnderTest.ts';

type Input = vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox;

/**
 * Answers quick picks and input boxes from inside the extension host, by VS Code's own commands. It knows of them because
 * it wraps the two functions that make them; what is shown and how keys work is VS Code's.
 */
export class Inputs {
  #current: Input | undefined;
  readonly #made: {
    createQuickPick: typeof vscode.window.createQuickPick;
    createInputBox: typeof vscode.window.createInputBox;
  };

  constructor() {
    const { createQuickPick, createInputBox } = vscode.window;
    this.#made = { createQuickPick, createInputBox };
    const watch = <T extends Input>(input: T): T => {
      const show = input.show.bind(input);
      input.show = () => {
        this.#current = input;
        input.onDidHide(() => {
          if (this.#current === input) this.#current = undefined;
        });
        show();
      };
      return input;
    };
    Object.assign(vscode.window, {
      createQuickPick: <T extends vscode.QuickPickItem>() =>
        watch(createQuickPick<T>() as never) as vscode.QuickPick<T>,
      createInputBox: () => watch(createInputBox()),
    });
  }

  dispose(): void {
    Object.assign(vscode.window, this.#made);
  }

  /** Waits until a page with this in its title is shown and has loaded. */
  async page(title: string | RegExp): Promise<void> {
    const isMeant = (shown = '') => (typeof title === 'string' ? shown.includes(title) : title.test(shown));
    await until(`the page "${String(title)}" (there is "${this.#current?.title}")`, () => {
      const input = this.#current;
      return input !== undefined && isMeant(input.title) && !input.busy && input.enabled;
    });
    // Its rows travel to the window and back.
    await settled();
  }

  /** Labels and details of the rows. */
  rows(): string[] {
    return this.#pick().items.map(({ label, detail, description }) =>
      [label, description, detail].filter(Boolean).join(' | '),
    );
  }

  /** Label of the highlighted row. */
  active(): string {
    return this.#pick().activeItems[0]?.label ?? '';
  }

  async accept(): Promise<void> {
    await vscode.commands.executeCommand('quickInput.accept');
  }

  /** Highlights the first row that contains `text`, and accepts. */
  async choose(text: string): Promise<void> {
    const input = this.#pick();
    const row = input.items.find(({ label }) => label.includes(text));
    assert.ok(row, `no row "${text}" among:\n${this.rows().join('\n')}`);
    input.activeItems = [row];
    await settled();
    await this.accept();
  }

  /** As `choose`, the first row below a separator. */
  async chooseBelow(separator: string): Promise<void> {
    const { items } = this.#pick();
    const row = items[items.findIndex(({ label }) => label === separator) + 1];
    assert.ok(row, separator);
    await this.choose(row.label);
  }

  async type(text: string): Promise<void> {
    assert.ok(this.#current);
    this.#current.value = text;
    await settled();
  }

  /** Types a text that is not accepted; returns why. */
  async refused(text: string): Promise<string> {
    const input = this.#current;
    assert.ok(input);
    if ('validationMessage' in input) input.validationMessage = undefined;
    else input.prompt = '';
    await this.type(text);
    await this.accept();
    await until(`a reason against "${text}"`, () => messageOf(input) !== '');
    return messageOf(input);
  }

  async cancel(): Promise<void> {
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
  }

  #pick(): vscode.QuickPick<vscode.QuickPickItem> {
    assert.ok(this.#current && 'items' in this.#current, 'no quick pick');
    return this.#current;
  }
}

function messageOf(input: Input): string {
  if (!('validationMessage' in input)) return input.prompt ?? '';
  const { validationMessage } = input;
  return typeof validationMessage === 'object' ? validationMessage.message : (validationMessage ?? '');
}

/** Inputs for the time of a test; what is left open is cancelled. */
export async function withInputs(body: (inputs: Inputs) => Promise<void>): Promise<void> {
  const inputs = new Inputs();
  try {
    await body(inputs);
  } finally {
    await inputs.cancel();
    inputs.dispose();
  }
}

/** A way to the window and back, behind what was set before: VS Code sends that in a task of its own. */
export async function settled(): Promise<void> {
  for (let way = 0; way < 2; way++) {
    await new Promise((resolve) => setTimeout(resolve));
    await vscode.commands.executeCommand('setContext', 'acrCacheHostTest.settled', true);
  }
}
