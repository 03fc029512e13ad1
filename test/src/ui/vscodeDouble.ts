/** As much of VS Code's API as code without a window needs: texts, uris, events. For `vi.mock('vscode', …)`. */

type Listener<T> = (event: T) => void;

export class EventEmitter<T> {
  readonly #listeners = new Set<Listener<T>>();
  readonly event = (listener: Listener<T>): { dispose(): void } => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };
  fire(event: T): void {
    for (const listener of this.#listeners) listener(event);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}

export class Uri {
  readonly scheme: string;
  readonly path: string;
  constructor(scheme: string, path: string) {
    this.scheme = scheme;
    this.path = path;
  }
  static from({ scheme, path }: Pick<Uri, 'scheme' | 'path'>): Uri {
    return new Uri(scheme, path);
  }
  static joinPath({ scheme, path }: Uri, ...parts: string[]): Uri {
    const segments = path.split('/');
    for (const part of parts) {
      if (part === '..') segments.pop();
      else segments.push(part);
    }
    return new Uri(scheme, segments.join('/'));
  }
  get fsPath(): string {
    return this.path;
  }
  toString(): string {
    return `${this.scheme}:${this.path}`;
  }
}

export class CancellationTokenSource {
  readonly #emitter = new EventEmitter<void>();
  readonly token = { isCancellationRequested: false, onCancellationRequested: this.#emitter.event };
  cancel(): void {
    this.token.isCancellationRequested = true;
    this.#emitter.fire();
  }
}

export const l10n = {
  t: (text: string, ...values: readonly unknown[]): string =>
    text.replace(/\{(\d+)\}/g, (_written, index: string) => String(values[Number(index)])),
};

export const env = { language: 'en' };

/** Documents change when a test fires these. */
export const changed = new EventEmitter<{ document: unknown; contentChanges: readonly unknown[] }>();
export const closed = new EventEmitter<unknown>();
export const saved = new EventEmitter<unknown>();
export const FileType = { Unknown: 0, File: 1, Directory: 2, SymbolicLink: 64 };

/** What `workspace.fs` reads, by path; and how often it was asked. */
export const files = new Map<string, string>();
export const reads: string[] = [];
export const fileChanged = new EventEmitter<Uri>();

export class RelativePattern {
  readonly base: Uri;
  readonly pattern: string;
  constructor(base: Uri, pattern: string) {
    this.base = base;
    this.pattern = pattern;
  }
}

export const workspace = {
  asRelativePath: ({ path }: Uri) => path,
  getConfiguration: () => ({ get: () => undefined }),
  workspaceFolders: undefined as { readonly uri: Uri }[] | undefined,
  textDocuments: [] as { readonly uri: Uri; getText(): string }[],
  onDidChangeTextDocument: changed.event,
  onDidCloseTextDocument: closed.event,
  onDidSaveTextDocument: saved.event,
  createFileSystemWatcher: () => ({
    onDidChange: fileChanged.event,
    onDidCreate: fileChanged.event,
    onDidDelete: fileChanged.event,
    dispose() {},
  }),
  fs: {
    stat: async ({ path }: Uri) => {
      const text = files.get(path);
      if (text === undefined) throw new Error(`no ${path}`);
      return { size: text.length, type: FileType.File };
    },
    readFile: async ({ path }: Uri) => {
      reads.push(path);
      return new TextEncoder().encode(files.get(path));
    },
  },
};

export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 } as const;

export class TreeItem {
  label: string;
  collapsibleState: number;
  description?: string;
  tooltip?: string;
  accessibilityInformation?: { label: string };
  constructor(label: string, collapsibleState: number) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

export class ThemeIcon {
  readonly id: string;
  readonly color: ThemeColor | undefined;
  constructor(id: string, color?: ThemeColor) {
    this.id = id;
    this.color = color;
  }
}

export class ThemeColor {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}
