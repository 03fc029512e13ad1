import { EventEmitter } from './vscodeDouble.ts';

interface Item {
  readonly label: string;
  readonly kind?: number;
  readonly alwaysShow?: boolean;
}

/** What the extension has set since its last message. */
interface Update {
  readonly items?: readonly Item[];
  readonly selected?: readonly number[];
  readonly value?: string;
}

/**
 * A pick of many as VS Code has it (quickInput.ts, quickInputTree.ts, extHostQuickOpen.ts of 1.106 to 1.139): a window and an extension
 * host that tell each other by messages, which take their time and keep their order. Rows are told by index. Replacing rows clears
 * ticks and highlight; a key clears the highlight, and nothing is highlighted by itself.
 */
export class QuickPickDouble {
  // The extension's side
  title = '';
  placeholder = '';
  prompt: string | undefined = undefined;
  busy = false;
  enabled = true;
  canSelectMany = false;
  matchOnDescription = false;
  ignoreFocusOut = false;
  step = 0;
  totalSteps = 0;
  buttons: readonly { readonly tooltip?: string }[] = [];
  #items: readonly Item[] = [];
  #selected: readonly Item[] = [];
  activeItems: readonly Item[] = [];
  #value = '';
  readonly #changedValue = new EventEmitter<string>();
  readonly #changedActive = new EventEmitter<readonly Item[]>();
  readonly #changedSelection = new EventEmitter<readonly Item[]>();
  readonly #accepted = new EventEmitter<void>();
  readonly #hidden = new EventEmitter<void>();
  readonly #triggered = new EventEmitter<object>();
  readonly onDidChangeValue = this.#changedValue.event;
  readonly onDidChangeActive = this.#changedActive.event;
  readonly onDidChangeSelection = this.#changedSelection.event;
  readonly onDidAccept = this.#accepted.event;
  readonly onDidHide = this.#hidden.event;
  readonly onDidTriggerButton = this.#triggered.event;
  #pending: Update | undefined;
  readonly #toWindow: Update[] = [];

  // The window
  readonly #toHost: (() => void)[] = [];
  rows: readonly Item[] = [];
  ticks = new Set<number>();
  text = '';
  highlighted: number | undefined;
  tickedSinceTyped = false;

  get items(): readonly Item[] {
    return this.#items;
  }
  set items(items) {
    this.#items = [...items];
    this.#pending = { ...this.#pending, items: this.#items };
  }
  get selectedItems(): readonly Item[] {
    return this.#selected;
  }
  set selectedItems(items) {
    this.#selected = items;
    this.#pending = { ...this.#pending, selected: items.map((item) => this.#items.indexOf(item)) };
  }
  get value(): string {
    return this.#value;
  }
  set value(text) {
    this.#value = text;
    this.#pending = { ...this.#pending, value: text };
  }

  show(): void {}
  dispose(): void {
    this.#hidden.fire();
  }
  trigger(button: object): void {
    this.#triggered.fire(button);
  }

  /** Whether a message is on its way. */
  get isBehind(): boolean {
    return this.#pending !== undefined || this.#toWindow.length > 0 || this.#toHost.length > 0;
  }

  /** The extension host's timer: what was set since is one message. */
  flush(): void {
    if (this.#pending) this.#toWindow.push(this.#pending);
    this.#pending = undefined;
  }

  /** One message arrives in the window. */
  deliverToWindow(): void {
    const update = this.#toWindow.shift();
    if (!update) return;
    if (update.items) {
      this.rows = update.items;
      this.#focus(undefined);
      this.#tick(new Set());
    }
    if (update.selected && update.selected.length > 0) this.#tick(new Set(update.selected));
    if (update.value !== undefined && update.value !== this.text) this.type(update.value);
  }

  /** One message arrives in the extension host. */
  deliverToHost(): void {
    this.#toHost.shift()?.();
  }

  settle(): void {
    while (this.isBehind) {
      while (this.#toHost.length > 0) this.deliverToHost();
      this.flush();
      this.deliverToWindow();
    }
  }

  // What a person does

  type(text: string): void {
    this.text = text;
    this.tickedSinceTyped = false;
    this.#focus(undefined);
    this.#toHost.push(() => {
      this.#value = text;
      this.#changedValue.fire(text);
    });
  }

  get visible(): number[] {
    const text = this.text.trim().toLowerCase();
    return this.rows.flatMap(({ label, kind, alwaysShow }, index) =>
      kind === -1 || (text !== '' && !alwaysShow && !label.toLowerCase().includes(text)) ? [] : [index],
    );
  }

  /** Highlights the next visible row. */
  down(): void {
    const { visible } = this;
    this.#focus(visible[visible.findIndex((index) => index === this.highlighted) + 1] ?? visible.at(-1));
  }

  click(index: number): void {
    const ticks = new Set(this.ticks);
    if (!ticks.delete(index)) ticks.add(index);
    this.tickedSinceTyped = true;
    this.#tick(ticks);
  }

  toggleAll(on: boolean): void {
    const ticks = new Set(this.ticks);
    for (const index of this.visible) {
      if (on) ticks.add(index);
      else ticks.delete(index);
    }
    this.tickedSinceTyped ||= ticks.size !== this.ticks.size;
    this.#tick(ticks);
  }

  enter(): void {
    if (this.ticks.size === 0) this.#report([]);
    this.#toHost.push(() => this.#accepted.fire());
  }

  #focus(index: number | undefined): void {
    if (index === this.highlighted) return;
    this.highlighted = index;
    const indexes = index === undefined ? [] : [index];
    this.#toHost.push(() => {
      this.activeItems = this.#mapped(indexes);
      this.#changedActive.fire(this.activeItems);
    });
  }

  #tick(ticks: Set<number>): void {
    if (ticks.size === this.ticks.size && [...ticks].every((index) => this.ticks.has(index))) return;
    this.ticks = ticks;
    this.#report([...ticks].sort((a, b) => a - b));
  }

  #report(indexes: readonly number[]): void {
    this.#toHost.push(() => {
      this.#selected = this.#mapped(indexes);
      this.#changedSelection.fire(this.#selected);
    });
  }

  /** The extension host knows its rows of now alone. */
  #mapped(indexes: readonly number[]): Item[] {
    return indexes.flatMap((index) => this.#items[index] ?? []);
  }
}
