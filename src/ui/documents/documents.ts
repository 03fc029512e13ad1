import * as vscode from 'vscode';
import { keepNewest } from '../../common/keepNewest.ts';

/** `rule`: everything about a rule. `diagnosis`: of a rule or of a registry. */
export type ReportKind = 'rule' | 'diagnosis';

export const reportSchemes = { rule: 'acr-cache-rule', diagnosis: 'acr-cache-diagnosis' } as const;

/** Of documents that are not about one resource. */
export const documentScheme = 'acr-cache';

/** The editor of reports: rendered Markdown whose links may run commands (`documentPage.lazy.ts`). */
const reportEditor = 'acrCache.report';

/** Milliseconds in which changes of a report are painted once: a page that is replaced before it is seen begins to load again. */
const repaintDelay = 150;

/** Of how many documents the text is kept; the oldest go first. */
const maxDocuments = 50;

/** Read-only documents whose text lives in memory: JSON of a resource, a script of az commands, a report about a rule. */
export interface ReadOnlyDocuments {
  /**
   * Opens `text` in an editor as `name` (its extension picks the language unless `language` is given).
   * The same `name` replaces the text of the document that is already open.
   */
  show(name: string, text: string, language?: string): Promise<vscode.TextEditor>;
  /** Opens a report (`reportUri`) as rendered Markdown, or brings the open one to the front. */
  showReport(uri: vscode.Uri, markdown: string): Promise<void>;
  /** Replaces a report's text, wherever it is open. */
  update(uri: vscode.Uri, markdown: string): void;
  /** A report's text as it is shown. */
  textOf(uri: vscode.Uri): string | undefined;
  /** The last editor of a report was closed. */
  readonly onDidClose: vscode.Event<vscode.Uri>;
  dispose(): void;
}

/**
 * Registers the editor of reports and the provider of texts. Cheap: nothing is read or opened.
 * @param restore gives the first text of a report that has none in this session. `isOpen`: an editor of an earlier session shows it,
 * so more may be read; else VS Code only looks at where a link leads.
 */
export function createReadOnlyDocuments(
  restore: (report: vscode.Uri, isOpen: boolean) => Promise<string | undefined> = () => Promise.resolve(undefined),
): ReadOnlyDocuments {
  /** By address. */
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const closed = new vscode.EventEmitter<vscode.Uri>();

  function update(uri: vscode.Uri, text: string): void {
    const isNew = texts.get(uri.toString()) !== text;
    keepNewest(texts, uri.toString(), text, maxDocuments);
    if (isNew) changed.fire(uri);
  }

  async function firstText(uri: vscode.Uri, isOpen: boolean): Promise<string> {
    const text = uri.scheme === documentScheme ? undefined : await restore(uri, isOpen);
    return text ?? vscode.l10n.t('This document is from an earlier session. Run the command again to see it.');
  }

  /** Nobody brings a closed report up to date: when it is opened again, it begins as one of an earlier session. */
  function close(uri: vscode.Uri): void {
    if (uri.scheme !== documentScheme) texts.delete(uri.toString());
    closed.fire(uri);
  }

  const editor: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => close(uri) }),
    async resolveCustomEditor({ uri }, panel) {
      const key = uri.toString();
      if (!texts.has(key)) {
        const first = await firstText(uri, true);
        // A command may have been quicker.
        if (!texts.has(key)) keepNewest(texts, key, first, maxDocuments);
      }
      const { linkedCommands, pageOf } = await import('./documentPage.lazy.ts');
      panel.webview.options = { enableCommandUris: linkedCommands };
      const paint = () => {
        panel.webview.html = pageOf(texts.get(key) ?? '');
      };
      let timer: NodeJS.Timeout | undefined;
      const painting = changed.event((which) => {
        if (which.toString() !== key) return;
        timer ??= setTimeout(() => {
          timer = undefined;
          paint();
        }, repaintDelay);
      });
      panel.onDidDispose(() => {
        clearTimeout(timer);
        painting.dispose();
      });
      paint();
    },
  };
  const schemes = [documentScheme, ...Object.values(reportSchemes)];
  const registrations = [
    ...schemes.map((scheme) =>
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        // VS Code warns of each change of another scheme's document.
        onDidChange: (listener: (uri: vscode.Uri) => unknown) =>
          changed.event((uri) => {
            if (uri.scheme === scheme) listener(uri);
          }),
        provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? firstText(uri, false),
      }),
    ),
    vscode.window.registerCustomEditorProvider(reportEditor, editor, {
      supportsMultipleEditorsPerDocument: true,
      webviewOptions: { enableFindWidget: true },
    }),
    changed,
    closed,
  ];

  return {
    update,
    textOf: (uri) => texts.get(uri.toString()),
    onDidClose: closed.event,
    async show(name, text, language) {
      const uri = vscode.Uri.from({ scheme: documentScheme, path: `/${name.replace(/[\\/?#\u0000-\u001f]+/g, '-')}` });
      update(uri, text);
      const document = await vscode.workspace.openTextDocument(uri);
      if (language) await vscode.languages.setTextDocumentLanguage(document, language);
      return vscode.window.showTextDocument(document, { preview: true });
    },
    async showReport(uri, markdown) {
      update(uri, markdown);
      await vscode.commands.executeCommand('vscode.openWith', uri, reportEditor);
    },
    dispose() {
      for (const registration of registrations) registration.dispose();
      texts.clear();
    },
  };
}
